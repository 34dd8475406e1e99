"""The A to Z: every title and every other name, under its first letter. Pure but for the rows."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from conditions.models import Edition


@dataclass(frozen=True, order=True)
class Entry:
    sort_key: str
    name: str
    is_other_name: bool
    edition: Edition = field(compare=False)


@dataclass(frozen=True)
class Letter:
    letter: str
    entries: tuple[Entry, ...]


def index_by_letter(editions: Iterable[Edition]) -> list[Letter]:
    """A to Z, and `#` for what starts with no letter; letters without an entry included but `#`."""
    entries = sorted(entry for edition in editions for entry in _entries(edition))
    letters = [
        Letter(letter, tuple(entry for entry in entries if entry.sort_key[:1] == letter.lower()))
        for letter in string.ascii_uppercase
    ]
    others = tuple(entry for entry in entries if entry.sort_key[:1] not in string.ascii_lowercase)
    return [*letters, Letter("#", others)] if others else letters


def _entries(edition: Edition) -> Iterable[Entry]:
    yield Entry(_sort_key(edition.title), edition.title, False, edition)
    for row in edition.names.all():
        if row.name.lower() != edition.title.lower():
            yield Entry(_sort_key(row.name), row.name, True, edition)


def _sort_key(name: str) -> str:
    """Without accents and case, so that Ménière stands under M and osteo beside Osteo."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))
