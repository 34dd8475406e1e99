"""Full text and similar words on SQLite: FTS5 tables beside the search's own (migration 0004).

Triggers keep them right whoever writes. SQLite drops triggers when a later migration rebuilds a
table, so they are made anew after every `migrate`. https://www.sqlite.org/fts5.html
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, transaction

from conditions.search.engine import Among
from conditions.search.entries import FIRST_EDITION

_TEXT = "(rowid, title, names, body) VALUES"
_ADD_TEXT = f"INSERT INTO conditions_searchtext{_TEXT} (new.id, new.title, new.names, new.body);"
_TAKE_TEXT = (
    "INSERT INTO conditions_searchtext(conditions_searchtext, rowid, title, names, body)"
    " VALUES ('delete', old.id, old.title, old.names, old.body);"
)
# Between zeros, so that a beginning and an end count as parts too.
_ADD_WORD = (
    "INSERT INTO conditions_searchtrigram(rowid, word) VALUES (new.id, '00' || new.word || '0');"
)
_TAKE_WORD = (
    "INSERT INTO conditions_searchtrigram(conditions_searchtrigram, rowid, word)"
    " VALUES ('delete', old.id, '00' || old.word || '0');"
)
TRIGGERS = {
    "search_entry_added": f"AFTER INSERT ON conditions_searchentry BEGIN {_ADD_TEXT} END",
    "search_entry_deleted": f"AFTER DELETE ON conditions_searchentry BEGIN {_TAKE_TEXT} END",
    "search_entry_changed": (
        "AFTER UPDATE OF id, title, names, body ON conditions_searchentry "
        f"BEGIN {_TAKE_TEXT} {_ADD_TEXT} END"
    ),
    "search_word_added": f"AFTER INSERT ON conditions_searchword BEGIN {_ADD_WORD} END",
    "search_word_deleted": f"AFTER DELETE ON conditions_searchword BEGIN {_TAKE_WORD} END",
    "search_word_changed": (
        f"AFTER UPDATE OF id, word ON conditions_searchword BEGIN {_TAKE_WORD} {_ADD_WORD} END"
    ),
}


def restore_triggers(using: str = DEFAULT_DB_ALIAS, **_kwargs: object) -> None:
    """Connected to `post_migrate`; safe to repeat."""
    if connections[using].vendor != "sqlite":
        return
    if "conditions_searchtext" not in connections[using].introspection.table_names():
        return
    with connections[using].cursor() as cursor:
        for name, body in TRIGGERS.items():
            cursor.execute(f"CREATE TRIGGER IF NOT EXISTS {name} {body}")


@contextmanager
def in_bulk() -> Iterator[None]:
    """Without triggers; the full text is read from its tables at the end."""
    with connection.cursor() as cursor:
        for name in TRIGGERS:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        yield
        cursor.execute("INSERT INTO conditions_searchtext(conditions_searchtext) VALUES('rebuild')")
        cursor.execute(
            "INSERT INTO conditions_searchtrigram(conditions_searchtrigram) VALUES('delete-all')"
        )
        cursor.execute(
            "INSERT INTO conditions_searchtrigram(rowid, word)"
            " SELECT id, '00' || word || '0' FROM conditions_searchword"
        )
        restore_triggers()


def is_sound() -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO conditions_searchtext(conditions_searchtext, rank)"
                " VALUES('integrity-check', 1)"
            )
    except DatabaseError:
        return False
    return True


def similar(word: str, limit: int) -> list[str]:
    padded = f"00{word}0"
    parts = {padded[at : at + 3] for at in range(len(padded) - 2)}
    with connection.cursor() as cursor:
        cursor.execute(_SIMILAR, [" OR ".join(f'"{part}"' for part in sorted(parts)), limit])
        return [word for (word,) in cursor.fetchall()]


AND, OR = " AND ", " OR "
_ALL = "conditions_searchtext MATCH %s"
_CODES = f"{_ALL} AND rowid < {FIRST_EDITION}"
_MEASURE = "bm25(conditions_searchtext, 4.0, 2.0, 0.3)"


def some_words(groups: int) -> str:
    one = f"SELECT rowid AS id, %s AS weight FROM conditions_searchtext WHERE {_CODES}"
    found = f"SELECT id, -SUM(weight) AS place FROM ({' UNION ALL '.join([one] * groups)})"
    return _with_pages(f"{found} GROUP BY id ORDER BY place, id LIMIT %s")


def _matching(where: str, place: str) -> str:
    found = f"SELECT rowid AS id, {place} AS place FROM conditions_searchtext"
    return _with_pages(f"{found} WHERE {where} ORDER BY {place} LIMIT %s")


def _with_pages(found: str) -> str:
    """`found` selects the id of each entry and its place in the order."""
    return f"""
SELECT entry.id, edition_id, code_id, chapter, depth, entry.title, entry.names
FROM ({found}) AS found JOIN conditions_searchentry AS entry ON entry.id = found.id
ORDER BY found.place, entry.id
"""


MATCHING = {
    Among.ARTICLES: _matching(_ALL, _MEASURE),
    Among.CODES: _matching(_CODES, "rowid"),
    Among.ALL: _matching(_ALL, "rowid"),
}
_SIMILAR = """
SELECT DISTINCT word FROM conditions_searchword WHERE id IN (
  SELECT rowid FROM conditions_searchtrigram WHERE conditions_searchtrigram MATCH %s
  ORDER BY bm25(conditions_searchtrigram) LIMIT %s
)
"""
