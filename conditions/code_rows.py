"""The rows of the code tree in bulk: 98,505 of them are too many for instances of models."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from django.db import connection, models

from conditions.icd10cm import CodeRow, NoteRow
from conditions.models import Code, CodeNote, CodeRelease

Progress = Callable[[str, int, int], None]
"""What is being done, how much of it is done, and how much there is to do."""

CHUNK = 5000


def lock() -> None:
    """Until the end of the transaction nobody else loads. SQLite locks by beginning one."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {CodeRelease._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")


def stored_codes() -> Iterator[CodeRow]:
    rows = Code.objects.order_by().values_list(*CodeRow._fields)
    return map(CodeRow._make, rows.iterator(CHUNK))


def stored_notes() -> Iterator[NoteRow]:
    rows = CodeNote.objects.order_by("code", "position").values_list(*NoteRow._fields)
    return map(NoteRow._make, rows.iterator(CHUNK))


def delete(model: type[models.Model], column: str, keys: Iterable[str | int]) -> None:
    (name,) = _columns(model, [column])
    with connection.cursor() as cursor:
        cursor.executemany(
            f"DELETE FROM {model._meta.db_table} WHERE {name} = %s", [(key,) for key in keys]
        )


def insert(model: type[models.Model], rows: Sequence[NamedTuple], progress: Progress) -> None:
    """`rows` are named tuples of one kind, whose fields are fields of `model`."""
    what = f"Writing {model._meta.verbose_name_plural}"
    progress(what, 0, len(rows))
    if not rows:
        return
    columns = _columns(model, rows[0]._fields)
    write = _copy if connection.vendor == "postgresql" else _insert
    rest = iter(rows)
    done = 0
    while chunk := list(islice(rest, CHUNK)):
        write(model._meta.db_table, columns, chunk)
        done += len(chunk)
        progress(what, done, len(rows))


def tell_the_planner(model: type[models.Model]) -> None:
    """Without it PostgreSQL may check each foreign key by reading the whole table.

    It keeps the plan of a check for as long as a connection lives, and one that was made while the
    table was small takes minutes with 98,505 rows; fresh figures have it planned anew.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {model._meta.db_table}")


def _columns(model: type[models.Model], fields: Iterable[str]) -> list[str]:
    columns = {field.name: field.column for field in model._meta.concrete_fields}
    return [str(columns[name]) for name in fields]


def _insert(table: str, columns: list[str], rows: list[Any]) -> None:
    places = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)


def _copy(table: str, columns: list[str], rows: list[Any]) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)
