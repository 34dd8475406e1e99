"""Names of codes from a file into the database: compared first, then what differs is written.

What people say on the site stands above the file, and the file above the Alphabetic Index.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from django.db import transaction

from conditions import code_rows
from conditions.alias_codes import refused_code
from conditions.alias_files import AliasRow, BadAliasFile, read_aliases
from conditions.models import Alias, AliasOrigin, Code
from conditions.search import index

_RANK = {AliasOrigin.INDEX: 0, AliasOrigin.FILE: 1, AliasOrigin.SITE: 2}


class NoCodes(Exception):
    """The classification is not loaded, so no code can be checked."""


class NewAlias(NamedTuple):
    """The columns of a new row."""

    name: str
    code: str
    kind: str
    origin: str
    note: str
    is_in_use: bool = True


@dataclass
class AliasChanges:
    created: list[NewAlias] = field(default_factory=list)
    changed: list[Alias] = field(default_factory=list)
    deleted: list[Alias] = field(default_factory=list)
    kept: int = 0
    """Rows that people changed or switched off on the site, or that stand above."""
    unchanged: int = 0

    def __bool__(self) -> bool:
        return bool(self.created or self.changed or self.deleted)

    def codes(self) -> set[str]:
        rows: list[Any] = [*self.changed, *self.deleted]
        return {row.code for row in self.created} | {row.code_id for row in rows}

    def counts(self) -> str:
        return (
            f"{len(self.created):,} created, {len(self.changed):,} changed, "
            f"{len(self.deleted):,} deleted, {self.kept:,} kept, {self.unchanged:,} unchanged"
        )


def load_file(path: Path, *, dry_run: bool = False) -> AliasChanges:
    """Make the rows from the file what it says. BadAliasFile comes before any writing."""
    rows = read_aliases(path)
    _refuse_codes(rows)
    return _exchange(rows, AliasOrigin.FILE, dry_run)


def load_index_entries(rows: Iterable[AliasRow], *, dry_run: bool = False) -> AliasChanges:
    """Replace all rows from the Alphabetic Index; codes of `rows` must be known."""
    return _exchange(rows, AliasOrigin.INDEX, dry_run)


def _refuse_codes(rows: Iterable[AliasRow]) -> None:
    if not Code.objects.exists():
        raise NoCodes("No codes are loaded: run `manage.py load_icd10cm` first.")
    codes = Code.objects.in_bulk({row.code for row in rows})
    problems = ((row.line, refused_code(row.code, codes.get(row.code))) for row in rows)
    if refused := [(line, problem) for line, problem in problems if problem]:
        raise BadAliasFile(refused)


def _exchange(rows: Iterable[AliasRow], origin: AliasOrigin, dry_run: bool) -> AliasChanges:
    with transaction.atomic():
        if not dry_run:
            code_rows.lock()
        changes = _compared(rows, origin)
        if changes and not dry_run:
            _write(changes)
    return changes


def _compared(rows: Iterable[AliasRow], origin: AliasOrigin) -> AliasChanges:
    changes = AliasChanges()
    stored = Alias.objects.order_by("pk").iterator(code_rows.CHUNK)
    present = {(row.name.casefold(), row.code_id): row for row in stored}
    for row in rows:
        old = present.pop(row.key, None)
        if old is None:
            changes.created.append(NewAlias(row.name, row.code, row.kind, origin, row.note))
        elif _RANK[AliasOrigin(old.origin)] > _RANK[origin]:
            changes.kept += 1
        elif (old.name, old.kind, old.note, old.origin) != (row.name, row.kind, row.note, origin):
            old.name, old.kind, old.note, old.origin = row.name, row.kind, row.note, origin
            changes.changed.append(old)
        elif old.is_in_use:
            changes.unchanged += 1
        else:
            changes.kept += 1
    changes.deleted = [row for row in present.values() if row.origin == origin]
    return changes


def _write(changes: AliasChanges) -> None:
    code_rows.delete(Alias, "id", (row.pk for row in changes.deleted))
    Alias.objects.bulk_update(changes.changed, ["name", "kind", "note", "origin"], batch_size=200)
    code_rows.insert(Alias, changes.created, index.quiet)
    index.refresh_codes(changes.codes())
