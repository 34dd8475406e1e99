"""Acts on a condition itself rather than on an edition of it: at once, public, and an event each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from conditions.acts import PublishingRefused, act, note
from conditions.models import Coding, Condition

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser as User


@act
def create_condition(*, slug: str, by: User | None) -> Condition:
    condition = Condition(slug=slug)
    condition.full_clean()
    condition.save()
    note("condition created", by, condition.pk)
    return condition


@act
def set_safety_notice(condition: Condition, *, notice: str, by: User | None) -> None:
    condition.safety_notice = notice.strip()
    condition.save(update_fields=["safety_notice"])
    note("safety notice", by, condition.pk, about=notice.strip())


@act
def set_codes(condition: Condition, *, codes: Iterable[str], by: User | None) -> None:
    """Replace a condition's codes, the main one first."""
    wanted = list(codes)
    taken = Coding.objects.filter(code__in=wanted).exclude(condition=condition).first()
    if taken:
        raise PublishingRefused(f"{taken.code} belongs to {taken.condition} already.")
    if list(condition.codings.values_list("code", flat=True)) == wanted:
        return
    condition.codings.all().delete()
    for position, code in enumerate(wanted):
        coding = Coding(condition=condition, code=code, position=position)
        coding.full_clean()
        coding.save()
    note("codes", by, condition.pk, about=", ".join(wanted))


@act
def set_related(condition: Condition, *, related: Iterable[Condition], by: User | None) -> None:
    wanted = set(related)
    if set(condition.related.all()) != wanted:
        condition.related.set(wanted)
        note("related", by, condition.pk, about=", ".join(sorted(map(str, wanted))))
