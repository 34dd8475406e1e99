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

from conditions.markdown_caps import Unrenderable, check_caps, plain
from conditions.markdown_dialect import PAGE_ANCHORS, Citations, NosologyDialect
from conditions.text import Drawing

__all__ = ["RENDERER_VERSION", "Citations", "Plate", "Unrenderable", "check_caps", "render"]

RENDERER_VERSION = 1
"""Part of the keys under which rendered text is cached: raise it when the HTML changes."""


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
    html = _convert(plain(markdown), dialect)
    return mark_safe(places.fill(_clean(html, prefix)))  # noqa: S308 (cleaned by nh3)


def _convert(text: str, dialect: NosologyDialect) -> str:
    # A bare number would look like a citation.
    notes = FootnoteExtension(SUPERSCRIPT_TEXT="note {}")
    tables = TableExtension(use_align_attribute=True)
    parser = Markdown(extensions=[tables, notes, "def_list", "abbr", "sane_lists", dialect])
    try:
        return parser.convert(text)
    except RecursionError as error:  # the caps leave room, but the caller may have used the stack
        raise Unrenderable("This text is nested too deeply. Use fewer levels.") from error


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
