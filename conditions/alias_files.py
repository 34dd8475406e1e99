"""`content/aliases.tsv`: names that people use for codes, a name a line. Pure reading."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from conditions.codes import canonical_key

COLUMNS = ("name", "code", "kind", "note")
KINDS = ("lay", "abbreviation", "eponym", "spelling", "synonym", "phrase")
LONGEST_NAME, LONGEST_NOTE = 200, 300


class AliasRow(NamedTuple):
    name: str
    code: str
    kind: str
    note: str = ""
    line: int = 0

    @property
    def key(self) -> tuple[str, str]:
        """A code has a name once, however it is capitalised."""
        return self.name.casefold(), self.code


class BadAliasFile(Exception):
    """Nothing of the file is taken in. Each problem has its line."""

    def __init__(self, problems: list[tuple[int, str]]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


def read_aliases(path: Path) -> list[AliasRow]:
    """All rows; BadAliasFile tells everything that is wrong with them at once."""
    head, *lines = _text(path).split("\n")
    if tuple(head.split("\t")) != COLUMNS:
        wanted = ", ".join(COLUMNS)
        raise BadAliasFile([(1, f"the columns should be {wanted}, with tabs between.")])
    rows, problems = [], []
    seen: dict[tuple[str, str], int] = {}
    for number, line in enumerate(lines, start=2):
        if line.strip():
            row = _row(line, number)
            problems += [(number, problem) for problem in _problems(line, row, seen)]
            rows.append(row)
    if problems:
        raise BadAliasFile(problems)
    return rows


def _text(path: Path) -> str:
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, wrong.start) + 1
        raise BadAliasFile([(line, "this is not UTF-8 text: save the file as UTF-8.")]) from wrong


def _row(line: str, number: int) -> AliasRow:
    values = [" ".join(value.split()) for value in line.split("\t")]
    name, code, kind, note = [*values, "", "", ""][: len(COLUMNS)]
    return AliasRow(name, code, kind, note, number)


def _problems(line: str, row: AliasRow, seen: dict[tuple[str, str], int]) -> Iterator[str]:
    if (columns := line.count("\t") + 1) != len(COLUMNS):
        yield (
            f"there should be {len(COLUMNS)} columns and not {columns}: "
            "put a tab after the name, the code and the kind."
        )
        return
    if not row.name or len(row.name) > LONGEST_NAME:
        yield f"a name should have 1 to {LONGEST_NAME} characters, and this has {len(row.name)}."
    if not line.replace("\t", "").isprintable():
        yield "there are control characters: take them out."
    if row.kind not in KINDS:
        yield f"“{row.kind[:20]}” is no kind: write one of {', '.join(KINDS)}."
    if len(row.note) > LONGEST_NOTE:
        yield f"the note has more than {LONGEST_NOTE} characters: shorten it."
    yield from _problems_of_code(row.code)
    if (first := seen.setdefault(row.key, row.line)) != row.line:
        yield f"{row.code} has this name in line {first} already: leave one of the two."


def _problems_of_code(code: str) -> Iterator[str]:
    try:
        canonical = canonical_key(code)
    except ValueError as refused:
        yield str(refused)
        return
    if canonical != code:
        yield f"write the code as {canonical}."
