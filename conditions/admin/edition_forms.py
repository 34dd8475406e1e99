"""The fields of an edition's page. What cannot be stored is an error here; the rest may wait."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

from conditions.edition_rows import keep_picture
from conditions.figures import BadFigure
from conditions.markup import FIGURE_FILE
from conditions.models import Picture
from conditions.text import MAX_DESCRIPTION, MAX_TITLE, SECTION_OF_FIELD, SECTIONS, lines

if TYPE_CHECKING:
    BaseFormSet = forms.BaseFormSet[Any]
else:
    BaseFormSet = forms.BaseFormSet

_ENDINGS = {"image/svg+xml": ".svg", "image/png": ".png", "image/jpeg": ".jpg"}


class DateInput(forms.DateInput):
    """The browser's own date field: it needs no script and knows the reader's calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class SavedAtField(forms.CharField):
    """Carries, to the microsecond, when the text that a page shows was saved."""

    widget = forms.HiddenInput

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, datetime) else value

    def clean(self, value: Any) -> Any:
        if not value and not self.required:
            return None
        try:
            return datetime.fromisoformat(super().clean(value))
        except ValueError as unreadable:
            raise ValidationError("This page is damaged: open it again.") from unreadable


class LinesField(forms.CharField):
    """A tuple, one entry a line."""

    def __init__(self, *, longest: int | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("widget", AdminTextareaWidget(attrs={"rows": 4}))
        super().__init__(required=False, **kwargs)
        self.longest = longest

    def clean(self, value: Any) -> Any:
        entries = lines(super().clean(value))
        for entry in entries:
            if self.longest and len(entry) > self.longest:
                raise ValidationError(
                    f"“{entry[:40]}…” has {len(entry)} characters and may have {self.longest}."
                )
        return entries

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, tuple) else value


def line(label: str, longest: int, *, required: bool = False, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=longest,
        required=required,
        widget=AdminTextInputWidget(attrs={"class": "vTextField"}),
        **kwargs,
    )


class MarkdownArea(AdminTextareaWidget):
    """A field of Markdown, to which the page adds a toolbar, a counter and a preview."""


def body(label: str, rows: int = 14, help_text: str = "") -> forms.CharField:
    field = area(label, help_text=help_text)
    field.widget = MarkdownArea(attrs={"rows": rows})
    return field


def area(label: str, rows: int = 10, help_text: str = "", **kwargs: Any) -> forms.CharField:
    widget = AdminTextareaWidget(attrs={"rows": rows})
    # Not stripped: text that begins with indented lines would change with every save.
    return forms.CharField(
        label=label, required=False, strip=False, widget=widget, help_text=help_text, **kwargs
    )


