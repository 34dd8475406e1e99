"""A small ICD-10-CM release of 36 nodes, and ways to make another one of it."""

from __future__ import annotations

import shutil
from pathlib import Path

SMALL = Path(__file__).parent / "data" / "icd10cm"
TABULAR = "icd10cm-tabular-2026.xml"
CODE_LIST = "icd10cm-codes-2026.txt"


def copied(folder: Path) -> Path:
    """The small release in a folder that a test may change."""
    return Path(shutil.copytree(SMALL, folder / "release"))


def rewrite(path: Path, *changes: tuple[str, str]) -> None:
    """Replace each text, which must be there once."""
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def next_release(folder: Path) -> Path:
    """2027: A00.9 and the whole of T07 go, A00.1 comes, M61.50 is renamed, M62 moves."""
    release = copied(folder)
    tabular = release / TABULAR
    text = tabular.read_text(encoding="utf-8")
    gone = text[text.index('    <section id="T07">') : text.index('    <section id="T36-T50">')]
    before, after = "      <diag>\n        <name>M62<", "    </section>\n  </chapter>\n"
    moved = text[text.index(before) : text.index(after, text.index(before))]
    rewrite(tabular, (gone, ""), (moved, ""))
    rewrite(
        tabular,
        ("<version>2026<", "<version>2027<"),
        ("<name>A00.9<", "<name>A00.1<"),
        ("Cholera,  unspecified", "Cholera, El Tor"),
        ("Other ossification of muscle, unspecified site", "Other ossification, site unspecified"),
        ("joints</note>\n      </includes>\n", f"joints</note>\n      </includes>\n{moved}"),
    )
    rewrite(
        release / CODE_LIST,
        ("A009 ", "A001 "),
        ("T07XXXA Unspecified multiple injuries, initial encounter\n", ""),
        ("T07XXXD Unspecified multiple injuries, subsequent encounter\n", ""),
    )
    return release
