from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from conditions.codes import canonical_code
from conditions.models.byte_ordered import ByteOrderedField
from conditions.models.edition import Edition

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class ConditionQuerySet(models.QuerySet["Condition"]):
    def published(
        self, language: str = settings.LANGUAGE_CODE, at: datetime | None = None
    ) -> ConditionQuerySet:
        """Conditions a reader may find: their live edition is approved, not withdrawn.

        The rule stands once, in the verbs of editions `live` and `public`.
        """
        public = Edition.objects.public(language, at).filter(condition=OuterRef("pk"))
        return self.filter(Exists(public))


def validate_code(code: str) -> None:
    try:
        canonical = canonical_code(code)
    except ValueError as refused:
        raise ValidationError(str(refused)) from refused
    if canonical != code:
        raise ValidationError(f"Write the code as {canonical}.")


class Condition(models.Model):
    slug = models.SlugField(
        max_length=100,
        unique=True,
        validators=[
            RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*$", "Use lower-case words and hyphens.")
        ],
        help_text="The name in the address. Links and bookmarks break when it changes.",
    )
    related = models.ManyToManyField(
        "self", blank=True, symmetrical=False, verbose_name="related conditions"
    )
    safety_notice = models.TextField(
        blank=True,
        max_length=1000,
        help_text="Shown above the article at once, without review. Plain text. Empty: no notice.",
    )

    objects = ConditionQuerySet.as_manager()
    if TYPE_CHECKING:
        codings: RelatedManager[Coding]
        editions: RelatedManager[Edition]

    class Meta:
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("condition", args=[self.slug])

    def live_edition(
        self, language: str = settings.LANGUAGE_CODE, at: datetime | None = None
    ) -> Edition | None:
        """The edition readers get, which may be a withdrawn one; None before the first. A query."""
        return Edition.objects.live(language, at or timezone.now()).filter(condition=self).first()


class Coding(models.Model):
    """A condition's ICD-10-CM code: the key of a node in the code tree, and no foreign key.

    So articles come before the tree, a new release drops none of them, and a code that was retired
    keeps its article. See docs/adr/0005.
    """

    condition = models.ForeignKey(Condition, on_delete=models.CASCADE, related_name="codings")
    code = ByteOrderedField(max_length=10, unique=True, validators=[validate_code])
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "code")
        verbose_name = "ICD-10-CM code"

    def __str__(self) -> str:
        return self.code

    @property
    def category(self) -> str:
        return self.code[:3]

    @property
    def detail(self) -> str:
        """What follows the category, with its dot."""
        return self.code[3:]
