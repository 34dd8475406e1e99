"""Every title, parent, note and billable flag, against what `simple-icd-10-cm` says of all nodes.

    python -m benchmarks.compare_with_package

Not among the tests, since the package's functions take 194 MB and many seconds. Its names
are not unique: a block that shares the name of its only category is asked for by a flag. It says
nothing of the table of H54, so that table is left out.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator

import simple_icd_10_cm as package

from conditions.icd10cm import CodeRow, Release, packaged_files, read_release
from conditions.icd10cm.notes import VISION

LISTS = {
    "inclusion_term": package.get_inclusion_term,
    "includes": package.get_includes,
    "excludes1": package.get_excludes1,
    "excludes2": package.get_excludes2,
}
LINES = {
    "code_first": package.get_code_first,
    "use_additional_code": package.get_use_additional_code,
    "code_also": package.get_code_also,
    "note": package.get_notes,
    "seventh_note": package.get_seven_chr_note,
}


def main() -> None:
    release = read_release(packaged_files())
    differences = list(_differences(release))
    for difference in differences[:50]:
        print(difference)
    checked = f"{len(release.codes):,} nodes, {len(release.notes):,} notes"
    print(f"{checked}: {len(differences):,} differences")
    sys.exit(bool(differences))


def _differences(release: Release) -> Iterator[str]:
    notes: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for note in release.notes:
        if note.kind == VISION:
            continue
        text = f"{note.character} {note.text}" if note.character else note.text
        notes[note.code][note.kind].append(text)
    names = [_name(row) for row in release.codes]
    if names != package.get_all_codes(with_dots=True):
        yield "the order of all nodes differs"
    for row in release.codes:
        ours = {"title": row.title, "parent": _parent(row), "billable": row.billable}
        ours |= {"kind": row.kind, "notes": notes[row.key]}
        theirs = _theirs(row)
        for what, value in ours.items():
            if value != theirs[what]:
                yield f"{row.key} {what}: {value!r} here, {theirs[what]!r} there"


def _theirs(row: CodeRow) -> dict[str, object]:
    name, block = _name(row), row.kind == "block"
    title = package.get_description(name, prioritize_blocks=block)
    if row.span:
        title = title.removesuffix(f" ({row.span})")
    return {
        "title": _cleaned(title),
        "parent": package.get_parent(name, prioritize_blocks=block),
        "billable": not block and package.is_leaf(name) and not package.is_chapter(name),
        "kind": _kind(name, block),
        "notes": {kind: texts for kind, texts in _their_notes(name, block) if texts},
    }


def _their_notes(name: str, block: bool) -> Iterator[tuple[str, list[str]]]:
    for kind, ask in LISTS.items():
        yield kind, [_cleaned(text) for text in ask(name, prioritize_blocks=block)]
    for kind, ask in LINES.items():
        lines = ask(name, prioritize_blocks=block).split("\n")
        yield kind, [_cleaned(text) for text in lines if text]
    characters = package.get_seven_chr_def(name, prioritize_blocks=block)
    yield (
        "seventh_character",
        [f"{character} {_cleaned(text)}" for character, text in characters.items()],
    )


def _kind(name: str, block: bool) -> str:
    if block or package.is_chapter(name):
        return "block" if block else "chapter"
    if package.is_category(name):
        return "category"
    return "extension" if package.is_extended_subcategory(name) else "subcategory"


def _name(row: CodeRow) -> str:
    return row.key.removeprefix("chapter-") if row.kind == "chapter" else row.span or row.key


def _parent(row: CodeRow) -> str:
    """The package names a block of one category like the category."""
    parent = (row.parent or "").removeprefix("chapter-")
    first, _, last = parent.partition("-")
    return first if first == last else parent


def _cleaned(text: str) -> str:
    return " ".join(text.replace("/\t", "/").split())


if __name__ == "__main__":
    main()
