"""The rows of an edition beside its sections: names, references and figures."""

from __future__ import annotations

from django.core.validators import URLValidator
from django.db import models
from django.utils import timezone

from conditions.models.edition import Edition, State
from conditions.models.immutable import AppendOnly, EditionPart
from conditions.text import Drawing, lines


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
