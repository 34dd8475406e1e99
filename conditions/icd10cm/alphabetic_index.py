"""The Alphabetic Index to diseases: terms below terms, some with a code.

Read as a stream, by expat as the tabular list is: a refusal names its line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from xml.parsers import expat

from conditions.icd10cm.refused import BadRelease

ROOT = "ICD10CM.index"
TITLE = "index to diseases"
"""The publisher's other indexes and tables have the same root, and tell of causes and drugs."""

_TERMS = {"mainTerm", "term"}
_READ = {"version", "title", "code"}
_TAILS = re.compile(r",? (?:NEC|NOS)\b")


class IndexEntry(NamedTuple):
    """The path of terms that leads to a code, and the code as it is printed."""

    name: str
    code: str


@dataclass
class AlphabeticIndex:
    version: str = ""
    entries: list[IndexEntry] = field(default_factory=list)


def read_alphabetic_index(path: Path) -> AlphabeticIndex:
    """BadRelease when the file is truncated, or another one."""
    reader = _Reader(path)
    try:
        with path.open("rb") as file:
            reader.parser.ParseFile(file)
    except expat.ExpatError as wrong:
        reason = expat.ErrorString(wrong.code)
        message = f"this is not whole, well-formed XML ({reason})."
        raise BadRelease(path, wrong.lineno, message) from wrong
    if not reader.index.entries:
        raise BadRelease(path, None, "no term in this file has a code.")
    return reader.index


class _Reader:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.index = AlphabeticIndex()
        self.is_the_one = False
        self._open: list[str] = []
        self._terms: list[str] = []
        self._text = ""
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.CharacterDataHandler = self._characters
        self.parser.EndElementHandler = self._end
        # Entities could make a small file enormous; the official one declares none.
        self.parser.StartDoctypeDeclHandler = self._refuse_document_type

    def _start(self, tag: str, _attributes: dict[str, str]) -> None:
        if not self._open and tag != ROOT:
            raise self._foreign(f"<{tag}>")
        if tag == "letter" and not self.is_the_one:
            raise self._foreign("<letter>")
        if tag in _TERMS:
            self._terms.append("")
        if tag in _READ:
            self._text = ""
        else:
            # A modifier in brackets stands between two words of a title.
            self._text += " "
        self._open.append(tag)

    def _characters(self, text: str) -> None:
        """Modifiers in brackets, which change no code, are inside a title but not of it."""
        if self._open[-1] in _READ:
            self._text += text

    def _end(self, tag: str) -> None:
        self._open.pop()
        words = " ".join(self._text.split())
        if tag == "version":
            self.index.version = words
        elif tag == "title":
            self._title(words)
        elif tag == "code" and words:
            name = " ".join(term for term in self._terms if term)
            self.index.entries.append(IndexEntry(name, words))
        elif tag in _TERMS:
            self._terms.pop()

    def _title(self, words: str) -> None:
        if self._open[-1] in _TERMS:
            self._terms[-1] = _TAILS.sub("", words).strip(" ,")
        elif self._open[-1] == ROOT:
            if TITLE not in words.casefold():
                raise self._foreign(f"“{words[:60]}”")
            self.is_the_one = True

    def _refuse_document_type(self, *_declared: object) -> None:
        raise self._foreign("a document type")

    def _foreign(self, what: str) -> BadRelease:
        line = self.parser.CurrentLineNumber
        message = f"{what} does not belong here: this is no ICD-10-CM Index to Diseases."
        return BadRelease(self.path, line, message)
