"""The two forms of an alias: to add one, and to say of which kind it is and whether it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError

from conditions import aliasing
from conditions.acts import PublishingRefused
from conditions.alias_files import LONGEST_NAME, LONGEST_NOTE
from conditions.codes import canonical_key
from conditions.models import Alias, AliasKind

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser as User

KINDS = [choice for choice in AliasKind.choices if choice[0] != AliasKind.INDEX]


def remark_field() -> forms.CharField:
    return forms.CharField(
        label="Note",
        max_length=LONGEST_NOTE,
        required=False,
        widget=AdminTextInputWidget,
        help_text="For editors; not shown.",
    )


class NewAliasForm(forms.Form):
    name = forms.CharField(
        max_length=LONGEST_NAME,
        widget=AdminTextInputWidget,
        help_text="As people write it, such as tennis elbow.",
    )
    code = forms.CharField(
        label="ICD-10-CM code",
        max_length=10,
        widget=AdminTextInputWidget,
        help_text="The code, category or block that is meant, such as M61.56 or M60-M63.",
    )
    kind = forms.ChoiceField(choices=KINDS)
    remark = remark_field()

    def clean_code(self) -> str:
        try:
            return canonical_key(self.cleaned_data["code"])
        except ValueError as refused:
            raise ValidationError(str(refused)) from refused

    def create(self, by: User) -> Alias | None:
        """The new alias; None when it was refused, which the form then says."""
        try:
            return aliasing.add_alias(**self.cleaned_data, by=by)
        except ValidationError as refused:
            self.add_error(None, refused)
            return None


class AliasForm(forms.Form):
    kind = forms.ChoiceField()
    remark = remark_field()
    is_in_use = forms.BooleanField(
        label="In use", required=False, help_text="Off, it is neither shown nor found."
    )

    def __init__(self, data: Any = None, *, alias: Alias) -> None:
        initial = {"kind": alias.kind, "remark": alias.note, "is_in_use": alias.is_in_use}
        super().__init__(data, initial=initial)
        self.alias = alias
        own = [] if alias.kind in dict(KINDS) else [(alias.kind, alias.get_kind_display())]
        self.fields["kind"].choices = [*KINDS, *own]  # type: ignore[attr-defined]

    def save(self, by: User) -> bool:
        """False when it was refused, which the form then says."""
        try:
            aliasing.change_alias(self.alias, **self.cleaned_data, by=by)
        except PublishingRefused as refused:
            self.add_error(None, str(refused))
        return not self.errors
