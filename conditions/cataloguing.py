"""Acts on a condition itself rather than on an edition of it: public at once, an event each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from conditions.acts import PublishingRefused, act, note
from conditions.models import Coding, Condition
from conditions.search import index

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser as User


@act
def create_condition(*, slug: str, by: User | None) -> Condition:
    """ValidationError when the slug is none or is taken."""
    condition = Condition(slug=slug)
    condition.full_clean()
    with refused_when_taken(f"A condition “{slug}” exists already."):
        condition.save()
    note("condition created", by, condition.pk)
    return condition


@act
def set_safety_notice(condition: Condition, *, notice: str, by: User | None) -> None:
    changed = Condition.objects.filter(pk=condition.pk).exclude(safety_notice=notice.strip())
    if changed.update(safety_notice=notice.strip()):
        note("safety notice", by, condition.pk, about=notice.strip())
    condition.safety_notice = notice.strip()


@act
def set_codes(condition: Condition, *, codes: Iterable[str], by: User | None) -> None:
    """Replace a condition's codes, the main one first. ValidationError when one is no code."""
    wanted = list(dict.fromkeys(codes))
    taken = Coding.objects.filter(code__in=wanted).exclude(condition=condition)
    if held := taken.select_related("condition").first():
        raise PublishingRefused(f"{held.code} belongs to {held.condition} already.")
    if list(condition.codings.values_list("code", flat=True)) == wanted:
        return
    condition.codings.all().delete()
    for position, code in enumerate(wanted):
        coding = Coding(condition=condition, code=code, position=position)
        coding.full_clean()
        with refused_when_taken(f"{code} belongs to another condition since a moment ago."):
            coding.save()
    note("codes", by, condition.pk, about=", ".join(wanted))
    index.refresh_condition(condition.pk)


@act
def set_related(condition: Condition, *, related: Iterable[Condition], by: User | None) -> None:
    wanted = set(related)
    if condition in wanted:
        raise PublishingRefused("A condition is not related to itself: leave it out.")
    if set(condition.related.all()) != wanted:
        condition.related.set(wanted)
        note("related", by, condition.pk, about=", ".join(sorted(map(str, wanted))))


@contextmanager
def refused_when_taken(message: str) -> Iterator[None]:
    """Of two people who take the same slug or code at once, the second hears it in words."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as clash:
        raise PublishingRefused(message) from clash
