from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from conditions.models.condition import Condition

MIN_REPORT, MAX_REPORT = 10, 4000
MAX_ANSWER = 4000


class ReportKind(models.TextChoices):
    WRONG = "wrong", "Something is wrong"
    MISSING = "missing", "Something is missing"
    UNCLEAR = "unclear", "Something is hard to understand"
    TECHNICAL = "technical", "A technical or accessibility problem"
    OTHER = "other", "Something else"


class ReportState(models.TextChoices):
    NEW = "new", "new"
    IN_PROGRESS = "in_progress", "in progress"
    ANSWERED = "answered", "answered"
    CLOSED = "closed", "closed"


UNANSWERED_STATES = (ReportState.NEW, ReportState.IN_PROGRESS)


class ProblemReport(models.Model):
    """What a reader says is wrong with a page. Who they are is not kept: no account, no network
    address, and an email address only until the answer is sent."""

    condition = models.ForeignKey(Condition, on_delete=models.PROTECT, related_name="reports")
    edition_number = models.PositiveIntegerField(help_text="Of the edition the reader had.")
    language = models.CharField(max_length=12, default=settings.LANGUAGE_CODE)
    kind = models.CharField(max_length=20, choices=ReportKind.choices)
    text = models.TextField(max_length=MAX_REPORT)
    email = models.EmailField(blank=True, help_text="To send the answer to, and for nothing else.")
    state = models.CharField(
        max_length=20, choices=ReportState.choices, default=ReportState.NEW, db_index=True
    )
    created_at = models.DateTimeField("sent", default=timezone.now, editable=False)
    answer = models.TextField(max_length=MAX_ANSWER, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="User id of who took it up, answered or closed it last."
    )

    if TYPE_CHECKING:
        condition_id: int

    class Meta:
        ordering = ("-pk",)
        verbose_name = "problem report"
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=ReportKind.values), name="report_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=ReportState.values), name="report_state_is_known"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="report_says_something"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True)
                | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="report_answer_paired",
            ),
            models.CheckConstraint(
                condition=(~Q(state=ReportState.ANSWERED) | Q(answered_at__isnull=False))
                & (~Q(state__in=UNANSWERED_STATES) | Q(answered_at__isnull=True)),
                name="report_answered_by_an_answer",
            ),
            models.CheckConstraint(
                condition=Q(state=ReportState.NEW, handled_by__isnull=True)
                | (~Q(state=ReportState.NEW) & Q(handled_by__isnull=False)),
                name="report_handled_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(state=ReportState.CLOSED) | Q(email=""),
                name="report_closed_without_address",
            ),
        )

    def __str__(self) -> str:
        return f"Report {self.pk}"

    @property
    def is_new(self) -> bool:
        return self.state == ReportState.NEW

    @property
    def awaits_answer(self) -> bool:
        return self.state in UNANSWERED_STATES and bool(self.email)

    @property
    def is_not_closed(self) -> bool:
        return self.state != ReportState.CLOSED
