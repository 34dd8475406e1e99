"""The Alphabetic Index into the database: its terms as aliases that are found and not shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from conditions.alias_codes import refused_code
from conditions.alias_files import LONGEST_NAME, AliasRow
from conditions.alias_loading import AliasChanges, load_index_entries
from conditions.codes import canonical_key
from conditions.icd10cm import AlphabeticIndex, IndexEntry
from conditions.models import AliasKind, Code


class IndexLoaded(NamedTuple):
    changes: AliasChanges
    unknown: list[str]
    """Codes that are not in the classification, or can have no name of their own."""
    too_long: int


def load_index(index: AlphabeticIndex, *, dry_run: bool = False) -> IndexLoaded:
    """Replace what an index before it said. What editors and the file of names say stays."""
    keys = {entry.code: _key(entry.code) for entry in index.entries}
    codes = Code.objects.in_bulk({key for key in keys.values() if key})
    known = {printed: key for printed, key in keys.items() if not refused_code(key, codes.get(key))}
    rows = {row.key: row for row in _rows(index.entries, known)}
    fitting = [row for row in rows.values() if len(row.name) <= LONGEST_NAME]
    return IndexLoaded(
        load_index_entries(fitting, dry_run=dry_run),
        sorted(keys.keys() - known.keys()),
        len(rows) - len(fitting),
    )


def _rows(entries: Iterable[IndexEntry], known: dict[str, str]) -> Iterable[AliasRow]:
    for name, printed in entries:
        if name and printed in known:
            yield AliasRow(name, known[printed], AliasKind.INDEX)


def _key(printed: str) -> str:
    """`M79.6-` means M79.6 and all codes below."""
    try:
        return canonical_key(printed.rstrip("-."))
    except ValueError:
        return ""
