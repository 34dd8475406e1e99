"""What somebody fills in to report a problem with a page."""

from __future__ import annotations

from typing import Any

from django import forms

from conditions.models import ReportKind
from conditions.models.report import MAX_REPORT, MIN_REPORT
from conditions.reports import ADDRESS_KEPT_DAYS


class PlainTextField(forms.CharField):
    """Lines as people count them: a browser sends two characters for the end of each."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class ReportForm(forms.Form):
    kind = forms.ChoiceField(
        label="What kind of problem is it?",
        choices=[("", "Choose one"), *ReportKind.choices],
        error_messages={"required": "Choose what kind of problem it is."},
    )
    text = PlainTextField(
        label="What is the problem, and where on the page?",
        min_length=MIN_REPORT,
        max_length=MAX_REPORT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Please leave out names and your own medical history.",
        error_messages={
            "required": "Write what the problem is.",
            "min_length": f"Say a little more: at least {MIN_REPORT} characters.",
            "max_length": f"Shorten it to {MAX_REPORT:,} characters at most.",
        },
    )
    email = forms.EmailField(
        label="Email address (optional)",
        required=False,
        max_length=254,
        help_text="If you want an answer. We use it for this one answer only, and delete it once "
        f"we have answered, when the report is closed, or after {ADDRESS_KEPT_DAYS} days.",
        error_messages={
            "invalid": "This is not an email address. Write it like name@example.org, or leave "
            "the field empty.",
        },
    )
    # People do not see this one: what fills it in is a program. Named as browsers fill in nothing.
    website = forms.CharField(required=False)

    @property
    def is_from_a_program(self) -> bool:
        return bool(self.cleaned_data["website"])