class EditionForm(forms.Form):
    """Everything of an edition but its references and figures."""

    title = line("Title", MAX_TITLE, required=True)
    description = line(
        "Description",
        MAX_DESCRIPTION,
        help_text="One or two plain sentences, shown in lists and search results.",
    )
    also_known_as = LinesField(label="Also known as", longest=MAX_TITLE, help_text="One a line.")
    overview = body("Overview")
    causes = body("Causes")
    symptoms = body("Symptoms")
    urgent_help = body("When to get urgent help", help_text="Public, and never behind the gate.")
    diagnosis = body("Diagnosis")
    teaser = body(
        "Treatment teaser",
        help_text="What every visitor reads. Write it for them: do not copy the full treatment.",
    )
    warnings = body(
        "Warnings about the treatment",
        help_text="Public: who must not use it, side effects that need help, when to stop.",
    )
    covers = LinesField(
        label="What the full treatment covers", help_text="Public, one a line, in your own words."
    )
    full_treatment = body("Full treatment", rows=24, help_text="For readers with an account only.")
    review_due = forms.DateField(label="Review due", required=False, widget=DateInput())
    change_note = line(
        "Change note",
        MAX_DESCRIPTION,
        help_text="What changed, for readers. Public: never quote the full treatment.",
    )
    saved_at = SavedAtField()
    over = SavedAtField(required=False)
    """The saved text that this one, after a look at both, replaces."""

    opened = forms.CharField(required=False, widget=forms.HiddenInput)
    """`fingerprints` of what the page showed when it was opened."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, section in SECTION_OF_FIELD.items():
            # The toolbar offers the figures of this section.
            self.fields[name].widget.attrs["data-section"] = section


class RowForm(forms.Form):
    identity: str
    """The field by which a row is known."""

    @property
    def known_as(self) -> str:
        return str(self.initial.get(self.identity, ""))


class ReferenceForm(RowForm):
    key = line("Key", 60, required=True)
    citation = area("Citation", rows=2, max_length=1000)
    doi = line("DOI", 200)
    pmid = line("PMID", 12)
    url = line("Address", 500)

    identity = "key"


class FigureForm(RowForm):
    file = line(
        "File name",
        100,
        required=True,
        validators=[
            RegexValidator(
                rf"^(?:{FIGURE_FILE.pattern})\Z",
                "Write a-z, 0-9 and hyphens, and .svg, .png or .jpg at the end.",
            )
        ],
    )
    # With the first as its value a blank row, as browsers send it, is one that nobody touched.
    section = forms.ChoiceField(initial=SECTIONS[0])
    upload = forms.FileField(
        label="New picture",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".svg,.png,.jpg"}),
    )
    picture = forms.CharField(required=False, widget=forms.HiddenInput)
    alt = area("Alternative text", rows=2, max_length=1000)
    caption = area("Caption", rows=2, max_length=1000)
    credit = line("Credit", 300)
    labels = LinesField(
        label="Labels A, B, C …, one a line", widget=AdminTextareaWidget(attrs={"rows": 2})
    )

    identity = "file"

    def __init__(self, *args: Any, sections: Iterable[str] = SECTIONS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(name, name.replace("-", " ").capitalize()) for name in sections]
        self.fields["section"].choices = choices  # type: ignore[attr-defined]  # a choice field

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if "file" in given:
            given["picture"] = self._picture(given)
        return given

    def _picture(self, given: Mapping[str, Any]) -> Picture | None:
        """The uploaded picture, or the one kept so far.

        An upload is kept at once, under its own bytes: an error elsewhere on the page does not
        lose it, since the hidden field then names it.
        """
        if given.get("upload"):
            return self._uploaded(given["file"], given["upload"].read())
        kept = Picture.objects.defer("data").filter(pk=given.get("picture") or "").first()
        if kept is None:
            self.add_error("upload", "Choose the picture to upload.")
        elif not given["file"].endswith(_ENDINGS[kept.media_type]):
            self.add_error(
                "file", f"The picture is another kind: end with {_ENDINGS[kept.media_type]}."
            )
        return kept

    def _uploaded(self, name: str, data: bytes) -> Picture | None:
        try:
            picture = keep_picture(name, data)
        except BadFigure as bad:
            self.add_error("upload", str(bad))
            return None
        self.data = {**self.data, self.add_prefix("picture"): picture.pk}
        return picture


class RowSet(BaseFormSet):
    """Rows of one kind, none twice."""

    def clean(self) -> None:
        seen: set[str] = set()
        for form in self.forms:
            name = form.cleaned_data.get(form.identity) if hasattr(form, "cleaned_data") else None
            if name and not form.cleaned_data.get("DELETE"):
                if name in seen:
                    form.add_error(form.identity, f"“{name}” stands here twice.")
                seen.add(name)

    def rows(self) -> list[dict[str, Any]]:
        """What was filled in and not ticked for deletion."""
        given = [form.cleaned_data for form in self.forms]
        return [row for row in given if row and not row.get("DELETE")]


def _row_set(form: type[RowForm], blank: int) -> type[RowSet]:
    """`blank` rows are there without a script; Django's own adds more."""
    rows = forms.formset_factory(form, formset=RowSet, extra=blank, can_delete=True)
    return cast(type[RowSet], rows)


ReferenceRows = _row_set(ReferenceForm, blank=2)
FigureRows = _row_set(FigureForm, blank=1)
