"""The Markdown of this site as an extension of python-markdown: what its elements become.

The extension works on the element tree, so nothing here has to be found again in HTML. Raw HTML
is no part of the dialect: it stays text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

PAGE_ANCHORS = frozenset(
    {
        "overview",
        "causes",
        "symptoms",
        "urgent",
        "diagnosis",
        "treatment",
        "warnings",
        "references",
    }
)
"""Fragments that name a part of the page rather than a place in one body."""

FIGURE = re.compile(r"!\[[^\[\]\n]*\]\(([\w.-]+)\)")
CITATION = r"\[@[\w.:-]+(?:\s*;\s*@[\w.:-]+)*\s*\]"


class Citations:
    """Numbers references in the order in which the bodies of one page cite them.

    Bodies are rendered in the order of the page with the same object. `already` are the keys
    that have a number from bodies rendered earlier, first cited first.
    """

    def __init__(self, keys: Iterable[str], already: Iterable[str] = ()) -> None:
        self.first_anchor: dict[str, str] = {}
        self._known = frozenset(keys)
        self._numbers = {key: number for number, key in enumerate(already, 1)}
        self._occurrences: Counter[tuple[str, str]] = Counter()

    @property
    def order(self) -> tuple[str, ...]:
        """The keys cited so far; the place of a key is its number less one."""
        return tuple(self._numbers)

    def knows(self, key: str) -> bool:
        return key in self._known

    def cite(self, key: str, prefix: str) -> tuple[int, str]:
        """The number of a reference and the anchor of this citation of it."""
        number = self._numbers.setdefault(key, len(self._numbers) + 1)
        self._occurrences[prefix, key] += 1
        anchor = f"cite-{prefix}-{number}-{self._occurrences[prefix, key]}"
        self.first_anchor.setdefault(key, anchor)
        return number, anchor


class NosologyDialect(Extension):
    """One body: `place_figure` answers the text that stands in for a figure file."""

    def __init__(
        self,
        *,
        prefix: str,
        citations: Citations,
        place_figure: Callable[[str], str],
        lead: bool,
    ) -> None:
        super().__init__()
        self.prefix = prefix
        self.citations = citations
        self.place_figure = place_figure
        self.lead = lead

    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.inlinePatterns.deregister("entity")
        md.postprocessors.deregister("raw_html")
        # After code spans (190) and escapes (180), before footnotes (175) and links.
        md.inlinePatterns.register(_CitationMark(CITATION, md), "citation", 177)
        # Blocks while their text is still Markdown: after the notes are appended (50), before the
        # inline patterns (20). Elements when all are there: after repeated notes (15), before
        # abbreviations (7).
        md.treeprocessors.register(_Blocks(md, self), "nosology_blocks", 30)
        md.treeprocessors.register(_Elements(md, self), "nosology_elements", 12)


class _CitationMark(InlineProcessor):
    """Marks citations. Inline patterns run out of the page's order, so numbers come later."""

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[Element, int, int]:
        mark = Element("sup", {"class": "cite"})
        mark.text = AtomicString(m[0])
        return mark, m.start(), m.end()


class _Blocks(Treeprocessor):
    def __init__(self, md: Markdown, dialect: NosologyDialect) -> None:
        super().__init__(md)
        self.dialect = dialect

    def run(self, root: Element) -> None:
        for parent in list(root.iter()):
            _move_captions(parent)
        for paragraph in root.iter("p"):
            self._place_figure(paragraph)
        if self.dialect.lead:
            _mark_lead(root)

    def _place_figure(self, paragraph: Element) -> None:
        alone = not len(paragraph) and FIGURE.fullmatch((paragraph.text or "").strip())
        if alone:
            paragraph.text = AtomicString(self.dialect.place_figure(alone[1]))


