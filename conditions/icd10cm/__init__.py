"""The official ICD-10-CM files, read into rows. Pure: no database, no Django."""

from conditions.icd10cm.alphabetic_index import (
    AlphabeticIndex,
    IndexEntry,
    read_alphabetic_index,
)
from conditions.icd10cm.files import Files, files_in, packaged_files
from conditions.icd10cm.refused import BadRelease
from conditions.icd10cm.rows import CodeRow, NoteRow, digits
from conditions.icd10cm.tree import Release, read_release

__all__ = [
    "AlphabeticIndex",
    "BadRelease",
    "CodeRow",
    "Files",
    "IndexEntry",
    "NoteRow",
    "Release",
    "digits",
    "files_in",
    "packaged_files",
    "read_alphabetic_index",
    "read_release",
]
