"""What the search looks in: public text alone, written by `conditions.search.index` alone.

The full-text index itself is the database's: a virtual table on SQLite, a generated column on
PostgreSQL (migration 0004). Words in it are stems, so that both databases find the same.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from conditions.models.byte_ordered import ByteOrderedField
from conditions.models.code import Code
from conditions.models.edition import Edition


class SearchEntry(models.Model):
    """One page that can be found: an edition that is published or scheduled, or a current code.

    Whether an edition is live is asked at the time of the search. The id tells an edition from a
    code, and orders codes: `conditions.search.entries.FIRST_EDITION`, `Page.standing`.
    """

    edition = models.OneToOneField(Edition, null=True, on_delete=models.CASCADE, related_name="+")
    code = models.OneToOneField(Code, null=True, on_delete=models.CASCADE, related_name="+")
    chapter = models.CharField(max_length=10, help_text="Key of its chapter of ICD-10-CM, or empty")
    depth = models.PositiveSmallIntegerField(help_text="Of its code in the tree")
    title = models.TextField(help_text="Stems of the title")
    names = models.TextField(help_text="Stems of each other name, a name a line")
    body = models.TextField(help_text="Stems of the public text of an edition")

    class Meta:
        verbose_name_plural = "search entries"
        constraints = (
            models.CheckConstraint(
                condition=Q(edition__isnull=True, code__isnull=False)
                | Q(edition__isnull=False, code__isnull=True),
                name="search_entry_is_edition_or_code",
            ),
        )

    def __str__(self) -> str:
        return self.title


class SearchName(models.Model):
    """A name of a page as a whole: for exact matches and suggestions, and to show why it matched.

    Abbreviations like ALL stand here alone, not in `names`: see `words.ENGLISH_ABBREVIATIONS`.
    """

    entry = models.ForeignKey(SearchEntry, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=255)
    norm = ByteOrderedField(max_length=255, help_text="In the form of `words.norm`")
    is_title = models.BooleanField()
    is_abbreviation = models.BooleanField(help_text="No word of it is in the vocabulary")
    weight = models.SmallIntegerField(help_text="What is suggested first has less")

    class Meta:
        indexes = (models.Index(fields=("norm", "weight"), name="search_name_norm"),)

    def __str__(self) -> str:
        return self.name


class SearchWord(models.Model):
    """The vocabulary: how often a word stands in names. Words of an edition are rows of their own,
    since they count only while it is live."""

    edition = models.ForeignKey(Edition, null=True, on_delete=models.CASCADE, related_name="+")
    word = ByteOrderedField(max_length=40)
    stem = models.CharField(max_length=40, db_index=True)
    frequency = models.PositiveIntegerField(help_text="In how many names it stands")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("word", "edition"), name="search_word_once"),
            models.UniqueConstraint(
                fields=("word",), condition=Q(edition=None), name="search_word_of_names_once"
            ),
        )

    def __str__(self) -> str:
        return self.word


class WantedCode(models.Model):
    """How often in a day a search led to a code without an article. Never what was typed."""

    day = models.DateField()
    code = models.ForeignKey(Code, on_delete=models.CASCADE, related_name="+")
    times = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-day", "-times")
        verbose_name = "wanted code"
        constraints = (
            models.UniqueConstraint(fields=("day", "code"), name="wanted_code_once_a_day"),
        )

    def __str__(self) -> str:
        return f"{self.code_id}, {self.day}"
