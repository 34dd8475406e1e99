"""Whether the index says what it should, by making its rows once more and comparing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain

from django.utils import timezone

from conditions.models import Edition, SearchEntry, SearchName, SearchWord
from conditions.search import engine, index
from conditions.search.entries import Page, code_pages, edition_pages, vocabulary

_FIELDS = ("edition", "code", "chapter", "depth", "title", "names", "body")


def drift() -> list[str]:
    """What is wrong, a line each; nothing when the index is right."""
    pages = list(chain(edition_pages(), code_pages()))
    unsound = [] if engine.is_sound() else ["the full text differs from its rows"]
    unsound += [] if index.is_in_order() else ["codes and articles do not stand apart"]
    return [*unsound, *_entries(pages), *_names(pages), *_words(pages)]


def _entries(pages: Iterable[Page]) -> Iterator[str]:
    expected = {row[1:3]: row[1:] for row in (page.entry(0) for page in pages)}
    present = {row[:2]: row for row in SearchEntry.objects.values_list(*_FIELDS)}
    yield from (f"{_called(key)} is missing" for key in expected.keys() - present.keys())
    # An edition that a newer one followed at its time is not shown, and goes with the next writing.
    extra = present.keys() - expected.keys() - {(pk, None) for pk in _past_editions()}
    yield from (f"{_called(key)} should not be there" for key in extra)
    both = expected.keys() & present.keys()
    yield from (f"{_called(key)} is out of date" for key in both if expected[key] != present[key])


def _names(pages: Iterable[Page]) -> Iterator[str]:
    expected = Counter(
        (page.edition, page.code, *row[1:]) for page in pages for row in page.rows(0)
    )
    rows = SearchName.objects.exclude(entry__edition__in=_past_editions())
    fields = ("name", "norm", "is_title", "is_abbreviation", "weight")
    present = Counter(rows.values_list("entry__edition", "entry__code", *fields))
    for row in (expected - present) + (present - expected):
        yield f"the names of {_called(row[:2])} are out of date: {row[2]}"


def _words(pages: Iterable[Page]) -> Iterator[str]:
    expected: Counter[tuple[int | None, str]] = Counter()
    for page in pages:
        names = ((row.name, row.is_abbreviation) for row in page.rows(0))
        for word, count in vocabulary(names).items():
            expected[page.edition, word] += count
    rows = SearchWord.objects.exclude(edition__in=_past_editions())
    present: Counter[tuple[int | None, str]] = Counter()
    for edition, word, frequency in rows.values_list("edition", "word", "frequency"):
        present[edition, word] = frequency
    for key in expected.keys() | present.keys():
        if expected[key] != present[key]:
            yield f"the word “{key[1]}” is counted {present[key]} times, not {expected[key]}"


def _past_editions() -> list[int]:
    editions = Edition.objects.exclude(pk__in=Edition.objects.live().values("pk"))
    indexed = SearchEntry.objects.filter(edition__isnull=False).values("edition")
    past = editions.filter(pk__in=indexed, publish_at__lte=timezone.now())
    return list(past.values_list("pk", flat=True))


def _called(key: tuple[int | None, str | None]) -> str:
    edition, code = key
    return f"edition {edition}" if edition else str(code)
