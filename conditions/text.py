"""The text of one edition as plain values, and the rules it must meet. Pure: no database.

The same `EditionText` goes into publishing, comes out of an edition, and stands in a content
file, so a rule about text is said once, here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from conditions.markup import (
    FIGURE_FILE,
    NOT_TEXT,
    cited_keys,
    malformed,
    placed_figures,
    runs_of_words,
    tidy_body,
    tidy_line,
)

MAX_BODY = 20_000
"""Characters a section may hold."""

MAX_TITLE = 200
MAX_DESCRIPTION = 300
MAX_SLUG = 100

SHARED_WORDS = 12
"""A public text that has this many words in a row from the full treatment is taken from it."""

SECTION_OF_FIELD = {
    "overview": "overview",
    "causes": "causes",
    "symptoms": "symptoms",
    "urgent_help": "symptoms",
    "diagnosis": "diagnosis",
    "teaser": "treatment",
    "warnings": "treatment",
    "full_treatment": "full-treatment",
}
"""Each body of an edition and the section, as named in addresses and figures, that it stands in."""

BODIES = tuple(SECTION_OF_FIELD)
PUBLIC_BODIES = BODIES[:-1]
"""What every visitor reads, in the order of the page. The full treatment is the last and gated."""

SECTIONS = tuple(dict.fromkeys(SECTION_OF_FIELD.values()))


@dataclass(frozen=True)
class Source:
    """One reference, cited in Markdown as `[@key]`."""

    key: str
    citation: str
    doi: str = ""
    pmid: str = ""
    url: str = ""


@dataclass(frozen=True)
class Drawing:
    """One figure, placed in Markdown by a line of its own: `![](file.svg)`.

    `labels` explain the letters in the drawing, A first.
    """

    file: str
    section: str
    alt: str
    caption: str
    credit: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class EditionText:
    """Everything in an edition that changes only by a new edition."""

    title: str
    description: str
    overview: str = ""
    causes: str = ""
    symptoms: str = ""
    urgent_help: str = ""
    diagnosis: str = ""
    teaser: str = ""
    warnings: str = ""
    full_treatment: str = ""
    also_known_as: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    references: tuple[Source, ...] = ()
    figures: tuple[Drawing, ...] = ()


@dataclass(frozen=True)
class Problem:
    """What is wrong with one field of a text, and what to do about it.

    `item` counts from 0 which entry of a list is meant; None means the whole field.
    """

    field: str
    message: str
    item: int | None = None
    quotes_gated: bool = False


Found = Iterator[Problem]

_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SOURCE_PARTS = {
    "doi": (r"10\.[0-9]{4,9}/[!-~]{1,180}", "a DOI: write it from 10. on, such as 10.1000/xyz"),
    "pmid": (r"[0-9]{1,12}", "a PubMed number: write its digits alone"),
    "url": (r"https://(?=[!-~]{1,480}$)[^/?#]+\.[^/?#]+([/?#].*)?", "an https:// address"),
}


def slug_problem(slug: str) -> str | None:
    """What is wrong with the name of a condition in its address; None when nothing is."""
    if len(slug) > MAX_SLUG:
        return f"A slug has at most {MAX_SLUG} characters: shorten it by {len(slug) - MAX_SLUG}."
    if not _SLUG.fullmatch(slug):
        return f"“{slug}” is no slug: write lower-case words of a-z and 0-9, joined by hyphens."
    return None


def tidied(text: EditionText) -> EditionText:
    """The same text with its white space in one form, so that texts that read alike are equal."""
    return replace(text, **{f.name: _tidy(f.name, getattr(text, f.name)) for f in fields(text)})


def _tidy(field: str, value: Any) -> Any:
    if isinstance(value, str):
        return tidy_body(value) if field in BODIES else tidy_line(value)
    if isinstance(value, tuple):
        return tuple(_tidy("", item) for item in value)
    return replace(value, **{f.name: _tidy("", getattr(value, f.name)) for f in fields(value)})


def problems(text: EditionText) -> list[Problem]:
    """What keeps a text from being a complete edition; empty when nothing does."""
    return [found for rule in _RULES for found in rule(text)]


def _line(field: str, value: str, limit: int, name: str = "This", item: int | None = None) -> Found:
    """The rules of a text that stands on one line."""
    if not value.strip():
        yield Problem(field, f"{name} is empty: fill it in.", item)
    elif len(value) > limit:
        message = f"{name} has {len(value)} characters and may have {limit}: shorten it."
        yield Problem(field, message, item)
    elif "\n" in value or NOT_TEXT.search(value):
        message = f"{name} has a line break or an invisible character: write it on one plain line."
        yield Problem(field, message, item)


def _repeated(field: str, values: Iterable[str], name: str) -> Found:
    seen: set[str] = set()
    for item, value in enumerate(values):
        if value.casefold() in seen:
            yield Problem(field, f"The {name} “{value}” stands here twice: delete one.", item)
        seen.add(value.casefold())


def _headline(text: EditionText) -> Found:
    yield from _line("title", text.title, MAX_TITLE)
    yield from _line("description", text.description, MAX_DESCRIPTION)


def _lists(text: EditionText) -> Found:
    for item, name in enumerate(text.also_known_as):
        yield from _line("also_known_as", name, MAX_TITLE, "A name", item)
    yield from _repeated("also_known_as", text.also_known_as, "name")
    if not text.covers:
        yield Problem("covers", "This is empty: list what the full treatment covers.")
    for item, line in enumerate(text.covers):
        yield from _line("covers", line, MAX_TITLE, "A line", item)


def _bodies(text: EditionText) -> Found:
    for field in BODIES:
        for message in _body(getattr(text, field)):
            yield Problem(field, message)


def _body(markdown: str) -> Iterator[str]:
    if not markdown.strip():
        yield "This is empty: write it."
    elif len(markdown) > MAX_BODY:
        yield f"This has {len(markdown):,} characters and may have {MAX_BODY:,}: shorten it."
    else:
        yield from malformed(markdown)


def _references(text: EditionText) -> Found:
    yield from _repeated("references", (source.key for source in text.references), "key")
    for item, source in enumerate(text.references):
        if not _KEY.fullmatch(source.key):
            message = f"“{source.key}” is no key: write a-z, 0-9 and hyphens, such as who-2023."
            yield Problem("references", message, item)
        yield from _line("references", source.citation, 1000, f"The citation of {source.key}", item)
        for part, (shape, kind) in _SOURCE_PARTS.items():
            value = getattr(source, part)
            if value and not re.fullmatch(shape, value):
                yield Problem("references", f"“{value}” of {source.key} is not {kind}.", item)


def _citations(text: EditionText) -> Found:
    cited: set[str] = set()
    listed = [source.key for source in text.references]
    for field in BODIES:
        keys = cited_keys(getattr(text, field))
        cited.update(keys)
        for key in keys:
            if key not in listed:
                yield Problem(field, f"[@{key}] is not among the references: list it there.")
    for item, key in enumerate(listed):
        if key not in cited:
            message = f"Nothing cites {key}: write [@{key}] where it belongs, or delete it here."
            yield Problem("references", message, item)


def _figures(text: EditionText) -> Found:
    yield from _repeated("figures", (figure.file for figure in text.figures), "figure")
    for item, figure in enumerate(text.figures):
        if len(figure.file) > 100 or not FIGURE_FILE.fullmatch(figure.file):
            message = (
                f"“{figure.file}” is no file name: write a-z, 0-9, hyphens, .svg, .png or .jpg."
            )
            yield Problem("figures", message, item)
        if figure.section not in SECTIONS:
            message = f"“{figure.section}” is no section: write one of {', '.join(SECTIONS)}."
            yield Problem("figures", message, item)
        for part, limit in (("alt", 1000), ("caption", 1000), ("credit", 300)):
            name = f"The {part} of {figure.file}"
            yield from _line("figures", getattr(figure, part), limit, name, item)
        for label in figure.labels:
            yield from _line("figures", label, MAX_TITLE, f"A label of {figure.file}", item)


def _placements(text: EditionText) -> Found:
    sections = {figure.file: figure.section for figure in text.figures}
    placed: Counter[str] = Counter()
    for field in BODIES:
        for file in placed_figures(getattr(text, field)):
            placed[file] += 1
            if file not in sections:
                yield Problem(field, f"{file} is not among the figures: list it there.")
            elif sections[file] != SECTION_OF_FIELD[field]:
                message = (
                    f"{file} is listed for {sections[file]}: place it there, or correct the list."
                )
                yield Problem(field, message)
    for item, figure in enumerate(text.figures):
        if placed[figure.file] != 1:
            message = (
                f"{figure.file} is placed {placed[figure.file]} times: "
                f"write ![]({figure.file}) once, between blank lines."
            )
            yield Problem("figures", message, item)


def _overlap(text: EditionText) -> Found:
    """Nothing public may be taken from the gated text, not even by an author in a hurry."""
    gated = set(runs_of_words(text.full_treatment, SHARED_WORDS))
    public = [(field, getattr(text, field)) for field in ("description", *PUBLIC_BODIES)]
    public += [("covers", line) for line in text.covers]
    for figure in text.figures:
        if figure.section != SECTION_OF_FIELD["full_treatment"]:
            public += [("figures", part) for part in (figure.alt, figure.caption, *figure.labels)]
    for field, value in public:
        repeated = (run for run in runs_of_words(value, SHARED_WORDS) if run in gated)
        if run := next(repeated, None):
            message = f"This repeats the full treatment: “{' '.join(run)}”. Say it in other words."
            yield Problem(field, message, quotes_gated=True)


_RULES = (
    _headline,
    _lists,
    _bodies,
    _references,
    _citations,
    _figures,
    _placements,
    _overlap,
)


def lines(text: str) -> tuple[str, ...]:
    """The non-empty lines of a one-a-line field."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())
