from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.core.validators import URLValidator
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from conditions.models.immutable import AppendOnly, ChangeRefused, EditionPart
from conditions.text import Drawing, lines

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


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

    def listed(self, language: str = settings.LANGUAGE_CODE) -> EditionQuerySet:
        """Live editions as lists show them: not withdrawn, with condition and codes."""
        return (
            self.live(language)
            .filter(state=State.APPROVED)
            .select_related("condition")
            .prefetch_related("condition__codings")
            .order_by("title")
        )

    def for_page(self, language: str = settings.LANGUAGE_CODE) -> EditionQuerySet:
        """Live editions with all that a condition page shows of them but the child rows."""
        latest = MedicalReview.objects.filter(edition=OuterRef("pk"))
        return (
            self.live(language)
            .select_related("condition", "overview", "causes", "symptoms", "diagnosis", "treatment")
            .annotate(
                reviewer=Subquery(latest.values("reviewer_name")[:1]),
                credentials=Subquery(latest.values("credentials")[:1]),
                reviewed_on=Subquery(latest.values("reviewed_on")[:1]),
            )
        )

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
        reviews: RelatedManager[Any]

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


class AlsoKnownAs(EditionPart):
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="names")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ("position",)
        verbose_name = "other name"

    def __str__(self) -> str:
        return self.name


class Reference(EditionPart):
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="references")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=60)
    citation = models.TextField(max_length=1000)
    doi = models.CharField("DOI", max_length=200, blank=True)
    pmid = models.CharField("PMID", max_length=12, blank=True)
    url = models.CharField(
        "address", max_length=500, blank=True, validators=[URLValidator(["https"])]
    )

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("edition", "key"), name="reference_key_once"),
        )

    def __str__(self) -> str:
        return self.key

    @property
    def link(self) -> str:
        """Where a reader finds the source: DOI before PubMed before address."""
        if self.doi:
            return f"https://doi.org/{self.doi}"
        return f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/" if self.pmid else self.url


class Picture(AppendOnly):
    """The bytes of a figure, kept once however many editions show it."""

    digest = models.CharField(max_length=64, primary_key=True, help_text="SHA-256 of the bytes")
    media_type = models.CharField(max_length=40)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    data = models.BinaryField()

    def __str__(self) -> str:
        return self.digest


class FigureQuerySet(models.QuerySet["Figure"]):
    def published(self) -> FigureQuerySet:
        """Figures of editions that were published and not withdrawn."""
        return self.filter(
            edition__state=State.APPROVED, edition__publish_at__lte=timezone.now()
        ).select_related("edition__condition")


class Figure(EditionPart):
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="figures")
    position = models.PositiveSmallIntegerField()
    section = models.CharField(max_length=20)
    file = models.CharField(max_length=100)
    picture = models.ForeignKey(Picture, on_delete=models.PROTECT, related_name="figures")
    alt = models.TextField("alternative text", max_length=1000)
    caption = models.TextField(max_length=1000)
    credit = models.CharField(max_length=300)
    labels = models.TextField(blank=True, help_text="What the letters A, B, C mean, one a line.")

    objects = FigureQuerySet.as_manager()

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("edition", "file"), name="figure_file_once"),
        )

    def __str__(self) -> str:
        return self.file

    def as_drawing(self) -> Drawing:
        return Drawing(
            self.file, self.section, self.alt, self.caption, self.credit, lines(self.labels)
        )


class MedicalReview(AppendOnly):
    """That a named professional read one exact edition. Not the approval that released it."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="reviews")
    reviewer_name = models.CharField(max_length=200)
    credentials = models.CharField(max_length=200)
    reviewed_on = models.DateField()
    next_due = models.DateField(null=True, blank=True)
    recorded_by = models.PositiveBigIntegerField(help_text="User id of who recorded it")

    class Meta:
        ordering = ("-reviewed_on", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=~Q(reviewer_name="") & ~Q(credentials=""),
                name="review_names_a_person",
            ),
        )

    def __str__(self) -> str:
        return f"{self.reviewer_name}, {self.credentials}, {self.reviewed_on}"
