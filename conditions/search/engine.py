"""What the two databases do differently, behind one interface: see `sqlite` and `postgresql`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from enum import StrEnum, auto
from typing import NamedTuple, Protocol

from django.db import connection

Groups = Sequence[frozenset[str]]
"""Stems: a page must have one of each group."""


Weighted = Mapping[frozenset[str], int]
"""Stems of which one is enough, and how much it counts that a page has one."""


class Among(StrEnum):
    """What is searched. Articles come with the best by the database's own measure first; anything
    else by id, which for codes is their `entries.Page.standing`: both databases have that order,
    and it costs nothing."""

    ARTICLES = auto()
    CODES = auto()
    ALL = auto()


class Match(NamedTuple):
    id: int
    edition: int | None
    code: str | None
    chapter: str
    depth: int
    title: str
    names: str


class Engine(Protocol):
    def matching(self, groups: Groups, among: Among, limit: int) -> list[Match]:
        """Entries that have a word of each group."""

    def codes_with_any(self, weighted: Weighted, limit: int) -> list[Match]:
        """Codes that have some of the words, those of most weight first, and then by standing."""

    def similar(self, word: str, limit: int) -> list[str]:
        """Words of the vocabulary that share parts of three letters with `word`."""

    def in_bulk(self) -> AbstractContextManager[None]:
        """While everything is written anew."""

    def is_sound(self) -> bool:
        """Whether the full text is that of the rows."""


def _engine() -> Engine:
    from conditions.search import postgresql, sqlite

    return {"sqlite": sqlite, "postgresql": postgresql}[connection.vendor]


def matching(groups: Groups, among: Among, limit: int) -> list[Match]:
    return _engine().matching(groups, among, limit)


def codes_with_any(weighted: Weighted, limit: int) -> list[Match]:
    return _engine().codes_with_any(weighted, limit)


def similar(word: str, limit: int) -> list[str]:
    return _engine().similar(word, limit)


def in_bulk() -> AbstractContextManager[None]:
    return _engine().in_bulk()


def is_sound() -> bool:
    return _engine().is_sound()
