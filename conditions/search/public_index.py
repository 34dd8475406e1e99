"""The index as readers may see it at this moment: without editions that are not out, or withdrawn.

Every question to it goes through here, but for two: which words look alike (`spelling` then asks
here which of them stand on a public page), and the names of pages that were found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db.models import QuerySet

from conditions.models import Edition, SearchEntry
from conditions.search import engine, tables
from conditions.search.engine import Among, Groups, Match, Weighted
from conditions.search.tables import NamedPage
from conditions.search.words import stem

COMPLETIONS = 40
_FEW = 20
"""More than one, since some may be of editions that are not live."""
Row = TypeVar("Row")


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
        return self._live(engine.codes_with_any(weighted, limit), lambda match: match.edition)

    def has(self, groups: Groups) -> bool:
        """Whether any page has a word of each group: in its names, or in the text of an article."""
        return bool(self.matching(groups, Among.ALL, _FEW))

    def entries(self, entries: QuerySet[SearchEntry]) -> list[Match]:
        rows = entries.values_list("id", "edition", "code", "chapter", "depth", "title", "names")
        return self._live([Match(*row) for row in rows], lambda match: match.edition)

    def named(self, *forms: str) -> list[Match]:
        """Pages that have one of these whole names."""
        return self._live(tables.pages_named(forms), lambda match: match.edition)

    def names(self, beginning: str, limit: int) -> list[NamedPage]:
        """Names that begin so, the likeliest first."""
        return self._live(tables.names_beginning(beginning, limit), lambda row: row[1])

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
        words = tables.words_beginning(beginning, COMPLETIONS)
        found: dict[str, int] = {}
        for each, _edition, count in self._live(words, lambda row: row[1]):
            found[each] = found.get(each, 0) + count
        return found

    def _forms_of(self, stems: Iterable[str]) -> dict[str, Counter[str]]:
        """For each stem the words that have it, with how many names have them."""
        wanted = set(stems)
        unasked = wanted - self._forms.keys()
        if unasked:
            self._forms |= {each: Counter() for each in unasked}
            rows = tables.words_with(unasked)
            for each, word, _edition, count in self._live(rows, lambda row: row[2]):
                self._forms[each][word] += count
        return {each: self._forms[each] for each in wanted}

    # ── Live ──────────────────────────────────────────────────────────────────────────────────
    def _live(self, rows: list[Row], edition_of: Callable[[Row], int | None]) -> list[Row]:
        """The rows of codes, and those of live editions."""
        editions = {edition for row in rows if (edition := edition_of(row))}
        unasked = editions - self._is_live.keys()
        if unasked:
            public = Edition.objects.public().filter(pk__in=unasked)
            live = set(public.order_by().values_list("pk", flat=True))
            self._is_live |= {pk: pk in live for pk in unasked}
        return [row for row in rows if self._is_live.get(edition_of(row) or 0, True)]
