"""Questions to the search's own tables, in SQL that both databases understand.

A search asks up to a dozen of them. Django takes ten times as long to write one as SQLite to answer
it, which was a third of a search.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection

from conditions.search.engine import Match

NamedPage = tuple[str, int | None, str | None]
"""A name, and the edition or the code that has it."""


def pages_named(forms: Collection[str]) -> list[Match]:
    """Pages that have one of these whole names."""
    rows = _rows(
        f"""
        SELECT id, edition_id, code_id, chapter, depth, title, names FROM conditions_searchentry
        WHERE id IN (SELECT entry_id FROM conditions_searchname WHERE norm IN {_places(forms)})
        ORDER BY id
        """,
        forms,
    )
    return [Match(*row) for row in rows]


def names_beginning(beginning: str, limit: int) -> list[NamedPage]:
    """The likeliest first. The pages of the best alone are fetched: many names may begin so."""
    return _rows(
        """
        SELECT best.name, edition_id, code_id FROM (
          SELECT name, norm, weight, entry_id FROM conditions_searchname
          WHERE norm >= %s AND norm < %s ORDER BY weight, norm, entry_id LIMIT %s
        ) AS best JOIN conditions_searchentry AS entry ON entry.id = best.entry_id
        ORDER BY weight, norm, entry_id
        """,
        [beginning, f"{beginning}~", limit],
    )


def names_of(entries: Collection[int]) -> list[tuple[int, str, bool]]:
    """Entry, name, and whether it is the title; titles first, then what is suggested first."""
    return _rows(
        f"""
        SELECT entry_id, name, is_title FROM conditions_searchname
        WHERE entry_id IN {_places(entries)} ORDER BY is_title DESC, weight, id
        """,
        entries,
    )


def words_with(stems: Collection[str]) -> list[tuple[str, str, int | None, int]]:
    """Stem, word, edition, and in how many names it stands."""
    return _rows(
        f"""
        SELECT stem, word, edition_id, frequency FROM conditions_searchword
        WHERE stem IN {_places(stems)}
        """,
        stems,
    )


def words_beginning(beginning: str, limit: int) -> list[tuple[str, int | None, int]]:
    """Stem, edition, and in how many names it stands; the commonest first."""
    return _rows(
        """
        SELECT stem, edition_id, frequency FROM conditions_searchword
        WHERE word >= %s AND word < %s ORDER BY frequency DESC, word LIMIT %s
        """,
        [beginning, f"{beginning}~", limit],
    )


def words_alike(letters: str, shortest: int, longest: int) -> set[str]:
    """Words that begin with one of the letters and have so many letters."""
    if not letters:
        return set()
    begins = " OR ".join(["word >= %s AND word < %s"] * len(letters))
    rows = _rows(
        f"""
        SELECT word FROM conditions_searchword
        WHERE ({begins}) AND length(word) BETWEEN %s AND %s
        """,
        [*(end for letter in letters for end in (letter, f"{letter}~")), shortest, longest],
    )
    return {word for (word,) in rows}


def _rows(sql: str, values: Collection[str | int]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return list(cursor.fetchall())


def _places(values: Collection[str | int]) -> str:
    """Nothing is in a list of one NULL; an empty list would be an error."""
    return f"({', '.join(['%s'] * len(values)) or 'NULL'})"
