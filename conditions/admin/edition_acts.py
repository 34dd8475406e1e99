"""The acts on an edition that its page offers: what each asks for, who may, and when.

Whether an act is possible is for `publishing` to say; here stands only when its button shows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone

from conditions import publishing
from conditions.acts import contributor_ids
from conditions.admin.act_forms import (
    ActForm,
    ApprovalForm,
    DiscardForm,
    ReasonForm,
    ReviewForm,
    TimeForm,
    WithdrawalForm,
)
from conditions.admin.pages import READ_FULL_TREATMENT
from conditions.models import Edition, State

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser as User


CHANGE = ("conditions.change_edition",)
APPROVE = ("conditions.approve_edition",)
# Nobody releases a text, or vouches for its sources, without being able to read all of it.
APPROVE_ALL = (*APPROVE, READ_FULL_TREATMENT)


# ── When an act is offered ────────────────────────────────────────────────────────────────────
class Standing:
    """How an edition stands among the others, and to one member of staff."""

    def __init__(self, edition: Edition, user: User) -> None:
        self.edition = edition
        self.user = user

    @property
    def is_open(self) -> bool:
        return self.edition.is_open

    @property
    def may_be_submitted(self) -> bool:
        return self.edition.state in (State.DRAFT, State.CHANGES_REQUESTED)

    @property
    def is_in_review(self) -> bool:
        return self.edition.state == State.IN_REVIEW

    @cached_property
    def live(self) -> Edition | None:
        return self.edition.condition.live_edition(self.edition.language)

    @property
    def is_live(self) -> bool:
        return self.live == self.edition

    @property
    def waits(self) -> bool:
        """Approved and not out yet, with nothing newer out."""
        edition, now = self.edition, timezone.now()
        is_out = edition.publish_at is not None and edition.publish_at <= now
        newer = self.live is not None and self.live.number > edition.number
        return edition.state == State.APPROVED and not is_out and not newer

    @property
    def may_be_withdrawn(self) -> bool:
        return self.is_live and self.edition.state == State.APPROVED

    @cached_property
    def is_own(self) -> bool:
        return self.user.pk in contributor_ids(self.edition)

    @property
    def may_be_approved(self) -> bool:
        return self.is_in_review and (settings.SOLO_PUBLISHING or not self.is_own)

    @cached_property
    def open_edition(self) -> Edition | None:
        siblings = Edition.objects.filter(
            condition=self.edition.condition_id, language=self.edition.language
        )
        return siblings.open().first()

    @property
    def may_be_restored(self) -> bool:
        return self.edition.is_fixed and self.open_edition is None

    @property
    def is_approved(self) -> bool:
        return self.edition.state == State.APPROVED

    @property
    def has_unchecked_references(self) -> bool:
        unchecked = self.is_approved and self.edition.references_checked_at is None
        return unchecked and self.edition.references.exists()


# ── The acts ──────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Act:
    label: str
    explanation: str
    done: str
    permissions: tuple[str, ...]
    offered: str
    """The property of `Standing` that says so."""
    verb: Callable[..., Any]
    form: type[ActForm] = ActForm


ACTS: dict[str, Act] = {
    "submit": Act(
        label="Submit for review",
        explanation="As it was saved last.",
        done="was submitted for review",
        permissions=CHANGE,
        offered="may_be_submitted",
        verb=publishing.submit,
    ),
    "approve": Act(
        label="Approve",
        explanation="The text is fixed from then on. It does not go live yet.",
        done="was approved",
        permissions=APPROVE_ALL,
        offered="may_be_approved",
        verb=publishing.approve,
        form=ApprovalForm,
    ),
    "request-changes": Act(
        label="Request changes",
        explanation="Back to the author.",
        done="went back to the author",
        permissions=APPROVE,
        offered="is_in_review",
        verb=publishing.request_changes,
        form=ReasonForm,
    ),
    "publish": Act(
        label="Publish now",
        explanation="Readers get it at once.",
        done="was published",
        permissions=APPROVE,
        offered="waits",
        verb=publishing.publish,
    ),
    "schedule": Act(
        label="Schedule",
        explanation="It goes live by itself; until then the time may be moved.",
        done="was scheduled",
        permissions=APPROVE,
        offered="waits",
        verb=publishing.schedule,
        form=TimeForm,
    ),
    "restore": Act(
        label="Start a new edition from this one",
        explanation="A draft with this text, which goes through review like any other.",
        done="was started",
        permissions=CHANGE,
        offered="may_be_restored",
        verb=publishing.restore,
    ),
    "review": Act(
        label="Record a medical review",
        explanation="A named professional has read exactly this edition. Pages show it.",
        done="has a medical review",
        permissions=APPROVE,
        offered="is_approved",
        verb=publishing.record_review,
        form=ReviewForm,
    ),
    "confirm-references": Act(
        label="Confirm references checked",
        explanation="You have looked up every reference of this edition.",
        done="has checked references",
        permissions=APPROVE_ALL,
        offered="has_unchecked_references",
        verb=publishing.confirm_references,
    ),
    "withdraw": Act(
        label="Withdraw",
        explanation="Takes the article from readers and shows a notice in its place.",
        done="was withdrawn",
        permissions=APPROVE,
        offered="may_be_withdrawn",
        verb=publishing.withdraw,
        form=WithdrawalForm,
    ),
    "discard": Act(
        label="Discard draft",
        explanation="Deletes this draft. Editions that were approved stay.",
        done="was discarded",
        permissions=CHANGE,
        offered="is_open",
        verb=publishing.discard,
        form=DiscardForm,
    ),
}


@dataclass(frozen=True)
class Offer:
    """An act with its form, as it stands on the page."""

    name: str
    act: Act
    form: ActForm


def act_form(name: str, edition: Edition, data: Any = None) -> ActForm:
    initial = {"saved_at": edition.saved_at}
    return ACTS[name].form(data, prefix=name, initial=initial)


def offers(standing: Standing, refused: Offer | None = None) -> list[Offer]:
    """The acts that this person may do now; `refused` is one whose form has errors."""
    return [
        refused
        if refused and refused.name == name
        else Offer(name, act, act_form(name, standing.edition))
        for name, act in ACTS.items()
        if standing.user.has_perms(act.permissions) and getattr(standing, act.offered)
    ]
