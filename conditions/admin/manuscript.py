"""An edition's whole text as one page of forms, and back into an `EditionText`.

Who may not read the full treatment gets a page without it: without its field, its figures and the
sources that nothing else cites. What the page does not show is kept as it is when it is saved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from conditions.acts import text_problems
from conditions.admin.clash import Clash, differences, fingerprints
from conditions.admin.edition_forms import EditionForm, FigureRows, ReferenceRows, RowSet
from conditions.edition_rows import read_text
from conditions.markup import cited_keys
from conditions.models import Edition
from conditions.publishing import save_draft
from conditions.text import (
    PUBLIC_BODIES,
    SECTION_OF_FIELD,
    SECTIONS,
    Drawing,
    EditionText,
    Problem,
    Source,
    tidied,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser as User

FULL_SECTION = SECTION_OF_FIELD["full_treatment"]


@dataclass(frozen=True)
class GatedParts:
    """The parts of a text that are shown with the full treatment or not at all."""

    references: tuple[Source, ...] = ()
    figures: tuple[Drawing, ...] = ()

    @classmethod
    def of(cls, text: EditionText) -> GatedParts:
        public = {key for body in PUBLIC_BODIES for key in cited_keys(getattr(text, body))}
        gated = set(cited_keys(text.full_treatment)) - public
        return cls(
            tuple(source for source in text.references if source.key in gated),
            tuple(figure for figure in text.figures if figure.section == FULL_SECTION),
        )


@dataclass(frozen=True)
class Shortcoming:
    """One thing that keeps a draft from being complete, and the field it is about."""

    label: str
    anchor: str
    message: str


class Manuscript:
    def __init__(
        self, edition: Edition, *, may_read_full: bool, data: Any = None, files: Any = None
    ) -> None:
        self.edition = edition
        self.may_read_full = may_read_full
        self.ticked: set[str] = set(data.getlist("take")) if data else set()
        self.stored = read_text(edition)
        self.kept = GatedParts() if may_read_full else GatedParts.of(self.stored)
        self.form = EditionForm(data, initial=self._initial())
        self.references = ReferenceRows(
            data, prefix="references", initial=list(self._shown_references())
        )
        self.figures = FigureRows(
            data,
            files,
            prefix="figures",
            initial=list(self._shown_figures()),
            form_kwargs={"sections": SECTIONS if may_read_full else SECTIONS[:-1]},
        )
        if not may_read_full:
            del self.form.fields["full_treatment"]

    def is_valid(self) -> bool:
        self._refuse_kept(self.references, (source.key for source in self.kept.references))
        self._refuse_kept(self.figures, (figure.file for figure in self.kept.figures))
        self._refuse_citing_kept()
        parts = (self.form, self.references, self.figures)
        valid = [part.is_valid() for part in parts]  # each, so that all errors show
        return all(valid)

    @property
    def has_errors(self) -> bool:
        parts = (self.form, self.references, self.figures)
        return any(part.is_bound and not part.is_valid() for part in parts)

    def text(self) -> EditionText:
        given = self.form.cleaned_data
        typed = EditionText(
            **{f.name: given[f.name] for f in fields(EditionText) if f.name in given},
            references=tuple(_source(row) for row in self.references.rows()),
            figures=tuple(_drawing(row) for row in self.figures.rows()),
        )
        text = tidied(typed)
        if self.may_read_full:
            return text
        return replace(
            text,
            full_treatment=self.stored.full_treatment,
            references=text.references + self.kept.references,
            figures=text.figures + self.kept.figures,
        )

    def save(self, by: User) -> None:
        """Write the page as it was sent. PublishingRefused when somebody else was faster.

        After a look at both texts some fields may be taken as they were saved.
        """
        given, taken = self.form.cleaned_data, self._taken()
        kept = {f.name: getattr(self.stored, f.name) for f in fields(EditionText)}
        rows = [] if "figures" in taken else self.figures.rows()
        save_draft(
            self.edition,
            text=replace(self.text(), **{name: kept[name] for name in taken if name in kept}),
            pictures={row["file"]: row["picture"] for row in rows},
            by=by,
            saved_at=given["over"] or given["saved_at"],
            **{
                name: getattr(self.edition, name) if name in taken else given[name]
                for name in ("review_due", "change_note")
            },
        )

    def clash(self) -> Clash:
        """What was typed beside what somebody else saved since the page was opened."""
        saved = Edition.objects.get(pk=self.edition.pk)
        given = self.form.cleaned_data
        mine = self._shown(self.text(), given["review_due"], given["change_note"])
        theirs = self._shown(read_text(saved), saved.review_due, saved.change_note)
        labels = {name: field.label for name, field in self.form.fields.items()}
        labels |= {"references": "References", "figures": "Figures"}
        return Clash(saved, differences(mine, theirs, given["opened"], labels))

    def shortcomings(self) -> list[Shortcoming]:
        return shortcomings(text_problems(self.stored), self.stored, self.may_read_full)

    def _initial(self) -> dict[str, Any]:
        edition = self.edition
        return {
            **{f.name: getattr(self.stored, f.name) for f in fields(EditionText)},
            "review_due": edition.review_due,
            "change_note": edition.change_note,
            "saved_at": edition.saved_at,
            "opened": fingerprints(
                self._shown(self.stored, edition.review_due, edition.change_note)
            ),
        }

    def _taken(self) -> set[str]:
        """Fields to be left as somebody else saved them, chosen after a look at both texts."""
        return self.ticked if self.form.cleaned_data["over"] else set()

    def _shown(
        self, text: EditionText, review_due: date | None, change_note: str
    ) -> dict[str, Any]:
        """The values of a text that the page shows, by field."""
        hidden = GatedParts() if self.may_read_full else GatedParts.of(text)
        shown = {f.name: getattr(text, f.name) for f in fields(EditionText)}
        for part in ("references", "figures"):
            # What was gated before stays so, though the unsaved text may cite it in public.
            gated = (*getattr(hidden, part), *getattr(self.kept, part))
            shown[part] = tuple(row for row in shown[part] if row not in gated)
        if not self.may_read_full:
            del shown["full_treatment"]
        return {**shown, "review_due": review_due, "change_note": change_note}

    def _shown_references(self) -> Iterator[dict[str, Any]]:
        for source in self.stored.references:
            if source not in self.kept.references:
                yield asdict(source)

    def _shown_figures(self) -> Iterator[dict[str, Any]]:
        for row in self.edition.figures.select_related("picture").defer("picture__data"):
            drawing = row.as_drawing()
            if drawing not in self.kept.figures:
                size = f"{row.picture.width} × {row.picture.height}"
                address = reverse("admin:conditions_edition_figure", args=[self.edition.pk, row.pk])
                yield {**asdict(drawing), "picture": row.picture_id, "size": size, "src": address}

    def _refuse_citing_kept(self) -> None:
        """A citation in public text would make a source public that its writer may not read."""
        kept = {source.key for source in self.kept.references}
        for body in PUBLIC_BODIES if kept and self.form.is_valid() else ():
            if kept.intersection(cited_keys(self.form.cleaned_data[body])):
                message = "This cites a source of a part of the edition that you may not read."
                self.form.add_error(body, message)

    def _refuse_kept(self, rows: RowSet, taken: Iterable[str]) -> None:
        names = set(taken)
        for form in rows.forms:
            if form.is_valid() and form.cleaned_data.get(form.identity) in names:
                message = "This name is in use in a part of the edition that you may not read."
                form.add_error(form.identity, message)


def shortcomings(
    problems: Iterable[Problem], text: EditionText, may_read_full: bool
) -> list[Shortcoming]:
    """Problems in the words of the page; of gated parts only that there are some."""
    kept = GatedParts() if may_read_full else GatedParts.of(text)
    problems = list(problems)
    told = [found for found in problems if may_read_full or not _is_gated(found, text, kept)]
    shown = [_shortcoming(found) for found in told]
    if len(told) < len(problems):
        message = "This is not complete; somebody who may read it has to look."
        shown.append(Shortcoming("Full treatment", "", message))
    return shown


def _is_gated(found: Problem, text: EditionText, kept: GatedParts) -> bool:
    if found.quotes_gated:
        return True
    if found.item is None or found.field not in ("references", "figures"):
        return found.field == "full_treatment"
    return getattr(text, found.field)[found.item] in getattr(kept, found.field)


def _shortcoming(found: Problem) -> Shortcoming:
    if found.field in ("references", "figures"):
        return Shortcoming(found.field.capitalize(), f"{found.field}-group", found.message)
    label = str(EditionForm.base_fields[found.field].label)
    if found.item is not None:
        label += f", line {found.item + 1}"
    return Shortcoming(label, f"id_{found.field}", found.message)


def _source(row: dict[str, Any]) -> Source:
    return Source(*(row[f.name] for f in fields(Source)))


def _drawing(row: dict[str, Any]) -> Drawing:
    return Drawing(*(row[f.name] for f in fields(Drawing)))
