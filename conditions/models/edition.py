from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from conditions.models.immutable import ChangeRefused

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from conditions.models.parts import AlsoKnownAs, Figure, Reference
    from conditions.models.review import MedicalReview


class State(models.TextChoices):
    DRAFT = "draft", "draft"
    IN_REVIEW = "in_review", "in review"
    CHANGES_REQUESTED = "changes_requested", "changes requested"
    APPROVED = "approved", "approved"
    WITHDRAWN = "withdrawn", "withdrawn"


class Origin(models.TextChoices):
    SITE = "site", "written on this site"
    IMPORT = "import", "imported from a content file"


OPEN_STATES = (State.DRAFT, State.IN_REVIEW, State.CHANGES_REQUESTED)
FIXED_STATES = (State.APPROVED, State.WITHDRAWN)


class EditionQuerySet(models.QuerySet["Edition"]):
    def open(self) -> EditionQuerySet:
        return self.filter(state__in=OPEN_STATES)

    def live(
        self, language: str = settings.LANGUAGE_CODE, at: datetime | None = None
    ) -> EditionQuerySet:
        """The one edition of each condition that readers get, withdrawn ones included.

        It is computed, never stored: the highest number that is approved or withdrawn and whose
        time has come. So scheduling needs no job and nothing old revives.
        """
        come = Edition.objects.filter(
            condition=OuterRef("condition"),
            language=language,
            state__in=FIXED_STATES,
            publish_at__lte=at or timezone.now(),
        ).order_by("-number")
        return self.filter(pk=Subquery(come.values("pk")[:1]))

    def public(
        self, language: str = settings.LANGUAGE_CODE, at: datetime | None = None
    ) -> EditionQuerySet:
        """Live editions that are not withdrawn: what readers may find."""
        return self.live(language, at).filter(state=State.APPROVED)

    def listed(self, language: str = settings.LANGUAGE_CODE) -> EditionQuerySet:
        """Public editions as lists show them, with condition and codes."""
        return self.public(language).with_codes().order_by("title")

    def with_codes(self) -> EditionQuerySet:
        """With what an entry of a list says besides the title: condition and codes."""
        return self.select_related("condition").prefetch_related("condition__codings")

    def delete(self) -> tuple[int, dict[str, int]]:
        if self.filter(state__in=FIXED_STATES).exists():
            raise ChangeRefused("Approved editions are never deleted. Withdraw them instead.")
        return super().delete()


class Edition(models.Model):
    condition = models.ForeignKey("Condition", on_delete=models.PROTECT, related_name="editions")
    language = models.CharField(max_length=12, default=settings.LANGUAGE_CODE)
    number = models.PositiveIntegerField()
    based_on = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="descendants"
    )
    title = models.CharField(max_length=200)
    description = models.CharField(
        max_length=300, help_text="One or two plain sentences, shown in lists and search results."
    )
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.SITE)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="editions_written",
    )
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="editions_approved",
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    solo = models.BooleanField(
        default=False, help_text="Approved by a contributor, on a site run by one person."
    )
    publish_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawal_notice = models.TextField(blank=True, max_length=1000)
    withdrawn_for_safety = models.BooleanField(default=False)
    review_due = models.DateField(null=True, blank=True)
    references_checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    references_checked_at = models.DateTimeField(null=True, blank=True)
    change_note = models.CharField(
        max_length=300, blank=True, help_text="What changed, for readers. Never quote gated text."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    saved_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = EditionQuerySet.as_manager()
    if TYPE_CHECKING:
        condition_id: int
        author_id: int | None
        approver_id: int | None
        names: RelatedManager[AlsoKnownAs]
        references: RelatedManager[Reference]
        figures: RelatedManager[Figure]
        reviews: RelatedManager[MedicalReview]

    class Meta:
        ordering = ("condition", "language", "-number")
        permissions = (
            ("approve_edition", "Can approve, publish and withdraw editions, and record reviews"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("condition", "language", "number"), name="edition_number_once"
            ),
            models.UniqueConstraint(
                fields=("condition", "language"),
                condition=Q(state__in=OPEN_STATES),
                name="edition_one_open",
                violation_error_message="This condition already has an open edition.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="edition_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(approver__isnull=True)
                | Q(author__isnull=True)
                | ~Q(approver=F("author"))
                | Q(solo=True),
                name="edition_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=FIXED_STATES)
                | Q(approver__isnull=False)
                | Q(origin=Origin.IMPORT),
                name="edition_approved_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(state__in=FIXED_STATES) | Q(approver__isnull=True),
                name="edition_approver_only_once_approved",
            ),
            models.CheckConstraint(
                condition=Q(publish_at__isnull=True) | Q(state__in=FIXED_STATES),
                name="edition_time_only_once_approved",
            ),
            models.CheckConstraint(
                condition=Q(approver__isnull=True, approved_at__isnull=True)
                | Q(approver__isnull=False, approved_at__isnull=False),
                name="edition_approval_paired",
            ),
            models.CheckConstraint(
                condition=Q(references_checked_by__isnull=True, references_checked_at__isnull=True)
                | Q(references_checked_by__isnull=False, references_checked_at__isnull=False),
                name="edition_reference_check_paired",
            ),
            models.CheckConstraint(
                condition=Q(state=State.WITHDRAWN, withdrawn_at__isnull=False)
                | (~Q(state=State.WITHDRAWN) & Q(withdrawn_at__isnull=True)),
                name="edition_withdrawal_dated",
            ),
        )

    def __str__(self) -> str:
        return f"{self.title}, edition {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.is_fixed:
            raise ChangeRefused(f"{self} was approved: it changes only by acts of publishing.")
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        """The reader's page; only the default language has an address without its tag."""
        tag = [] if self.language == settings.LANGUAGE_CODE else [self.language]
        return reverse("condition", args=[*tag, self.condition.slug])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_fixed(self) -> bool:
        return self.state in FIXED_STATES

    @property
    def treatment_url(self) -> str:
        return f"{self.get_absolute_url()}#treatment"

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        if self.is_fixed:
            raise ChangeRefused(f"{self} was approved: it is never deleted. Withdraw it instead.")
        return super().delete(*args, **kwargs)

    def section_body(self, name: str) -> str:
        """The Markdown of a one-to-one section such as `overview`; empty where it has no row."""
        try:
            body: str = getattr(self, name).body
        except ObjectDoesNotExist:
            return ""
        return body
