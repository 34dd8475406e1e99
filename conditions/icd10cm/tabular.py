"""The tabular list as a stream of chapters, so that no more than one is held at a time.

By expat and not `iterparse`: each element knows its line, and so does every refusal.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.parsers import expat

from conditions.icd10cm.refused import BadRelease

ROOT = "ICD10CM.tabular"
_CHUNK = 1 << 18


class Element:
    __slots__ = ("attributes", "children", "line", "tag", "text")

    def __init__(self, tag: str, attributes: dict[str, str], line: int) -> None:
        self.tag = tag
        self.attributes = attributes
        self.line = line
        self.text = ""
        self.children: list[Element] = []

    def words(self) -> str:
        """The text with tabs and runs of blanks made one blank."""
        return " ".join(self.text.split())

    def every(self, tag: str) -> list[Element]:
        return [child for child in self.children if child.tag == tag]

    def words_of(self, tag: str) -> str:
        for child in self.children:
            if child.tag == tag:
                return child.words()
        return ""


class Tabular:
    """Reads the file once; `version` is known from the first chapter on."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.version = ""
        self._open: list[Element] = []
        self._chapters: list[Element] = []

    def chapters(self) -> Iterator[Element]:
        with self.path.open("rb") as file:
            try:
                yield from self._parsed(file)
            except expat.ExpatError as wrong:
                reason = expat.ErrorString(wrong.code)
                raise BadRelease(
                    self.path, wrong.lineno, f"this is not whole, well-formed XML ({reason})."
                ) from wrong

    def _parsed(self, file: IO[bytes]) -> Iterator[Element]:
        parser = self._parser()
        while chunk := file.read(_CHUNK):
            parser.Parse(chunk, False)
            yield from self._chapters
            self._chapters.clear()
        parser.Parse(b"", True)
        yield from self._chapters

    def _parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate()
        parser.buffer_text = True

        def start(tag: str, attributes: dict[str, str]) -> None:
            element = Element(tag, attributes, parser.CurrentLineNumber)
            if self._open:
                self._open[-1].children.append(element)
            elif tag != ROOT:
                raise self._foreign(element.line, f"<{tag}>")
            self._open.append(element)

        def refuse_document_type(*_declared: object) -> None:
            raise self._foreign(parser.CurrentLineNumber, "a document type")

        parser.StartElementHandler = start
        parser.CharacterDataHandler = self._text
        parser.EndElementHandler = self._end
        # Entities could make a small file enormous; the official ones declare none.
        parser.StartDoctypeDeclHandler = refuse_document_type
        return parser

    def _text(self, text: str) -> None:
        self._open[-1].text += text

    def _end(self, tag: str) -> None:
        done = self._open.pop()
        if len(self._open) != 1:
            return
        self._open[0].children.clear()
        if tag == "version":
            self.version = done.words()
        elif tag == "chapter" and self.version:
            self._chapters.append(done)
        elif tag != "introduction":
            raise self._foreign(done.line, f"<{tag}>")

    def _foreign(self, line: int, what: str) -> BadRelease:
        return BadRelease(
            self.path, line, f"{what} does not belong here: this is no ICD-10-CM tabular list."
        )
