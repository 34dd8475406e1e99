"""The list of the codes that exist, in any of its three forms."""

from __future__ import annotations

from pathlib import Path

from conditions.icd10cm.refused import BadRelease


def read_code_list(path: Path) -> dict[str, int]:
    """Each name without its dot, and its line.

    A line is a name, or a name and a title, or a number of five digits, a name and more.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as wrong:
        line = path.read_bytes().count(b"\n", 0, wrong.start) + 1
        raise BadRelease(path, line, "this is not UTF-8 text.") from wrong
    names = {}
    for line, text in enumerate(lines, start=1):
        if words := text.split(maxsplit=2):
            is_numbered = len(words) > 1 and len(words[0]) == 5 and words[0].isdecimal()
            names[words[1 if is_numbered else 0].replace(".", "")] = line
    if not names:
        raise BadRelease(path, None, "the file is empty.")
    return names
