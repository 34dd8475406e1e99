"""One condition in one language as one Markdown file with YAML front matter, both ways. Pure.

`parse(dump(file)) == file` for every file without problems, and `dump(parse(source)) == source`
for every source in canonical form, so a file can go through a site and come back unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import yaml

from conditions.codes import code_problem
from conditions.front_matter import KEYS, Front, read_front
from conditions.markup import NOT_TEXT, RESERVED_HEADINGS, headings, split_code
from conditions.text import (
    BODIES,
    Drawing,
    EditionText,
    Problem,
    Source,
    problems,
    slug_problem,
    tidied,
)

MAX_BYTES = 300_000

HEADINGS = dict(
    zip(
        BODIES,
        (
            "## Overview",
            "## Causes",
            "## Symptoms",
            f"### {RESERVED_HEADINGS[0]}",
            "## Diagnosis",
            "## Treatment",
            f"### {RESERVED_HEADINGS[1]}",
            "## Full treatment",
        ),
        strict=True,
    )
)
"""The heading that opens each body, in the order of the file."""

_FIELD_OF_WORDS = {heading.lstrip("# ").casefold(): field for field, heading in HEADINGS.items()}
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})?")

Fault = tuple[int, str, str]
"""Line, the field it is about (empty for the file as a whole), and what is wrong."""


@dataclass(frozen=True)
class ContentFile:
    slug: str
    language: str
    codes: tuple[str, ...]
    related: tuple[str, ...]
    review_due: date | None
    text: EditionText


class BadContentFile(Exception):
    """All that is wrong with a file: the line of each, and what to do about it."""

    def __init__(self, found: Iterable[tuple[int, str]]) -> None:
        self.problems = sorted(set(found))
        super().__init__("\n".join(f"line {line}: {message}" for line, message in self.problems))


@dataclass
class _Bodies:
    """The bodies of a file by field, the lines of their headings, and what is wrong."""

    texts: dict[str, str]
    lines: dict[str, int]
    faults: list[Fault]


def parse(source: str) -> ContentFile:
    """The content of a file; BadContentFile with all that is wrong with it.

    A byte order mark, Windows line ends, tabs and spaces at the ends of lines are read as if they
    were written as `dump` writes.
    """
    lines = _lines(source)
    end = _end_of_front(lines)
    front = read_front("\n".join(lines[1:end]), first_line=2)
    bodies = _split_bodies(lines[end + 1 :], first_line=end + 2)
    file = _assemble(front.values, bodies.texts)
    faults = [*front.faults, *bodies.faults]
    found = [(line, message) for line, _field, message in faults]
    found += _rule_faults(file, front, bodies)
    if found:
        raise BadContentFile(found)
    return file


def dump(file: ContentFile) -> str:
    """The file in canonical form: keys in one order, empty ones left out, each text on one line."""
    text = tidied(file.text)
    head = yaml.safe_dump(
        {key: value for key in KEYS if (value := _front_value(file, text, key))},
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=False,
        width=MAX_BYTES,
    )
    parts = [f"---\n{head}---"]
    for field, heading in HEADINGS.items():
        parts += [heading, getattr(text, field)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _front_value(file: ContentFile, text: EditionText, key: str) -> Any:
    value = getattr(text, key) if hasattr(text, key) else getattr(file, key)
    if not isinstance(value, tuple):
        return value
    return [_filled(entry) if isinstance(entry, Source | Drawing) else entry for entry in value]


def _filled(entry: Source | Drawing) -> dict[str, Any]:
    values = {f.name: getattr(entry, f.name) for f in fields(entry)}
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in values.items()
        if value
    }


def _assemble(values: Mapping[str, Any], bodies: Mapping[str, str]) -> ContentFile:
    text = EditionText(
        title=values["title"],
        description=values["description"],
        also_known_as=values["also_known_as"],
        covers=values["covers"],
        references=tuple(Source(**entry) for entry in values["references"]),
        figures=tuple(Drawing(**entry) for entry in values["figures"]),
        **bodies,
    )
    about = {f.name: values[f.name] for f in fields(ContentFile) if f.name != "text"}
    return ContentFile(**about, text=tidied(text))


def _rule_faults(file: ContentFile, front: Front, bodies: _Bodies) -> Iterator[tuple[int, str]]:
    """What breaks a rule, apart from what only follows from a fault of the file's form."""
    if any(not field for _line, field, _message in front.faults):
        return
    muted = {field for _line, field, _message in front.faults + bodies.faults}
    if bodies.faults:
        muted |= {"references", "figures", *BODIES} - bodies.lines.keys()
    for problem in [*_name_problems(file), *problems(file.text)]:
        if problem.field not in muted:
            whole = front.lines.get((problem.field, None)) or bodies.lines.get(problem.field, 1)
            line = front.lines.get((problem.field, problem.item), whole)
            yield line, f"{HEADINGS.get(problem.field, problem.field)}: {problem.message}"


