"""The ICD-10-CM tree. Only `conditions.code_loading` writes it; each release replaces what it says.

A `path` holds two characters a level, so the nodes above one are those whose path is a beginning of
its own. Ask by `path IN (beginnings)` and by ranges of `position`: both are index searches, and
`LIKE` is none on SQLite. See docs/adr/0005.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from conditions.codes import canonical_key, codes_above
from conditions.models.byte_ordered import ByteOrderedField
from conditions.models.condition import Coding
from conditions.models.edition import Edition

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Kind(models.TextChoices):
    CHAPTER = "chapter", "chapter"
    BLOCK = "block", "block"
    CATEGORY = "category", "category"
    SUBCATEGORY = "subcategory", "subcategory"
    EXTENSION = "extension", "code with a 7th character"


class NoteKind(models.TextChoices):
    """In the order in which a page shows them."""

    INCLUDES = "includes", "Includes"
    INCLUSION_TERM = "inclusion_term", "Inclusion terms"
    CODE_FIRST = "code_first", "Code first"
    USE_ADDITIONAL_CODE = "use_additional_code", "Use additional code"
    CODE_ALSO = "code_also", "Code also"
    EXCLUDES1 = "excludes1", "Excludes 1"
    EXCLUDES2 = "excludes2", "Excludes 2"
    NOTE = "note", "Note"
    VISION = "vision", "Categories of visual impairment"
    SEVENTH_NOTE = "seventh_note", "7th character"
    SEVENTH_CHARACTER = "seventh_character", "Meaning of the 7th character"


class CodeQuerySet(models.QuerySet["Code"]):
    def current(self) -> CodeQuerySet:
        """Without retired codes."""
        return self.filter(retired_in="")

    def chapters(self) -> CodeQuerySet:
        return self.filter(parent=None, position__isnull=False).order_by("position")

    def below(self, code: Code) -> CodeQuerySet:
        """All current codes below `code`, in the order of the list."""
        if code.position is None or code.last is None:
            return self.none()
        return self.filter(position__gt=code.position, position__lte=code.last).order_by("position")

    def breadcrumb(self, code: Code) -> CodeQuerySet:
        """From the chapter down to `code` itself."""
        return self.filter(path__in=code.paths_above).order_by("path")

    def around(self, code: Code) -> CodeQuerySet:
        """Its breadcrumb, and then its current children, in the order of the list."""
        children = Q(parent=code, position__isnull=False)
        return self.filter(Q(path__in=code.paths_above) | children).order_by("path")

    def nearest_codings(
        self, codes: Iterable[Code], language: str = settings.LANGUAGE_CODE
    ) -> dict[str, Coding]:
        """For each of `codes` that an article covers: the coding of the published article on it,
        or else on the nearest code above. Most codes have none, and that takes one short query."""
        above = {code.key: code.paths_above for code in codes}
        near = self.filter(path__in={path for line in above.values() for path in line}).order_by()
        held = Coding.objects.filter(code__in=near.values("key")).select_related("condition")
        by_code = {coding.code: coding for coding in held.order_by()}
        if not by_code:
            return {}
        conditions = {coding.condition_id for coding in by_code.values()}
        editions = Edition.objects.public(language).filter(condition__in=conditions)
        public = set(editions.order_by().values_list("condition", flat=True))
        places = near.filter(key__in=by_code).values_list("path", "key")
        by_path = {
            path: by_code[key] for path, key in places if by_code[key].condition_id in public
        }
        nearest = {
            key: next((by_path[path] for path in reversed(line) if path in by_path), None)
            for key, line in above.items()
        }
        return {key: coding for key, coding in nearest.items() if coding}

    def spelled(self, typed: str) -> CodeQuerySet:
        """The one code that somebody means by `m61569`, `M60-m63` or `chapter 13`, or none."""
        try:
            return self.filter(key=canonical_key(typed))
        except ValueError:
            return self.none()

    def closest_to(self, typed: str) -> CodeQuerySet:
        """The codes under which an unknown one would stand, the category first."""
        try:
            return self.filter(key__in=codes_above(canonical_key(typed))).order_by("path")
        except ValueError:
            return self.none()


class Code(models.Model):
    """A chapter, block, category or code. A retired code stays, without a position."""

    key = ByteOrderedField(
        max_length=10, primary_key=True, help_text="chapter-13, M60-M63, C50-C50 or M61.569"
    )
    kind = models.CharField(max_length=11, choices=Kind.choices)
    title = models.CharField(max_length=255)
    span = models.CharField(
        max_length=7, help_text="The codes of a chapter or block as printed, such as M60-M63 or C50"
    )
    parent = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    path = ByteOrderedField(max_length=14, help_text="Two characters a level, in base 36")
    depth = models.PositiveSmallIntegerField(help_text="0 for chapters")
    position = models.PositiveIntegerField(null=True, help_text="Place in the whole list, from 0")
    last = models.PositiveIntegerField(null=True, help_text="Position of the last code below")
    billable = models.BooleanField()
    retired_in = models.CharField(max_length=20, help_text="The release that no longer has it")

    objects = CodeQuerySet.as_manager()
    if TYPE_CHECKING:
        parent_id: str | None
        notes: RelatedManager[CodeNote]

    class Meta:
        ordering = ("path",)
        verbose_name = "ICD-10-CM code"
        indexes = (
            models.Index(fields=("parent", "position"), name="code_children"),
            models.Index(fields=("position",), name="code_position"),
        )
        constraints = (
            models.UniqueConstraint(fields=("path",), name="code_path_once"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="code_kind_is_known"),
            models.CheckConstraint(
                condition=Q(retired_in="", position__isnull=False, last__isnull=False)
                | (~Q(retired_in="") & Q(position__isnull=True, last__isnull=True, billable=False)),
                name="code_has_a_position_until_retired",
            ),
        )

    def __str__(self) -> str:
        return f"{self.key} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("code", args=[self.key])

    @property
    def paths_above(self) -> list[str]:
        """The paths of all nodes above, and its own."""
        return [self.path[:end] for end in range(2, len(self.path) + 1, 2)]

    @property
    def descendants(self) -> int:
        """How many current codes stand below; known without a query."""
        return 0 if self.position is None or self.last is None else self.last - self.position

    def nearest_coding(self, language: str = settings.LANGUAGE_CODE) -> Coding | None:
        """The coding of the published article on this code, or else on the nearest code above."""
        return Code.objects.nearest_codings([self], language).get(self.key)


class CodeNoteQuerySet(models.QuerySet["CodeNote"]):
    def applying_to(self, code: Code) -> CodeNoteQuerySet:
        """Its own notes and those of all codes above it, from the chapter down.

        An inclusion term says what else its own code is called, so it is not handed down.
        """
        return (
            self.filter(code__path__in=code.paths_above)
            .filter(Q(code=code) | ~Q(kind=NoteKind.INCLUSION_TERM))
            .select_related("code")
            .order_by("code__path", "position")
        )


class CodeNote(models.Model):
    code = models.ForeignKey(Code, on_delete=models.CASCADE, db_index=False, related_name="notes")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=NoteKind.choices)
    character = models.CharField(max_length=1, help_text="The 7th character that `text` defines")
    text = models.TextField()

    objects = CodeNoteQuerySet.as_manager()
    if TYPE_CHECKING:
        code_id: str

    class Meta:
        ordering = ("code", "position")
        constraints = (
            models.UniqueConstraint(fields=("code", "position"), name="code_note_position_once"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text}"


class CodeRelease(models.Model):
    """A release that was loaded. The newest row is the one that the tree shows."""

    version = models.CharField(max_length=20, help_text="As the tabular list says, such as 2026")
    digest = models.CharField(max_length=64, help_text="SHA-256 of both files")
    codes = models.PositiveIntegerField()
    notes = models.PositiveIntegerField()
    loaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-pk",)
        verbose_name = "ICD-10-CM release"

    def __str__(self) -> str:
        return f"ICD-10-CM {self.version}"
