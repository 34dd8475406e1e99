"""Full text and similar words on PostgreSQL: a generated tsvector column, and pg_trgm."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from conditions.search.engine import Groups, Match


@contextmanager
def in_bulk() -> Iterator[None]:
    """The database keeps its own column and indexes."""
    yield
    with connection.cursor() as cursor:
        for table in ("entry", "name", "word"):
            cursor.execute(f"ANALYZE conditions_search{table}")


def is_sound() -> bool:
    """A generated column cannot differ from its row."""
    return True


def matching(groups: Groups, limit: int) -> list[Match]:
    query = " & ".join(f"({' | '.join(sorted(group))})" for group in groups)
    with connection.cursor() as cursor:
        cursor.execute(_MATCHING, [query, limit])
        return [Match(*row) for row in cursor.fetchall()]


def similar(word: str, limit: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_SIMILAR, [word, word, limit])
        return [word for (word,) in cursor.fetchall()]


# Weights of D, C, B and A; divided by the length, so that short names come first.
_MATCHING = """
SELECT id, edition_id, code_id, chapter, depth, title, names
FROM conditions_searchentry, to_tsquery('simple', %s) AS query
WHERE vector @@ query
ORDER BY ts_rank('{0.1, 0.1, 0.5, 1.0}', vector, query, 2) DESC, id
LIMIT %s
"""
# Below its own threshold of 0.3 pg_trgm's index finds too much to be quick.
_SIMILAR = """
SELECT DISTINCT word FROM (
  SELECT word FROM conditions_searchword WHERE word %% %s
  ORDER BY similarity(word, %s) DESC LIMIT %s
) AS found
"""
