"""Names that people use for a code and the classification does not."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from conditions.models.code import Code


class AliasKind(models.TextChoices):
    LAY = "lay", "everyday name"
    ABBREVIATION = "abbreviation", "abbreviation"
    EPONYM = "eponym", "eponym"
    SPELLING = "spelling", "other spelling"
    SYNONYM = "synonym", "synonym"
    PHRASE = "phrase", "what people type, and no name"
    INDEX = "index", "entry of the Alphabetic Index"


class AliasOrigin(models.TextChoices):
    FILE = "file", "from content/aliases.tsv"
    INDEX = "index", "from the Alphabetic Index"
    SITE = "site", "added on this site"


class AliasQuerySet(models.QuerySet["Alias"]):
    def in_use(self) -> AliasQuerySet:
        return self.filter(is_in_use=True)

    def shown(self) -> AliasQuerySet:
        """Those that a page lists: phrases and entries of the Alphabetic Index are no names."""
        return self.in_use().exclude(kind__in=(AliasKind.PHRASE, AliasKind.INDEX)).order_by("pk")


class Alias(models.Model):
    name = models.CharField(max_length=200, help_text="As people write it, such as tennis elbow.")
    code = models.ForeignKey(
        Code,
        on_delete=models.CASCADE,
        related_name="aliases",
        verbose_name="ICD-10-CM code",
        help_text="The code, category or block that is meant.",
    )
    kind = models.CharField(max_length=12, choices=AliasKind.choices)
    origin = models.CharField(
        max_length=5, choices=AliasOrigin.choices, default=AliasOrigin.SITE, editable=False
    )
    note = models.CharField(max_length=300, blank=True, help_text="For editors; not shown.")
    is_in_use = models.BooleanField(
        "in use", default=True, help_text="Off, it is neither shown nor found."
    )

    objects = AliasQuerySet.as_manager()

    class Meta:
        ordering = ("name", "code")
        verbose_name_plural = "aliases"
        constraints = (
            models.UniqueConstraint(
                Lower("name"),
                "code",
                name="alias_once_a_code",
                violation_error_message="This code has this name already.",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=AliasKind.values), name="alias_kind_is_known"
            ),
        )

    def __str__(self) -> str:
        return self.name