class _Elements(Treeprocessor):
    def __init__(self, md: Markdown, dialect: NosologyDialect) -> None:
        super().__init__(md)
        self.dialect = dialect

    def run(self, root: Element) -> None:
        self._number_citations(root)
        self._prefix_anchors(root)
        _lower_headings(root)
        _drop_images(root)
        _name_notes(root)
        _mark_tables(root)
        self._wrap_tables(root)
        for glossary in root.iter("dl"):
            glossary.set("class", "gloss bracket")

    def _number_citations(self, root: Element) -> None:
        # A link cannot hold a link: a citation in the text of one stays as it was written.
        linked = {mark for link in root.iter("a") for mark in link.iter("sup")}
        for mark in root.iter("sup"):
            if mark.get("class") == "cite":
                keys = re.findall(r"@([\w.:-]+)", mark.text or "")
                known = [key for key in keys if self.dialect.citations.knows(key)]
                if known and mark not in linked:
                    self._fill_mark(mark, keys)
                else:
                    _dissolve(mark, mark.text or "")

    def _fill_mark(self, mark: Element, keys: list[str]) -> None:
        mark.text = None
        for key in keys:
            if self.dialect.citations.knows(key):
                link = self._citation_link(mark, key)
            else:
                link = SubElement(mark, "span")
                link.text = AtomicString(f"[@{key}]")
            link.tail = ", "
        link.tail = None

    def _citation_link(self, mark: Element, key: str) -> Element:
        number, anchor = self.dialect.citations.cite(key, self.dialect.prefix)
        link = SubElement(mark, "a", {"href": f"#ref-{number}", "id": anchor})
        word = SubElement(link, "span", {"class": "vh"})
        word.text = AtomicString("Reference ")
        word.tail = AtomicString(str(number))
        return link

    def _prefix_anchors(self, root: Element) -> None:
        for element in root.iter():
            if element.tag == "a":
                self._settle_link(element)
            elif anchor := element.get("id"):
                element.set("id", self._own_anchor(anchor))

    def _settle_link(self, link: Element) -> None:
        link.attrib.pop("title", None)
        href = link.get("href", "")
        if href.startswith(("http://", "https://")):
            link.set("rel", "noopener noreferrer")
        elif href.startswith("#") and not link.get("id") and href[1:] not in PAGE_ANCHORS:
            link.set("href", "#" + self._own_anchor(href[1:]))

    def _own_anchor(self, name: str) -> str:
        # A note is named by its author, with spaces or quotes if they like.
        plain = re.sub(r"[^\w:.-]", lambda found: f"_{ord(found[0]):x}_", name)
        return f"{self.dialect.prefix}-{plain}"

    def _wrap_tables(self, root: Element) -> None:
        """A wide table scrolls in a box of its own, with a name and within the keyboard's reach."""
        parents = {child: parent for parent in root.iter() for child in parent}
        for number, table in enumerate(list(root.iter("table")), 1):
            box = Element("div", {"class": "table-wrap", "role": "region", "tabindex": "0"})
            caption = table.find("caption")
            if caption is None:
                box.set("aria-label", "Table")
            else:
                caption.set("id", f"{self.dialect.prefix}-table-{number}")
                box.set("aria-labelledby", caption.attrib["id"])
            _put_round(box, table, parents[table])


def _move_captions(parent: Element) -> None:
    for paragraph, table in pairwise(list(parent)):
        text = paragraph.text or ""
        if (paragraph.tag, table.tag) == ("p", "table") and re.match(r"Table:\s*\S", text):
            caption = Element("caption")
            caption.text = text.removeprefix("Table:").strip()
            table.insert(0, caption)
            parent.remove(paragraph)


def _mark_lead(root: Element) -> None:
    for paragraph in root.iterfind("p"):
        if not isinstance(paragraph.text, AtomicString):  # that one is a figure
            paragraph.set("class", "lead")
            return


def _lower_headings(root: Element) -> None:
    for level in ("h1", "h2"):  # the page's own
        for heading in list(root.iter(level)):
            heading.tag = "h3"


def _drop_images(root: Element) -> None:
    for image in list(root.iter("img")):
        _dissolve(image, image.get("alt", ""))


def _dissolve(element: Element, text: str) -> None:
    element.tag = "span"
    element.attrib.clear()
    element.text = AtomicString(text)


def _name_notes(root: Element) -> None:
    for notes in root.iterfind("div[@class='footnote']"):
        notes.tag = "section"
        notes.set("aria-label", "Notes")
        for rule in notes.findall("hr"):
            notes.remove(rule)
        for note in notes.iterfind("ol/li"):
            for number, link in enumerate(_back_links(note), 1):
                link.set("aria-label", f"Back to text ({number})" if number > 1 else "Back to text")


def _back_links(note: Element) -> Iterator[Element]:
    return (link for link in note.iter("a") if link.get("class") == "footnote-backref")


def _mark_tables(root: Element) -> None:
    for cell in root.iter():
        if cell.tag in ("th", "td") and cell.attrib.pop("align", "") == "right":
            cell.set("class", "num")
    for cell in list(root.iter("th")):
        if cell.text or len(cell):
            cell.set("scope", "col")
        else:  # the empty corner heads nothing
            cell.tag = "td"
    for row in root.iterfind(".//tbody/tr"):
        _mark_row_head(row)


def _mark_row_head(row: Element) -> None:
    """A row whose first cell is wholly bold is headed by that cell."""
    cell = row[0]
    if len(cell) == 1 and cell[0].tag == "strong" and not (cell.text or cell[0].tail or "").strip():
        bold = cell[0]
        cell.tag, cell.text, cell[:] = "th", bold.text, list(bold)
        cell.set("scope", "row")


def _put_round(box: Element, element: Element, parent: Element) -> None:
    parent[list(parent).index(element)] = box
    box.append(element)
    box.tail, element.tail = element.tail, None
