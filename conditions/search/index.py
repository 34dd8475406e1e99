"""The only writer of the search's tables; callers are in a transaction with what they change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import count
from operator import attrgetter

from django.db import connection, transaction
from django.db.models import F, Max, Model, Q

from conditions.code_rows import Progress, insert
from conditions.models import Coding, SearchEntry, SearchName, SearchWord
from conditions.search import engine
from conditions.search.entries import (
    FIRST_EDITION,
    Page,
    WordRow,
    code_pages,
    edition_pages,
    vocabulary,
)
from conditions.search.words import stem

MANY = 2000
"""From so many codes on, writing everything anew is quicker."""


def quiet(_what: str, _done: int, _total: int) -> None:
    """For callers that show no progress."""


@transaction.atomic
def rebuild(progress: Progress = quiet) -> int:
    """Write everything anew; how many pages can be found."""
    _lock()
    progress("Writing the search index", 0, 0)
    codes = sorted(code_pages(), key=attrgetter("standing"))
    numbered = [*enumerate(codes, 1), *enumerate(edition_pages(), FIRST_EDITION)]
    with engine.in_bulk():
        for model in (SearchName, SearchWord, SearchEntry):
            _empty(model)
        _write(numbered, progress)
    return len(numbered)


def is_in_order() -> bool:
    """Whether articles have ids of their own, by which codes are searched alone: an index of a
    version before that has not."""
    articles_below = Q(edition__isnull=False, pk__lt=FIRST_EDITION)
    codes_above = Q(code__isnull=False, pk__gte=FIRST_EDITION)
    return not SearchEntry.objects.filter(articles_below | codes_above).exists()


@transaction.atomic
def refresh_condition(pk: int) -> None:
    """Say what is public of a condition now, once it was published, withdrawn or coded anew."""
    _lock()
    SearchWord.objects.filter(edition__condition=pk).delete()
    SearchEntry.objects.filter(edition__condition=pk).delete()
    last = SearchEntry.objects.aggregate(last=Max("pk"))["last"] or 0
    _write(list(enumerate(edition_pages(pk), max(FIRST_EDITION, last + 1))), quiet)


@transaction.atomic
def refresh_codes(keys: Iterable[str]) -> None:
    """Say some codes anew, and the conditions that hold them, once their names changed."""
    wanted = set(keys)
    if len(wanted) > MANY:
        rebuild()
        return
    _lock()
    stale = SearchEntry.objects.filter(code__in=wanted)
    gone = SearchName.objects.filter(entry__in=stale).values_list("name", "is_abbreviation")
    _count(vocabulary(gone), -1)
    numbered = _in_their_places(code_pages(wanted), dict(stale.values_list("code", "pk")))
    stale.delete()
    _write(numbered, quiet)
    SearchWord.objects.filter(edition=None, frequency=0).delete()
    for pk in set(Coding.objects.filter(code__in=wanted).values_list("condition", flat=True)):
        refresh_condition(pk)


# ── Writing ───────────────────────────────────────────────────────────────────────────────────
def _lock() -> None:
    """Until the end of the transaction nobody else writes. SQLite locks by beginning one."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {SearchEntry._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")


def _empty(model: type[Model]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {model._meta.db_table}")


def _in_their_places(pages: Iterable[Page], places: Mapping[str, int]) -> list[tuple[int, Page]]:
    """Codes with the ids that they had, and new ones after all others."""
    codes = SearchEntry.objects.filter(pk__lt=FIRST_EDITION)
    fresh = count((codes.aggregate(last=Max("pk"))["last"] or 0) + 1)
    return [(places.get(page.code or "") or next(fresh), page) for page in pages]


def _write(numbered: list[tuple[int, Page]], progress: Progress) -> None:
    if not numbered:
        return
    insert(SearchEntry, [page.entry(pk) for pk, page in numbered], progress)
    names = [(page.edition, list(page.rows(pk))) for pk, page in numbered]
    insert(SearchName, [row for _edition, rows in names for row in rows], progress)
    counts: dict[int | None, Counter[str]] = {}
    for edition, rows in names:
        found = vocabulary((row.name, row.is_abbreviation) for row in rows)
        counts.setdefault(edition, Counter()).update(found)
    _count(counts.pop(None, Counter()), 1)
    words = [row for edition, found in counts.items() for row in _word_rows(edition, found)]
    insert(SearchWord, words, progress)


def _count(found: Counter[str], sign: int) -> None:
    """Add to, or take from, how often words stand in the names of codes."""
    known = SearchWord.objects.filter(edition=None)
    present = set(known.filter(word__in=found).values_list("word", flat=True)) if found else set()
    fresh = Counter({word: count for word, count in found.items() if word not in present})
    insert(SearchWord, list(_word_rows(None, fresh)), quiet)
    for word in present:
        known.filter(word=word).update(frequency=F("frequency") + sign * found[word])


def _word_rows(edition: int | None, counts: Counter[str]) -> list[WordRow]:
    return [WordRow(edition, word, stem(word), count) for word, count in counts.items()]
