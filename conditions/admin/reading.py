"""An edition as HTML on the desk, by the site's own renderer, whatever its state."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from conditions.admin.edition_forms import EditionForm
from conditions.edition_rows import read_text
from conditions.models import Edition, Figure, Reference
from conditions.rendering import Citations, Plate, Unrenderable, render
from conditions.text import BODIES, PUBLIC_BODIES, SECTION_OF_FIELD, EditionText


@dataclass(frozen=True)
class Section:
    anchor: str
    heading: str
    html: SafeString


@dataclass(frozen=True)
class CitedSource:
    number: int
    row: Reference

    @property
    def link(self) -> str:
        """A draft may hold any address, even one that runs a script."""
        return self.row.link if self.row.link.startswith("https://") else ""


@dataclass(frozen=True)
class Reading:
    text: EditionText
    sections: tuple[Section, ...]
    sources: tuple[CitedSource, ...]


def read(edition: Edition, *, may_read_full: bool) -> Reading:
    """Without `may_read_full` neither the gated text nor the sources only it cites."""
    text = read_text(edition, gated=may_read_full)
    rows = {row.key: row for row in edition.references.all()}
    citations = Citations(rows)
    sections = tuple(
        Section(
            anchor=body.replace("_", "-"),
            heading=str(EditionForm.base_fields[body].label),
            html=_rendered(body, getattr(text, body), citations, edition),
        )
        for body in (BODIES if may_read_full else PUBLIC_BODIES)
    )
    cited = (CitedSource(number, rows[key]) for number, key in enumerate(citations.order, start=1))
    return Reading(text, sections, tuple(cited))


def _rendered(body: str, markdown: str, citations: Citations, edition: Edition) -> SafeString:
    figures = section_plates(edition, SECTION_OF_FIELD[body])
    try:
        return render(markdown, prefix=body.replace("_", "-"), citations=citations, figures=figures)
    except Unrenderable as refused:
        return format_html('<p class="errornote">{}</p>', refused)


def section_plates(edition: Edition, section: str) -> dict[str, Plate]:
    """By file name; pictures come through the desk, since no reader sees them yet."""
    rows = edition.figures.filter(section=section).select_related("picture")
    return {row.file: _plate(row) for row in rows.defer("picture__data")}


def _plate(row: Figure) -> Plate:
    address = reverse("admin:conditions_edition_figure", args=[row.edition_id, row.pk])
    return Plate(row.as_drawing(), address, row.picture.width, row.picture.height)
