"""Where a release lies: the tabular list as XML, and the list of the codes that exist.

The XML gives titles, notes and the rules of 7th characters; only the code list says which of the
codes made by those rules there are.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from conditions.icd10cm.refused import BadRelease

PACKAGE = "simple_icd_10_cm"
CODE_LISTS = ("*codes*.txt", "*order*.txt", "*code-list*.txt")
"""The publisher's list of codes, the publisher's with headings too, and the package's own."""


@dataclass(frozen=True)
class Files:
    tabular: Path
    code_list: Path

    def digest(self) -> str:
        """SHA-256 of both, so that a correction under an unchanged version is seen."""
        digest = hashlib.sha256()
        for path in (self.tabular, self.code_list):
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()


def packaged_files() -> Files:
    """The files inside `simple-icd-10-cm`, found without importing it: that would cost 194 MB."""
    found = find_spec(PACKAGE)
    folders = found.submodule_search_locations if found else None
    if not folders:
        raise BadRelease(
            Path(PACKAGE), None, "the package is not installed. Install it, or name a folder."
        )
    return files_in(Path(folders[0]) / "data")


def files_in(folder: Path) -> Files:
    """The two files among whatever else the publisher's archives hold."""
    tabular = _only(folder, ("*tabular*.xml",), "the tabular list (*tabular*.xml)")
    return Files(tabular, _only(folder, CODE_LISTS, f"the code list ({', '.join(CODE_LISTS)})"))


def _only(folder: Path, patterns: tuple[str, ...], what: str) -> Path:
    for pattern in patterns:
        # Addenda hold only what changed.
        found = [path for path in sorted(folder.glob(pattern)) if "addenda" not in path.name]
        if len(found) > 1:
            names = ", ".join(path.name for path in found)
            raise BadRelease(folder, None, f"several files may be {what}: {names}. Leave one.")
        if found:
            return found[0]
    raise BadRelease(folder, None, f"{what} is not in this folder.")
