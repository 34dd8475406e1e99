"""Markdown to safe HTML: one renderer for site, preview and feeds. Pure: no database.

Three steps, each of which would be enough against most of what can go wrong: the dialect knows
no raw HTML, nh3 lets through only the elements and attributes named here, and the pieces that
need more than that (figures) are built by us and put in after nh3.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import nh3
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from markdown import Markdown
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.tables import TableExtension

from conditions.markdown_dialect import CITATION, PAGE_ANCHORS, Citations, NosologyDialect
from conditions.text import MAX_BODY, Drawing

__all__ = ["RENDERER_VERSION", "Citations", "Plate", "Unrenderable", "check_caps", "render"]

RENDERER_VERSION = 1
"""Part of the keys under which rendered text is cached: raise it when the HTML changes."""

# python-markdown takes more than linear time, or runs out of stack, on much of some things. With
# these caps the worst text of MAX_BODY characters found takes well under a second.
MAX_UNCLOSED = 30
MAX_LINES = 400
MAX_DEPTH = 20
MAX_MEANINGS = 30
MAX_PIPES = 100
MAX_CELLS = 4_000
MAX_NOTES = 300
MAX_DEFINITIONS = 100
MAX_DEFINITION = 300
"""Characters of one definition, which a text can use some thousand times."""
MAX_HTML = 1_000_000


class Unrenderable(ValueError):
    """The text cannot be rendered in reasonable time. The message says what to do."""


@dataclass(frozen=True)
class Plate:
    """A drawing, the address it is served at, and its size in pixels or units of its viewBox.

    An SVG file carries `id="figure"` on its root, so that it takes part in the page's colors.
    """

    drawing: Drawing
    url: str
    width: int
    height: int


NO_PLATES: Mapping[str, Plate] = MappingProxyType({})


def render(
    markdown: str,
    *,
    prefix: str,
    citations: Citations | None = None,
    figures: Mapping[str, Plate] = NO_PLATES,
    lead: bool = False,
) -> SafeString:
    """The HTML of one body.

    `prefix` names the body on its page, in letters, digits and hyphens: every anchor in the
    body starts with it, a citation's with `cite-` and it. `figures` are the plates by file name.
    Raises `Unrenderable`.
    """
    check_caps(markdown)
    places = _Places(figures)
    dialect = NosologyDialect(
        prefix=prefix, citations=citations or Citations(()), place_figure=places.reserve, lead=lead
    )
    html = _convert(_plain(markdown), dialect)
    return mark_safe(places.fill(_clean(html, prefix)))  # noqa: S308 (cleaned by nh3)


def check_caps(markdown: str) -> None:
    """Refuse a text that would take too long, before any of it is parsed."""
    _cap(len(markdown), MAX_BODY, "characters in this text", "Shorten it.")
    text = _plain(markdown)
    _cap(text.count("[^"), MAX_NOTES, "footnote marks in this text", "Use fewer footnotes.")
    definitions = len(re.findall(r"\][ ]?:", text))
    _cap(definitions, MAX_DEFINITIONS, "definitions “[…]:” in this text", "Use fewer of them.")
    blocks = re.split(r"\n[ \t]*(?=\n)", text)
    for block in blocks:
        _check_block(block)
    cells = sum(_cells(block) for block in blocks)
    _cap(cells, MAX_CELLS, "table cells in this text", "Use smaller tables.")


def _check_block(block: str) -> None:
    lines = block.split("\n")
    split = "Put a blank line between its parts."
    unclosed = "“[” or “](” without an end in one paragraph"
    _cap(_unclosed(block), MAX_UNCLOSED, unclosed, "Close them, or write “\\[” for a bracket.")
    definition = "characters in one definition “[…]: …”"
    _cap(_longest_definition(block), MAX_DEFINITION, definition, "Shorten it.")
    _cap(len(lines), MAX_LINES, "lines without a blank line between them", split)
    meanings = sum(line.lstrip(" >").startswith(":") for line in lines)
    _cap(meanings, MAX_MEANINGS, "definitions “: …” without a blank line between them", split)
    pipes = max(line.count("|") for line in lines)
    _cap(pipes, MAX_PIPES, "“|” in one line", "Use a table with fewer columns.")
    depth = max(_depth(line) for line in lines)
    _cap(depth, MAX_DEPTH, "levels of lists, quotations or indentation", "Nest them less deeply.")


def _cap(count: int, limit: int, what: str, advice: str) -> None:
    if count > limit:
        raise Unrenderable(f"Too many {what}: {count:,}, where {limit:,} is the most. {advice}")


# Plain enough that python-markdown is certain to see an end too. A backslash, code or a quotation
# mark may hide the end from it, so what holds one counts as unclosed.
_CLOSED = re.compile(r"\[[^\[\]\\`]*\](?:\([^()\[\]\\`<\"']*\)|(?!\())")


def _unclosed(block: str) -> int:
    rest = block.replace(r"\\", "").replace(r"\[", "")
    for _level in range(3):  # a link round an image round a citation is nested enough
        rest = _CLOSED.sub("", rest)
    return rest.count("[")


def _longest_definition(block: str) -> int:
    # Footnotes and citations are no definitions, unless an abbreviation begins before them.
    rest = block if "*[" in block else re.sub(rf"\[\^[^\[\]\n]*\]|{CITATION}", "", block)
    return max((len(text) for text in re.findall(r"\][ ]?:\s*(.*)", rest)), default=0)


def _depth(line: str) -> int:
    markers = r"[ >]*(?:(?:[*+:-]|\d+\.)(?:[ >]+|$))*"
    found = re.match(markers, line.expandtabs(4).rstrip())
    start = found[0] if found else ""
    return start.count(" " * 4) + len(re.findall(r"[>*+:.-]", start))


def _cells(block: str) -> int:
    """How many cells the block makes if it is a table: every row is as long as the first."""
    lines = block.split("\n")
    columns = max(line.count("|") for line in lines)
    return (columns + 1) * len(lines) if columns else 0


def _plain(markdown: str) -> str:
    """Without control characters and lone surrogates, which no text needs and nh3 refuses."""
    text = markdown.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", "", text)


def _convert(text: str, dialect: NosologyDialect) -> str:
    # A bare number would look like a citation.
    notes = FootnoteExtension(SUPERSCRIPT_TEXT="note {}")
    tables = TableExtension(use_align_attribute=True)
    parser = Markdown(extensions=[tables, notes, "def_list", "abbr", "sane_lists", dialect])
    try:
        html = parser.convert(text)
    except RecursionError as error:
        raise Unrenderable("This text is nested too deeply. Use fewer levels.") from error
    _cap(len(html), MAX_HTML, "characters once rendered", "Shorten what is repeated.")
    return html


_TAGS = {
    *("p", "br", "hr", "h3", "h4", "h5", "h6"),
    *("strong", "em", "code", "pre", "blockquote", "a", "abbr", "sup", "span"),
    *("ul", "ol", "li", "dl", "dt", "dd", "div", "section"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {
    "a": {"href", "id", "class", "rel", "aria-label"},
    "abbr": {"title"},
    "caption": {"id"},
    "div": {"class", "role", "tabindex", "aria-label", "aria-labelledby"},
    "dl": {"class"},
    "li": {"id"},
    "ol": {"start"},
    "p": {"class"},
    "section": {"class", "aria-label"},
    "span": {"class"},
    "sup": {"class", "id"},
    "td": {"class"},
    "th": {"class", "scope"},
}
_CLASSES = {
    "lead",
    "gloss bracket",
    "table-wrap",
    "num",
    "cite",
    "vh",
    "footnote",
    "footnote-ref",
    "footnote-backref",
}
# “//host” and “/\host” are other sites.
_ADDRESS = re.compile(r"(?:https?://|mailto:|tel:|/(?![/\\]))[^\s\\<>\"]*", re.IGNORECASE)


def _clean(html: str, prefix: str) -> str:
    return nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags={"script", "style"},
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute_filter(prefix),
        link_rel=None,  # set by the dialect, on links to other sites only
        url_schemes={"http", "https", "mailto", "tel"},
    )


def _attribute_filter(prefix: str) -> Callable[[str, str, str], str | None]:
    own = re.compile(rf"(?:cite-)?{re.escape(prefix)}-[\w:.-]+")
    reference = re.compile(r"ref-\d+")

    def is_anchor(value: str) -> bool:
        return value in PAGE_ANCHORS or bool(own.fullmatch(value) or reference.fullmatch(value))

    def is_allowed(name: str, value: str) -> bool:
        if name in ("id", "aria-labelledby"):
            return bool(own.fullmatch(value))
        if name == "href":
            return is_anchor(value[1:]) if value[:1] == "#" else bool(_ADDRESS.fullmatch(value))
        return name != "class" or value in _CLASSES

    return lambda tag, name, value: value if is_allowed(name, value) else None


@dataclass
class _Places:
    """Keeps the place of each figure while the text goes through nh3.

    The token is new for each text, so no author can write it.
    """

    figures: Mapping[str, Plate]
    reserved: list[Plate] = field(default_factory=list)
    token: str = field(default_factory=lambda: f"figure{secrets.token_hex(16)}")

    def reserve(self, file: str) -> str:
        if file not in self.figures:
            return f"(figure {file} is missing)"
        self.reserved.append(self.figures[file])
        return f"{self.token}-{len(self.reserved) - 1}"

    def fill(self, html: str) -> str:
        place = re.compile(rf"<p>{self.token}-(\d+)</p>")
        return place.sub(lambda found: _figure(self.reserved[int(found[1])]), html)


def _figure(plate: Plate) -> SafeString:
    drawing = plate.drawing
    items = format_html_join("", "<li>{}</li>", ((label,) for label in drawing.labels))
    labels = format_html("<ol>{}</ol>", items) if items else ""
    credit = format_html("<small>{}</small>", drawing.credit) if drawing.credit else ""
    caption = format_html("<figcaption>{}{}</figcaption>", drawing.caption, credit)
    picture = _vector(plate) if drawing.file.endswith(".svg") else _raster(plate)
    return format_html('<figure class="plate">{}{}{}</figure>', picture, labels, caption)


def _vector(plate: Plate) -> SafeString:
    """An SVG through <use>, which takes the colors of the page and runs no script of the file."""
    return format_html(
        '<svg class="plate-drawing" viewBox="0 0 {width} {height}" width="{width}"'
        ' height="{height}" role="img" aria-label="{alt}"><use href="{url}#figure"/></svg>',
        width=plate.width,
        height=plate.height,
        alt=plate.drawing.alt,
        url=plate.url,
    )


def _raster(plate: Plate) -> SafeString:
    return format_html(
        '<img src="{}" alt="{}" width="{}" height="{}" loading="lazy">',
        plate.url,
        plate.drawing.alt,
        plate.width,
        plate.height,
    )
