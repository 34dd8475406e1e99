"""What the two databases do differently, behind one interface: see `sqlite` and `postgresql`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from django.db import connection

Groups = Sequence[frozenset[str]]
"""Stems: a page must have one of each group."""


class Match(NamedTuple):
    id: int
    edition: int | None
    code: str | None
    chapter: str
    depth: int
    title: str
    names: str


class Engine(Protocol):
    def matching(self, groups: Groups, limit: int) -> list[Match]:
        """Entries that have a word of each group, the best by the database's own measure first."""

    def similar(self, word: str, limit: int) -> list[str]:
        """Words of the vocabulary that share parts of three letters with `word`."""

    def in_bulk(self) -> AbstractContextManager[None]:
        """While everything is written anew."""

    def is_sound(self) -> bool:
        """Whether the full text is that of the rows."""


def _engine() -> Engine:
    from conditions.search import postgresql, sqlite

    return {"sqlite": sqlite, "postgresql": postgresql}[connection.vendor]


def matching(groups: Groups, limit: int) -> list[Match]:
    return _engine().matching(groups, limit)


def similar(word: str, limit: int) -> list[str]:
    return _engine().similar(word, limit)


def in_bulk() -> AbstractContextManager[None]:
    return _engine().in_bulk()


def is_sound() -> bool:
    return _engine().is_sound()
