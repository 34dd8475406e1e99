"""The two forms of a condition: to begin one, and to keep its codes, relations and notice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.widgets import (
    AdminTextareaWidget,
    AdminTextInputWidget,
)
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from conditions import cataloguing
from conditions.acts import PublishingRefused
from conditions.admin.edition_forms import LinesField
from conditions.codes import canonical_code
from conditions.models import Code, Condition
from conditions.text import MAX_SLUG, slug_problem

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser as User


class CodesField(forms.CharField):
    """ICD-10-CM codes in one line, the main one first; each is put into its canonical form."""

    widget = AdminTextInputWidget

    def clean(self, value: Any) -> Any:
        typed = re.split(r"[\s,;]+", super().clean(value))
        return tuple(dict.fromkeys(self._canonical([code for code in typed if code])))

    def _canonical(self, typed: list[str]) -> Iterator[str]:
        refused = []
        for code in typed:
            try:
                yield canonical_code(code)
            except ValueError as reason:
                refused.append(ValidationError(str(reason)))
        refused += [ValidationError(reason) for reason in _not_in_the_tree(typed)]
        if refused:
            raise ValidationError(refused)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, tuple | list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


def _not_in_the_tree(typed: list[str]) -> Iterator[str]:
    """Codes of the right shape that ICD-10-CM does not have; none before it is loaded."""
    if not Code.objects.exists():
        return
    for code in typed:
        with suppress(ValueError):
            if not Code.objects.current().filter(key=canonical_code(code)).exists():
                yield f"ICD-10-CM has no code {canonical_code(code)}: find it by its name."


def codes_field() -> CodesField:
    return CodesField(
        label="ICD-10-CM codes",
        required=False,
        help_text="The main code first, with commas between: M61.569, M61.56. "
        "A code belongs to one condition.",
    )


class NewConditionForm(forms.Form):
    slug = forms.CharField(
        max_length=MAX_SLUG,
        widget=AdminTextInputWidget(attrs={"autocapitalize": "none"}),
        help_text="The name in the address, in lower-case words joined by hyphens: "
        "frozen-shoulder. It cannot be changed later, since links and bookmarks would break.",
    )
    codes = codes_field()

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if problem := slug_problem(slug):
            raise ValidationError(problem)
        if Condition.objects.filter(slug=slug).exists():
            raise ValidationError(f"A condition “{slug}” exists already.")
        return slug

    def create(self, by: User) -> Condition | None:
        """The new condition; None when it was refused, which the form then says."""
        made: list[Condition] = []
        with _refusals_in(self, "codes"), transaction.atomic():
            made.append(cataloguing.create_condition(slug=self.cleaned_data["slug"], by=by))
            cataloguing.set_codes(made[0], codes=self.cleaned_data["codes"], by=by)
        return None if self.errors else made[0]


class ConditionForm(forms.Form):
    codes = codes_field()
    safety_notice = forms.CharField(
        required=False,
        max_length=1000,
        widget=AdminTextareaWidget(attrs={"rows": 3}),
        help_text="Shown above the article at once, without review. Plain text. Empty: no notice.",
    )
    related = LinesField(
        label="Related conditions",
        help_text="Their slugs, one a line, such as frozen-shoulder.",
    )

    def __init__(self, data: Any = None, *, condition: Condition) -> None:
        initial = {
            "codes": tuple(condition.codings.values_list("code", flat=True)),
            "safety_notice": condition.safety_notice,
            "related": tuple(condition.related.values_list("slug", flat=True)),
        }
        super().__init__(data, initial=initial)
        self.condition = condition

    def clean_related(self) -> QuerySet[Condition]:
        wanted = set(self.cleaned_data["related"])
        if self.condition.slug in wanted:
            raise ValidationError("A condition is not related to itself: leave it out.")
        found = Condition.objects.filter(slug__in=wanted)
        if unknown := wanted.difference(found.values_list("slug", flat=True)):
            raise ValidationError(f"There is no condition {', '.join(sorted(unknown))}.")
        return found

    def save(self, by: User) -> bool:
        """Write what was changed on the page, all or nothing; False when it was refused."""
        given = {name: self.cleaned_data[name] for name in self.changed_data}
        with _refusals_in(self, "codes"), transaction.atomic():
            self._write(by, **given)
        return not self.errors

    def _write(self, by: User, **given: Any) -> None:
        if "codes" in given:
            cataloguing.set_codes(self.condition, codes=given["codes"], by=by)
        if "safety_notice" in given:
            notice = given["safety_notice"]
            cataloguing.set_safety_notice(self.condition, notice=notice, by=by)
        if "related" in given:
            cataloguing.set_related(self.condition, related=given["related"], by=by)


@contextmanager
def _refusals_in(form: forms.Form, field: str) -> Iterator[None]:
    """Turn a refusal inside the block into an error of the form's field."""
    try:
        yield
    except PublishingRefused as refused:
        form.add_error(field, str(refused))
    except ValidationError as refused:
        form.add_error(field, refused.messages)