def _name_problems(file: ContentFile) -> Iterator[Problem]:
    if message := slug_problem(file.slug):
        yield Problem("slug", message)
    if not _LANGUAGE.fullmatch(file.language) or len(file.language) > 12:
        yield Problem("language", f"“{file.language}” is no language: write a code such as en.")
    for item, code in enumerate(file.codes):
        if message := code_problem(code):
            yield Problem("codes", message, item)
        if code in file.codes[:item]:
            yield Problem("codes", f"{code} stands here twice: delete one.", item)
    for item, slug in enumerate(file.related):
        if message := slug_problem(slug):
            yield Problem("related", message, item)
        if slug == file.slug or slug in file.related[:item]:
            yield Problem("related", f"{slug} is this condition, or stands here twice.", item)


def _lines(source: str) -> list[str]:
    if len(source.encode(errors="surrogatepass")) > MAX_BYTES:
        raise BadContentFile([(1, f"The file is larger than {MAX_BYTES:,} bytes: shorten it.")])
    text = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)
    lines = [line.rstrip(" ") for line in text.split("\n")]
    found = [(n, sign) for n, line in enumerate(lines, 1) if (sign := NOT_TEXT.search(line))]
    if found:
        raise BadContentFile(
            (n, f"An invisible character, U+{ord(sign[0]):04X}, stands here: delete it.")
            for n, sign in found
        )
    return lines


def _end_of_front(lines: list[str]) -> int:
    """The index of the line that closes the front matter."""
    if lines[0] != "---":
        raise BadContentFile([(1, "The front matter is missing: start the file with a line ---.")])
    try:
        return lines.index("---", 1)
    except ValueError:
        message = "The front matter is not closed: write a line --- before the first heading."
        raise BadContentFile([(1, message)]) from None


def _split_bodies(lines: list[str], first_line: int) -> _Bodies:
    """Cut the Markdown at the headings that open a body."""
    bodies = _Bodies({}, {}, [])
    openings = list(_openings("\n".join(lines)))
    starts = [number for number, _level, _words in openings] + [len(lines)]
    if any(lines[: starts[0]]):
        message = f"Text stands before the first heading: put it under {HEADINGS['overview']}."
        bodies.faults.append((first_line, "", message))
    for (number, level, words), end in zip(openings, starts[1:], strict=True):
        field, message = _opened(level, words, bodies.lines)
        if message:
            bodies.faults.append((first_line + number, field, message))
        if field and field not in bodies.lines:
            bodies.lines[field] = first_line + number
            bodies.texts[field] = "\n".join(lines[number + 1 : end])
    bodies.faults += _missing(lines, bodies.lines, first_line)
    return bodies


def _openings(markdown: str) -> Iterator[tuple[int, int, str]]:
    """The headings that open a body, or that only such a heading may look like."""
    for number, level, words in headings(markdown):
        field = _FIELD_OF_WORDS.get(words.casefold(), "")
        if level < 3 or (level == 3 and HEADINGS.get(field, "").startswith("### ")):
            yield number, level, words


def _opened(level: int, words: str, before: Collection[str]) -> tuple[str, str]:
    """The field whose body a heading opens, and what is wrong with the heading."""
    written = f"{'#' * level} {words}"
    field = _FIELD_OF_WORDS.get(words.casefold(), "")
    if not field:
        names = ", ".join(HEADINGS.values())
        return "", f"“{written}” is no heading of a file: use ### for a sub-heading, or {names}."
    if field in before:
        return field, f"“{written}” stands here twice: put its text under the first one."
    if written != HEADINGS[field]:
        return field, f"Write the heading “{written}” as “{HEADINGS[field]}”."
    later = [HEADINGS[other] for other in before if BODIES.index(other) > BODIES.index(field)]
    return field, f"“{written}” stands too late: move it before “{later[0]}”." if later else ""


def _missing(lines: list[str], found: Mapping[str, int], first_line: int) -> Iterator[Fault]:
    opened_at = split_code("\n".join(lines))[1]
    if opened_at is not None:
        field = max(found, key=lambda field: found[field], default="")
        message = "This code block is not closed: end it with such a line."
        yield first_line + opened_at, field, message
        return
    last = first_line + len(lines) - 1
    for field in BODIES:
        if field not in found:
            after = (found[other] for other in BODIES[BODIES.index(field) :] if other in found)
            yield min(after, default=last), field, f"“{HEADINGS[field]}” is missing: add it here."
