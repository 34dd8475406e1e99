"""The index as readers may see it at this moment: without editions that are not out, or withdrawn.

Every question to it goes through here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db.models import QuerySet
from django.db.models.functions import Length

from conditions.models import Edition, SearchEntry, SearchName, SearchWord, State
from conditions.search import engine
from conditions.search.engine import Among, Groups, Match, Weighted
from conditions.search.words import stem

COMPLETIONS = 40
_FEW = 20
"""More than one, since some may be of editions that are not live."""
_PAGE = ("pk", "edition", "code")
Row = TypeVar("Row")
NamedPage = tuple[str, int | None, str | None]
"""A name, and the edition or the code that has it."""


class PublicIndex:
    """One for each search: it asks once about each edition whether it is live, and for each stem
    which words have it."""

    def __init__(self) -> None:
        self._is_live: dict[int, bool] = {}
        self._forms: dict[str, Counter[str]] = {}

    # ── Pages ─────────────────────────────────────────────────────────────────────────────────
    def matching(self, groups: Groups, among: Among, limit: int) -> list[Match]:
        """Pages that have a word of each group."""
        return self._live(engine.matching(groups, among, limit), lambda match: match.edition)

    def codes_with_any(self, weighted: Weighted, limit: int) -> list[Match]:
        """Codes that have some of the words, those of most weight first."""
        return engine.codes_with_any(weighted, limit)

    def has(self, groups: Groups) -> bool:
        """Whether any page has a word of each group: in its names, or in the text of an article."""
        return bool(self.matching(groups, Among.ALL, _FEW))

    def entries(self, entries: QuerySet[SearchEntry]) -> list[Match]:
        rows = entries.values_list("id", "edition", "code", "chapter", "depth", "title", "names")
        return self._live([Match(*row) for row in rows], lambda match: match.edition)

    def names(self, beginning: str, limit: int) -> list[NamedPage]:
        """Names that begin so, the likeliest first."""
        found = SearchName.objects.filter(norm__gte=beginning, norm__lt=f"{beginning}~")
        best = found.order_by("weight", "norm").values_list("name", "entry")[:limit]
        # Two short questions: with a join the database fetches the pages of all names first.
        listed = list(best)
        entries = SearchEntry.objects.filter(pk__in=[entry for _name, entry in listed])
        pages = {pk: (edition, code) for pk, edition, code in entries.values_list(*_PAGE)}
        rows = [(name, *pages[entry]) for name, entry in listed]
        return self._live(rows, lambda row: row[1])

    # ── Words ─────────────────────────────────────────────────────────────────────────────────
    def frequencies(self, stems: Iterable[str]) -> dict[str, int]:
        """In how many names each stem stands."""
        return {each: forms.total() for each, forms in self._forms_of(stems).items()}

    def counts(self, words: Iterable[str]) -> dict[str, int]:
        """Those of `words` that are in the vocabulary, with how many names have a form of them."""
        stems = {word: stem(word) for word in words}
        forms = self._forms_of(stems.values())
        return {word: forms[of].total() for word, of in stems.items() if word in forms[of]}

    def known(self, words: Iterable[str]) -> set[str]:
        """Those of `words` that are in the vocabulary."""
        return set(self.counts(words))

    def completions(self, beginning: str) -> dict[str, int]:
        """Stems of the commonest words that begin so, with how many names have them."""
        words = SearchWord.objects.filter(word__gte=beginning, word__lt=f"{beginning}~")
        rows = words.order_by("-frequency", "word").values_list("stem", "edition", "frequency")
        found: dict[str, int] = {}
        for each, _edition, count in self._live(list(rows[:COMPLETIONS]), lambda row: row[1]):
            found[each] = found.get(each, 0) + count
        return found

    def beginning_alike(self, word: str, most: int = 3) -> set[str]:
        """Words with the same first letter whose length differs by `most` letters at most."""
        words = SearchWord.objects.alias(length=Length("word")).filter(
            length__gte=len(word) - most, length__lte=len(word) + most
        )
        alike = words.filter(word__gte=word[0], word__lt=f"{word[0]}~")
        return set(alike.order_by().values_list("word", flat=True))

    def _forms_of(self, stems: Iterable[str]) -> dict[str, Counter[str]]:
        """For each stem the words that have it, with how many names have them."""
        wanted = set(stems)
        unasked = wanted - self._forms.keys()
        if unasked:
            self._forms |= {each: Counter() for each in unasked}
            words = SearchWord.objects.filter(stem__in=unasked).order_by()
            rows = list(words.values_list("stem", "word", "edition", "frequency"))
            for each, word, _edition, count in self._live(rows, lambda row: row[2]):
                self._forms[each][word] += count
        return {each: self._forms[each] for each in wanted}

    # ── Live ──────────────────────────────────────────────────────────────────────────────────
    def _live(self, rows: list[Row], edition_of: Callable[[Row], int | None]) -> list[Row]:
        """The rows of codes, and those of live editions."""
        editions = {edition for row in rows if (edition := edition_of(row))}
        unasked = editions - self._is_live.keys()
        if unasked:
            public = Edition.objects.live().filter(state=State.APPROVED, pk__in=unasked)
            live = set(public.order_by().values_list("pk", flat=True))
            self._is_live |= {pk: pk in live for pk in unasked}
        return [row for row in rows if self._is_live.get(edition_of(row) or 0, True)]
