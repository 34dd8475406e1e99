"""What every act has in common: it is atomic, leaves an event, and refuses by a named exception."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from conditions.models import Edition, Event
from conditions.rendering import Unrenderable, check_caps
from conditions.text import BODIES, EditionText, Problem, problems

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser as User

P = ParamSpec("P")
R = TypeVar("R")


class PublishingRefused(Exception):
    """An act that the rules or the present state do not allow. The message is for people."""


class NotPossibleNow(PublishingRefused):
    """The edition is not in a state from which this act leads on, perhaps since a moment ago."""


class OpenEditionExists(PublishingRefused):
    """A condition has at most one open edition a language."""


class OwnApproval(PublishingRefused):
    """Nobody approves an edition they contributed to."""


class StaleEdition(PublishingRefused):
    """Somebody saved the draft after it was opened for editing, or for approval."""


class AnswerNotSent(PublishingRefused):
    """The mail server did not take the answer to a report."""


class Incomplete(PublishingRefused):
    def __init__(self, found: list[Problem]) -> None:
        super().__init__("; ".join(f"{problem.field}: {problem.message}" for problem in found))
        self.problems = found


def act(function: Callable[P, R]) -> Callable[P, R]:
    @wraps(function)
    def atomic(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic():
            return function(*args, **kwargs)

    return atomic


def note(
    action: str,
    by: User | None,
    condition_id: int | None,
    edition: Edition | None = None,
    about: str = "",
) -> None:
    Event.objects.create(
        actor_id=by.pk if by else None,
        action=action,
        condition_id=condition_id,
        edition_id=edition.pk if edition else None,
        note=about,
    )


def move(
    edition: Edition, *, frm: Iterable[str], doing: str, where: Q | None = None, **values: Any
) -> None:
    """One transition: a conditional UPDATE, which exactly one of several people brings about."""
    here = Edition.objects.filter(where or Q(), pk=edition.pk, state__in=list(frm))
    moved = here.update(**values)
    if not moved and not Edition.objects.filter(pk=edition.pk).exists():
        raise NotPossibleNow(f"{edition} was discarded: {doing} is not possible.")
    edition.refresh_from_db()
    if not moved:
        raise NotPossibleNow(
            f"{edition} is {edition.get_state_display()}: {doing} is not possible."
        )


def require_unchanged(edition: Edition, saved_at: datetime | None) -> None:
    """Refuse when somebody saved since `saved_at`. To be said once the edition was moved: from
    then on to the end of the transaction nobody else can save."""
    if saved_at and edition.saved_at != saved_at:
        raise StaleEdition("Somebody else saved this draft after you opened it.")


def contributor_ids(edition: Edition) -> set[int]:
    """User ids of everybody who wrote any of it. A query."""
    events = Event.objects.filter(edition_id=edition.pk, action__in=("started", "saved"))
    return {actor for actor in events.values_list("actor_id", flat=True) if actor} | (
        {edition.author_id} if edition.author_id else set()
    )


def text_problems(text: EditionText) -> list[Problem]:
    """What keeps a text from being submitted or approved."""
    found = problems(text)
    for body in BODIES:
        try:
            check_caps(getattr(text, body))
        except Unrenderable as refused:
            found.append(Problem(body, str(refused)))
    return found


def require_complete(text: EditionText) -> None:
    if found := text_problems(text):
        raise Incomplete(found)


def require_review_facts(
    reviewer_name: str, credentials: str, reviewed_on: date, next_due: date | None
) -> None:
    if not reviewer_name.strip() or not credentials.strip():
        raise PublishingRefused("Name the reviewer and their credentials: readers see both.")
    if reviewed_on > timezone.localdate():
        raise PublishingRefused("That day is to come: record a review once it has happened.")
    if next_due and next_due <= reviewed_on:
        raise PublishingRefused("The next review is due after this one: choose a later day.")
