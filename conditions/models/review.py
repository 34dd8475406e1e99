from __future__ import annotations

from django.db import models
from django.db.models import Q

from conditions.models.edition import Edition
from conditions.models.immutable import AppendOnly


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
