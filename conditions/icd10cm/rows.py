"""What a release becomes: one row for each node of the tree, one for each note."""

from __future__ import annotations

from typing import NamedTuple

_BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS = tuple(first + second for first in _BASE36 for second in _BASE36)


class CodeRow(NamedTuple):
    """One node. The fields are the columns of the table, in its order."""

    key: str
    kind: str
    title: str
    span: str
    parent: str | None
    path: str
    depth: int
    position: int | None
    last: int | None
    billable: bool
    retired_in: str = ""


class NoteRow(NamedTuple):
    code: str
    position: int
    kind: str
    character: str
    text: str


def digits(nth: int) -> str:
    """One level of a path. Two characters, since up to 34 nodes stand under one parent today."""
    return _DIGITS[nth]
