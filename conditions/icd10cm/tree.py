"""The tree of a release: keys, paths and positions, and the codes that 7th characters make."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from conditions.codes import canonical_code
from conditions.icd10cm.code_list import read_code_list
from conditions.icd10cm.files import Files
from conditions.icd10cm.notes import UnknownElement, notes_of, seventh_characters
from conditions.icd10cm.refused import BadRelease
from conditions.icd10cm.rows import CodeRow, NoteRow, digits
from conditions.icd10cm.tabular import Element, Tabular

LONGEST_TITLE = 255
_SPAN = re.compile(r" \(([A-Z0-9]+(?:-[A-Z0-9]+)?)\)$")
_BLOCK = re.compile(r"[A-Z][0-9A-Z]{2}(-[A-Z][0-9A-Z]{2})?")


@dataclass(frozen=True)
class Release:
    version: str
    digest: str
    codes: list[CodeRow]
    """In pre-order: a parent stands before its children."""
    notes: list[NoteRow]


@dataclass(frozen=True)
class _Parent:
    key: str | None = None
    path: str = ""
    seventh: Mapping[str, str] | None = None
    """What the nearest definition above says of 7th characters."""


class _Named(NamedTuple):
    key: str
    kind: str
    title: str
    span: str = ""


def read_release(files: Files) -> Release:
    """BadRelease when the files are truncated, foreign, or do not belong together."""
    return _Reader(files).release()


class _Reader:
    def __init__(self, files: Files) -> None:
        self.files = files
        self.listed = read_code_list(files.code_list)
        self.codes: list[CodeRow] = []
        self.notes: list[NoteRow] = []
        self.names: set[str] = set()

    def release(self) -> Release:
        tabular = Tabular(self.files.tabular)
        try:
            for nth, chapter in enumerate(tabular.chapters()):
                self._place(chapter, _Parent(), nth)
        except UnknownElement as unknown:
            raise BadRelease(self.files.tabular, unknown.line, str(unknown)) from unknown
        self._refuse_unknown_names()
        return Release(tabular.version, self.files.digest(), self.codes, self.notes)

    # ── Nodes ─────────────────────────────────────────────────────────────────────────────────
    def _place(self, node: Element, parent: _Parent, nth: int) -> None:
        named = self._named(node, parent, nth)
        position = len(self.codes)
        below = _Parent(named.key, parent.path + digits(nth), self._seventh(node, parent))
        self._add(node, named, parent, below.path)
        self._take_notes(node, named.key)
        children = node.every("section") or node.every("diag")
        for number, child in enumerate(children):
            self._place(child, below, number)
        if not children and node.tag == "diag":
            self._extend(node, named, below)
        # Only now is it known which node is the last below this one.
        last = len(self.codes) - 1
        self.codes[position] = self.codes[position]._replace(
            last=last, billable=node.tag == "diag" and last == position
        )

    def _add(self, node: Element, named: _Named, parent: _Parent, path: str) -> None:
        """A row for a leaf, until its children are known."""
        if named.key in self.names or not 0 < len(named.title) <= LONGEST_TITLE:
            raise self._refused(node, f"{named.key} stands here twice, or its title is no title.")
        self.names.add(named.key)
        here = len(self.codes)
        depth = len(path) // 2 - 1
        leaf = named.kind == "extension"
        self.codes.append(CodeRow(*named, parent.key, path, depth, here, here, billable=leaf))

    def _extend(self, node: Element, base: _Named, below: _Parent) -> None:
        """The codes that end in a 7th character: all that the definition gives and the list has."""
        stem = base.key.replace(".", "").ljust(6, "X")
        found = [
            (f"{stem[:3]}.{stem[3:]}{character}", meaning)
            for character, meaning in (below.seventh or {}).items()
            if len(stem) == 6 and stem + character in self.listed
        ]
        for nth, (key, meaning) in enumerate(found):
            named = _Named(key, "extension", f"{base.title}, {meaning}")
            self._add(node, named, below, below.path + digits(nth))
        if not found and base.key.replace(".", "") not in self.listed:
            name = self.files.code_list.name
            raise self._refused(node, f"{base.key} is not in {name}: one of the two is not whole.")

    def _named(self, node: Element, parent: _Parent, nth: int) -> _Named:
        title = node.words_of("desc")
        if node.tag == "diag":
            return _Named(self._code(node, parent), _kind(parent), title)
        span = _SPAN.search(title)
        title = title[: span.start()] if span else title
        if node.tag == "chapter":
            return _Named(self._chapter(node, nth), "chapter", title, span[1] if span else "")
        name = node.attributes.get("id", "")
        if not _BLOCK.fullmatch(name):
            raise self._refused(node, f"“{name[:20]}” is no block of codes.")
        # 39 blocks have the name of their only category, such as C50.
        return _Named(name if "-" in name else f"{name}-{name}", "block", title, name)

    def _chapter(self, node: Element, nth: int) -> str:
        """Chapters come in order, so one that is missing is seen."""
        if node.words_of("name") != str(nth + 1):
            raise self._refused(node, f"chapter {nth + 1} should stand here.")
        return f"chapter-{nth + 1}"

    def _code(self, node: Element, parent: _Parent) -> str:
        name = node.words_of("name")
        try:
            code = canonical_code(name)
        except ValueError as wrong:
            raise self._refused(node, str(wrong)) from wrong
        if code != name or (len(parent.path) > 4 and not code.startswith(str(parent.key))):
            raise self._refused(node, f"“{name}” does not belong below {parent.key}.")
        return code

    def _seventh(self, node: Element, parent: _Parent) -> Mapping[str, str] | None:
        own = node.every("sevenChrDef")
        return seventh_characters(own[0]) if own else parent.seventh

    def _take_notes(self, node: Element, key: str) -> None:
        self.notes.extend(
            NoteRow(key, position, *note) for position, note in enumerate(notes_of(node))
        )

    # ── Refusals ──────────────────────────────────────────────────────────────────────────────
    def _refuse_unknown_names(self) -> None:
        """A name that only the list has: it is cut off, or of another release than the tree."""
        spans = {row.span for row in self.codes if row.kind == "block"}
        chapters = {key.removeprefix("chapter-") for key in self.names}
        names = {key.replace(".", "") for key in self.names} | spans | chapters
        for name, line in self.listed.items():
            if name not in names:
                message = f"{name[:20]} is not in {self.files.tabular.name}: one is not whole."
                raise BadRelease(self.files.code_list, line, message)

    def _refused(self, node: Element, message: str) -> BadRelease:
        return BadRelease(self.files.tabular, node.line, message)


def _kind(parent: _Parent) -> str:
    return "category" if len(parent.path) == 4 else "subcategory"
