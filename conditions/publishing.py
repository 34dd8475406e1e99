"""The only writer of editions: every act on an edition is a function here.

Each is atomic, takes the actor as `by` (None for a command) and leaves an event. A transition is
one conditional UPDATE, so of two people who act at once exactly one succeeds, on both databases.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Max, Q
from django.utils import timezone

from conditions.acts import (
    NotPossibleNow,
    OpenEditionExists,
    OwnApproval,
    PublishingRefused,
    act,
    contributor_ids,
    move,
    note,
    require_complete,
    require_review_facts,
    require_unchanged,
)
from conditions.edition_rows import Pictures, read_text, write_text
from conditions.models import Condition, Edition, MedicalReview, State
from conditions.models.edition import FIXED_STATES, OPEN_STATES, Origin
from conditions.search import index
from conditions.signals import edition_published
from conditions.text import EditionText, tidied

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser as User

FARTHEST = timedelta(days=3653)


@act
def start_edition(
    *,
    condition: Condition,
    by: User | None,
    language: str = "",
    text: EditionText | None = None,
    pictures: Pictures | None = None,
    based_on: Edition | None = None,
    origin: str = Origin.SITE,
) -> Edition:
    """A draft with the given text, or with that of `based_on`, or with that of the live edition."""
    language = language or settings.LANGUAGE_CODE
    editions = Edition.objects.filter(condition=condition, language=language)
    base = based_on or Edition.objects.live(language).filter(condition=condition).first()
    if text is None:
        text = read_text(base) if base else EditionText(title=condition.slug, description="")
    text = tidied(text)
    highest = editions.aggregate(highest=Max("number"))["highest"] or 0
    edition = Edition(
        condition=condition,
        language=language,
        number=highest + 1,
        based_on=base,
        title=text.title,
        description=text.description,
        author_id=by.pk if by else None,
        origin=origin,
        review_due=base.review_due if base else None,
    )
    try:
        with transaction.atomic():
            edition.save()
    except IntegrityError as clash:
        raise OpenEditionExists("This condition already has an open edition.") from clash
    write_text(edition, text, pictures)
    note("started", by, condition.pk, edition, f"based on edition {base.number}" if base else "")
    return edition


@act
def save_draft(
    edition: Edition,
    *,
    text: EditionText,
    by: User | None,
    pictures: Pictures | None = None,
    saved_at: datetime | None = None,
    review_due: date | None = None,
    change_note: str = "",
) -> None:
    """Replace the text of an open edition. With `saved_at`, only if nobody saved since then."""
    text = tidied(text)
    move(
        edition,
        frm=OPEN_STATES,
        doing="editing",
        state=State.DRAFT,
        title=text.title,
        description=text.description,
        review_due=review_due,
        change_note=change_note,
    )
    require_unchanged(edition, saved_at)
    Edition.objects.filter(pk=edition.pk).update(saved_at=timezone.now())
    edition.refresh_from_db()
    write_text(edition, text, pictures)
    note("saved", by, edition.condition_id, edition)


@act
def discard(edition: Edition, *, by: User | None) -> None:
    """Delete an edition that was never approved."""
    move(edition, frm=OPEN_STATES, doing="discarding", state=State.DRAFT)
    note("discarded", by, edition.condition_id, edition, str(edition))
    edition.delete()


@act
def submit(edition: Edition, *, by: User | None) -> None:
    require_complete(read_text(edition))
    move(
        edition,
        frm=(State.DRAFT, State.CHANGES_REQUESTED),
        doing="submitting",
        state=State.IN_REVIEW,
    )
    note("submitted", by, edition.condition_id, edition)


@act
def request_changes(edition: Edition, *, by: User | None, reason: str) -> None:
    if not reason.strip():
        raise PublishingRefused("Say what should change.")
    move(edition, frm=(State.IN_REVIEW,), doing="requesting changes", state=State.CHANGES_REQUESTED)
    note("changes requested", by, edition.condition_id, edition, reason)


@act
def approve(edition: Edition, *, by: User, saved_at: datetime | None = None) -> None:
    """Fix an edition for publication. With `saved_at`, only if nobody saved since it was read."""
    own = by.pk in contributor_ids(edition)
    if own and not settings.SOLO_PUBLISHING:
        raise OwnApproval("You wrote part of this edition: somebody else has to approve it.")
    require_complete(read_text(edition))
    move(
        edition,
        frm=(State.IN_REVIEW,),
        doing="approving",
        state=State.APPROVED,
        approver=by,
        approved_at=timezone.now(),
        solo=own,
    )
    require_unchanged(edition, saved_at)
    note("approved", by, edition.condition_id, edition, "by a contributor (solo)" if own else "")


@act
def publish(edition: Edition, *, by: User | None) -> None:
    _set_time(edition, at=timezone.now(), by=by, action="published")


@act
def schedule(edition: Edition, *, at: datetime, by: User | None) -> None:
    """Set when an approved edition goes live; a time to come may still be moved."""
    if at <= timezone.now():
        raise PublishingRefused("That time is past: choose a later one, or publish now.")
    if at > timezone.now() + FARTHEST:
        raise PublishingRefused("That time is more than ten years ahead: choose an earlier one.")
    _set_time(edition, at=at, by=by, action="scheduled")


def _set_time(edition: Edition, *, at: datetime, by: User | None, action: str) -> None:
    now = timezone.now()
    if Edition.objects.filter(pk=edition.pk, publish_at__lte=now).exists():
        raise NotPossibleNow(f"{edition} is published already.")
    newer = Edition.objects.filter(
        condition=edition.condition_id,
        language=edition.language,
        number__gt=edition.number,
        state__in=FIXED_STATES,
        publish_at__lte=now,
    )
    if newer.exists():
        raise NotPossibleNow(f"A newer edition than {edition} is live: start a new one from it.")
    # Said again in the UPDATE: somebody may have published since the look above.
    unpublished = Q(publish_at__isnull=True) | Q(publish_at__gt=now)
    move(edition, frm=(State.APPROVED,), where=unpublished, doing="publishing", publish_at=at)
    note(action, by, edition.condition_id, edition, f"{at:%Y-%m-%d %H:%M %Z}")
    index.refresh_condition(edition.condition_id)
    transaction.on_commit(lambda: edition_published.send(sender=Edition, edition=edition))


@act
def withdraw(edition: Edition, *, by: User | None, notice: str, for_safety: bool = False) -> None:
    """Take the live edition from readers; its page says `notice` until a later one is approved."""
    if not notice.strip():
        raise PublishingRefused("Say why, for readers: the notice takes the place of the page.")
    if edition.condition.live_edition(edition.language) != edition:
        raise NotPossibleNow(f"{edition} is not the live edition.")
    move(
        edition,
        frm=(State.APPROVED,),
        doing="withdrawing",
        state=State.WITHDRAWN,
        withdrawn_at=timezone.now(),
        withdrawal_notice=notice.strip(),
        withdrawn_for_safety=for_safety,
    )
    note("withdrawn", by, edition.condition_id, edition, notice)
    index.refresh_condition(edition.condition_id)


def restore(edition: Edition, *, by: User | None) -> Edition:
    """A new draft with the text of an old edition: it goes through review like any other."""
    return start_edition(
        condition=edition.condition, language=edition.language, by=by, based_on=edition
    )


@act
def import_edition(
    *,
    condition: Condition,
    language: str,
    text: EditionText,
    pictures: Pictures,
    review_due: date | None,
) -> Edition:
    """A new live edition from a content file, whose review is that of the file's own history."""
    require_complete(text)
    edition = start_edition(
        condition=condition,
        by=None,
        language=language,
        text=text,
        pictures=pictures,
        origin=Origin.IMPORT,
    )
    move(
        edition, frm=(State.DRAFT,), doing="importing", state=State.APPROVED, review_due=review_due
    )
    publish(edition, by=None)
    return edition


@act
def record_review(
    edition: Edition,
    *,
    by: User,
    reviewer_name: str,
    credentials: str,
    reviewed_on: date,
    next_due: date | None = None,
) -> MedicalReview:
    """Record that a named professional read exactly this edition."""
    require_review_facts(reviewer_name, credentials, reviewed_on, next_due)
    move(
        edition,
        frm=FIXED_STATES,
        doing="recording a review",
        review_due=next_due or F("review_due"),
    )
    review: MedicalReview = MedicalReview.objects.create(
        edition=edition,
        reviewer_name=reviewer_name.strip(),
        credentials=credentials.strip(),
        reviewed_on=reviewed_on,
        next_due=next_due,
        recorded_by=by.pk,
    )
    note("medically reviewed", by, edition.condition_id, edition, str(review))
    return review


@act
def confirm_references(edition: Edition, *, by: User) -> None:
    """Record that a person looked up every reference of this edition."""
    if not edition.references.exists():
        raise PublishingRefused(f"{edition} has no references to check.")
    move(
        edition,
        frm=FIXED_STATES,
        doing="confirming references",
        references_checked_by=by,
        references_checked_at=timezone.now(),
    )
    note("references checked", by, edition.condition_id, edition)
