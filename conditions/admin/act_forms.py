"""What each act on an edition asks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.utils import timezone

from conditions.admin.edition_forms import DateInput, SavedAtField


class ActForm(forms.Form):
    """Field names are those of the act's parameters."""

    required_css_class = "required"

    def facts(self) -> dict[str, Any]:
        return self.cleaned_data


class ReasonForm(ActForm):
    reason = forms.CharField(
        label="What should change",
        max_length=2000,
        widget=AdminTextareaWidget(attrs={"rows": 3}),
        help_text="Everybody who works on this sees it: do not quote the full treatment.",
    )


class ApprovalForm(ActForm):
    saved_at = SavedAtField()


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class TimeForm(ActForm):
    at = forms.DateTimeField(label="Goes live at", widget=MomentInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = timezone.get_current_timezone_name()
        self.fields["at"].help_text = f"Date and time in the site's time zone, {zone}."


class WithdrawalForm(ActForm):
    notice = forms.CharField(
        label="Notice to readers",
        max_length=1000,
        widget=AdminTextareaWidget(attrs={"rows": 3}),
        help_text="Stands in place of the article until a later edition is published.",
    )
    for_safety = forms.BooleanField(
        label="For safety: nobody reads this text any more, not even in the history",
        required=False,
    )


class DiscardForm(ActForm):
    confirmed = forms.BooleanField(label="Yes, delete this draft for good")

    def facts(self) -> dict[str, Any]:
        return {}


class ReviewForm(ActForm):
    reviewer_name = forms.CharField(
        label="Reviewer's name, as shown", max_length=200, widget=AdminTextInputWidget()
    )
    credentials = forms.CharField(
        label="Credentials, as shown", max_length=200, widget=AdminTextInputWidget()
    )
    reviewed_on = forms.DateField(label="Reviewed on", widget=DateInput())
    next_due = forms.DateField(label="Next review due", required=False, widget=DateInput())
