"""What the two databases do differently, behind one interface: see `sqlite` and `postgresql`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from enum import StrEnum, auto
from typing import NamedTuple, Protocol

from django.db import connection

from conditions.search.entries import CONDITION

Groups = Sequence[frozenset[str]]
"""Stems: a page must have one of each group."""

Weighted = Mapping[frozenset[str], int]
"""Stems of which one is enough, and how much it counts that a page has one."""


class Among(StrEnum):
    """What is searched. Articles come with the best by the database's own measure first; anything
    else by id, which costs nothing and is the same on both databases: for codes it is their
    `entries.Page.standing` when all was last written anew."""

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
    # As its full text has them.
    AND: str
    OR: str

    MATCHING: Mapping[Among, str]
    """SQL that gives the fields of `Match`, from a query of its full text and a limit."""

    def some_words(self, groups: int) -> str:
        """SQL that gives the fields of `Match` for codes, from a weight and a query for each of so
        many groups, and a limit. Those of most weight come first, and then by id."""

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
    """Entries that have a word of each group."""
    engine = _engine()
    wanted = [*groups, {CONDITION}] if among is Among.ARTICLES else groups
    query = engine.AND.join(_any_of(group, engine) for group in wanted)
    return _matches(engine.MATCHING[among], [query, limit])


def codes_with_any(weighted: Weighted, limit: int) -> list[Match]:
    """Codes that have some of the words, those of most weight first, and then by standing."""
    engine = _engine()
    values = [
        each for group, weight in weighted.items() for each in (weight, _any_of(group, engine))
    ]
    return _matches(engine.some_words(len(weighted)), [*values, limit])


def similar(word: str, limit: int) -> list[str]:
    return _engine().similar(word, limit)


def in_bulk() -> AbstractContextManager[None]:
    return _engine().in_bulk()


def is_sound() -> bool:
    return _engine().is_sound()


def _any_of(group: Iterable[str], engine: Engine) -> str:
    return f"({engine.OR.join(sorted(group))})"


def _matches(sql: str, values: Sequence[str | int]) -> list[Match]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [Match(*row) for row in cursor.fetchall()]
