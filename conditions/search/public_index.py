"""The index as readers may see it at this moment: without editions that are not out, or withdrawn.

Every question to it goes through here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.db.models.functions import Length

from conditions.models import Edition, SearchEntry, SearchWord, State
from conditions.search import engine
from conditions.search.engine import Groups, Match

COMPLETIONS = 40
Row = TypeVar("Row")


class PublicIndex:
    """One for each search: it asks once about each edition whether it is live."""

    def __init__(self) -> None:
        self._is_live: dict[int, bool] = {}

    # ── Pages ─────────────────────────────────────────────────────────────────────────────────
    def matching(self, groups: Groups, limit: int) -> list[Match]:
        """Pages that have a word of each group, the best by the database's own measure first."""
        return self._live(engine.matching(groups, limit), lambda match: match.edition)

    def entries(self, entries: QuerySet[SearchEntry]) -> list[Match]:
        rows = entries.values_list("id", "edition", "code", "chapter", "depth", "title", "names")
        return self._live([Match(*row) for row in rows], lambda match: match.edition)

    def has(self, stem: str) -> bool:
        """Whether it stands anywhere: in abbreviations and in the text of articles too."""
        return bool(self.matching([frozenset({stem})], 5))

    # ── Words ─────────────────────────────────────────────────────────────────────────────────
    def frequencies(self, stems: Iterable[str]) -> Counter[str]:
        """In how many names each stem stands."""
        # Added up here, which takes half as long as to have Django write a sum in SQL.
        words = SearchWord.objects.filter(stem__in=set(stems)).order_by()
        rows = list(words.values_list("stem", "edition", "frequency"))
        found = Counter[str]()
        for stem, _edition, frequency in self._live(rows, lambda row: row[1]):
            found[stem] += frequency
        return found

    def counts(self, words: Iterable[str]) -> dict[str, int]:
        """Those of `words` that are in the vocabulary, with how many names have a form of them."""
        stem_of = dict(self._words(word__in=set(words)))
        known = self.frequencies(stem_of.values())
        return {word: known[stem] for word, stem in stem_of.items()}

    def known(self, words: Iterable[str]) -> set[str]:
        """Those of `words` that are in the vocabulary."""
        return {word for word, _stem in self._words(word__in=set(words))}

    def completions(self, beginning: str) -> dict[str, int]:
        """Stems of the commonest words that begin so, with how many names have them."""
        words = SearchWord.objects.filter(word__gte=beginning, word__lt=f"{beginning}~")
        rows = words.order_by("-frequency", "word").values_list("stem", "edition", "frequency")
        found: dict[str, int] = {}
        for stem, _edition, count in self._live(list(rows[:COMPLETIONS]), lambda row: row[1]):
            found[stem] = found.get(stem, 0) + count
        return found

    def beginning_alike(self, word: str, most: int = 3) -> set[str]:
        """Words with the same first letter whose length differs by `most` letters at most."""
        words = SearchWord.objects.alias(length=Length("word")).filter(
            length__gte=len(word) - most, length__lte=len(word) + most
        )
        alike = words.filter(word__gte=word[0], word__lt=f"{word[0]}~")
        return set(alike.order_by().values_list("word", flat=True))

    def _words(self, **where: Any) -> list[tuple[str, str]]:
        rows = SearchWord.objects.filter(**where).order_by()
        found = list(rows.values_list("word", "stem", "edition"))
        return [(word, stem) for word, stem, _edition in self._live(found, lambda row: row[2])]

    # ── Live ──────────────────────────────────────────────────────────────────────────────────
    def _live(self, rows: list[Row], edition_of: Callable[[Row], int | None]) -> list[Row]:
        """The rows of codes, and those of live editions."""
        editions = {edition for row in rows if (edition := edition_of(row))}
        unasked = editions - self._is_live.keys()
        if unasked:
            public = Edition.objects.live().filter(state=State.APPROVED, pk__in=unasked)
            live = set(public.values_list("pk", flat=True))
            self._is_live |= {pk: pk in live for pk in unasked}
        return [row for row in rows if self._is_live.get(edition_of(row) or 0, True)]
