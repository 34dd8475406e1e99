"""Full text and similar words on PostgreSQL: a generated tsvector column, and pg_trgm."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from conditions.search.engine import Among
from conditions.search.entries import FIRST_EDITION


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


def similar(word: str, limit: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_SIMILAR, [word, word, limit])
        return [word for (word,) in cursor.fetchall()]


AND, OR = " & ", " | "
_PAGE = "id, edition_id, code_id, chapter, depth, title, names"
_ENTRIES = "conditions_searchentry, to_tsquery('simple', %s) AS query"
_ALL = "vector @@ query"
_CODES = f"{_ALL} AND id < {FIRST_EDITION}"
# Not by the index of ids: where few match, all entries would be read to find them.
_BY_ID = "id + 0"
# Weights of D, C, B and A; divided by the length, so that short names come first.
_MEASURE = "ts_rank('{0.1, 0.1, 0.5, 1.0}', vector, query, 2) DESC, id"


def some_words(groups: int) -> str:
    one = f"SELECT id, %s AS weight FROM {_ENTRIES} WHERE {_CODES}"
    found = f"SELECT id, -SUM(weight) AS place FROM ({' UNION ALL '.join([one] * groups)}) AS each"
    best = f"{found} GROUP BY id ORDER BY place, id LIMIT %s"
    pages = f"SELECT {_PAGE} FROM ({best}) AS found JOIN conditions_searchentry USING (id)"
    return f"{pages} ORDER BY place, id"


MATCHING = {
    among: f"SELECT {_PAGE} FROM {_ENTRIES} WHERE {where} ORDER BY {order} LIMIT %s"
    for among, where, order in (
        (Among.ARTICLES, _ALL, _MEASURE),
        (Among.CODES, _CODES, _BY_ID),
        (Among.ALL, _ALL, _BY_ID),
    )
}
# Below its own threshold of 0.3 pg_trgm's index finds too much to be quick.
_SIMILAR = """
SELECT DISTINCT word FROM (
  SELECT word FROM conditions_searchword WHERE word %% %s
  ORDER BY similarity(word, %s) DESC LIMIT %s
) AS found
"""
