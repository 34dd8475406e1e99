"""The sections of an edition, each a row of its own table.

`FullTreatment` is the gated one. On the reader's side only `conditions.gate` reads it.
"""

from __future__ import annotations

from django.db import models

from conditions.models.edition import Edition
from conditions.models.immutable import EditionPart


class Section(EditionPart):
    body = models.TextField(blank=True, help_text="Markdown, at most 20,000 characters.")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} of edition {self.pk}"


class Overview(Section):
    edition = models.OneToOneField(
        Edition, primary_key=True, on_delete=models.CASCADE, related_name="overview"
    )


class Cause(Section):
    edition = models.OneToOneField(
        Edition, primary_key=True, on_delete=models.CASCADE, related_name="causes"
    )


class Symptom(Section):
    edition = models.OneToOneField(
        Edition, primary_key=True, on_delete=models.CASCADE, related_name="symptoms"
    )
    urgent_help = models.TextField(blank=True)


class Diagnosis(Section):
    edition = models.OneToOneField(
        Edition, primary_key=True, on_delete=models.CASCADE, related_name="diagnosis"
    )


class Treatment(Section):
    """The public part: `body` is the teaser, an authored text and never a cutting."""

    edition = models.OneToOneField(
        Edition, primary_key=True, on_delete=models.CASCADE, related_name="treatment"
    )
    warnings = models.TextField(blank=True)
    covers = models.TextField(blank=True, help_text="What the full treatment covers, one a line.")


class FullTreatment(Section):
    edition = models.OneToOneField(
        Edition, primary_key=True, on_delete=models.CASCADE, related_name="full_treatment"
    )


PUBLIC_SECTIONS = (Overview, Cause, Symptom, Diagnosis, Treatment)
