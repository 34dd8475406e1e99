"""What the index says of each page that can be found. Public text alone goes in.

Nothing here reads the full treatment: the tables it asks are the public ones.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from conditions.models import Alias, AliasKind, Code, CodeNote, Edition, Kind, NoteKind, State
from conditions.search.words import (
    ENGLISH_ABBREVIATIONS,
    FUNCTION_WORDS,
    norm,
    stem,
    words,
)

CONDITION = "kindcondition0"
"""A word that stands in the text of every article, to search among articles alone."""

FIRST_EDITION = 1_000_000_000
"""Entries of editions have ids from here on, those of codes below, to search among codes alone."""

_NOT_PROSE = re.compile(r"\[@[^\]]*\]|!\[[^\]]*\]\([^)]*\)|\]\([^)]*\)|^Table:", re.MULTILINE)
_TAILS = re.compile(r",? (?:NOS|NEC)\b|\s*\([A-Z]\d[^)]*\)")
_CAPITALS = re.compile(r"\b[A-Z]{2,}[0-9]*\b")
_ALSO_CALLED = (NoteKind.INCLUSION_TERM, NoteKind.INCLUDES)


class EntryRow(NamedTuple):
    id: int
    edition: int | None
    code: str | None
    chapter: str
    depth: int
    title: str
    names: str
    body: str


class NameRow(NamedTuple):
    entry: int
    name: str
    norm: str
    is_title: bool
    is_abbreviation: bool
    weight: int


class WordRow(NamedTuple):
    edition: int | None
    word: str
    stem: str
    frequency: int


@dataclass(frozen=True)
class Name:
    text: str
    weight: int
    is_title: bool = False
    is_abbreviation: bool = False

    @cached_property
    def form(self) -> str:
        return norm(self.text)[:255]

    @property
    def is_word(self) -> bool:
        """Whether it may stand among other words, too."""
        return not self.is_abbreviation or self.text.lower() not in ENGLISH_ABBREVIATIONS


@dataclass(frozen=True)
class Page:
    """One thing to be found, with all its names."""

    names: tuple[Name, ...]
    edition: int | None = None
    code: str | None = None
    chapter: str = ""
    depth: int = 0
    body: str = field(default="", repr=False)

    @property
    def standing(self) -> tuple[int, int, str]:
        """The order of codes: those with a short name first, and then the broader ones."""
        lengths = (len(name.form.split()) for name in self.names if not name.is_abbreviation)
        return min(lengths), self.depth, self.code or ""

    def entry(self, pk: int) -> EntryRow:
        title, others = self.names[0], [name for name in self.names[1:] if name.is_word]
        return EntryRow(
            pk,
            self.edition,
            self.code,
            self.chapter,
            self.depth,
            _stems(title.form.split()),
            "\n".join(_stems(name.form.split()) for name in others),
            f"{CONDITION} {_stems(words(self.body))}" if self.edition else "",
        )

    def rows(self, pk: int) -> Iterator[NameRow]:
        seen = set()
        for name in self.names:
            if name.form and name.form not in seen:
                seen.add(name.form)
                yield NameRow(
                    pk, name.text[:255], name.form, name.is_title, name.is_abbreviation, name.weight
                )


def vocabulary(names: Iterable[tuple[str, bool]]) -> Counter[str]:
    """In how many of `names` (each with whether it is an abbreviation) every word stands.

    Words of capitals are no words of it: nothing is corrected to an abbreviation.
    """
    counts = Counter[str]()
    for name, is_abbreviation in names:
        if not is_abbreviation:
            found = set(words(_CAPITALS.sub(" ", name)))
            counts.update(word for word in found if len(word) >= 3 and word.isalpha())
    return counts


# ── Pages ─────────────────────────────────────────────────────────────────────────────────────
def code_pages(keys: Iterable[str] | None = None) -> Iterator[Page]:
    """Current codes, or those of `keys`; a code with a 7th character is found by code alone."""
    codes = Code.objects.current().exclude(kind=Kind.EXTENSION)
    notes = CodeNote.objects.filter(kind__in=_ALSO_CALLED)
    aliases = Alias.objects.in_use()
    if keys is not None:
        wanted = list(keys)
        codes = codes.filter(key__in=wanted)
        notes, aliases = notes.filter(code__in=wanted), aliases.filter(code__in=wanted)
    terms = _grouped(notes.order_by("code", "position").values_list("code", "text"))
    called = _aliases_by_code(aliases)
    chapters = chapters_by_path()
    rows = codes.order_by().values_list("key", "kind", "title", "path", "depth")
    for key, kind, title, path, depth in rows.iterator(5000):
        weight = 60 if kind in {Kind.CHAPTER, Kind.BLOCK} else 20 + 2 * depth
        names = [Name(title, weight, is_title=True)]
        names += [_alias(row, weight) for row in called.get(key, ())]
        names += [Name(_TAILS.sub("", text), weight + 3) for (text,) in terms.get(key, ())]
        yield Page(tuple(names), code=key, chapter=chapters[path[:2]], depth=depth)


def edition_pages(condition: int | None = None) -> Iterator[Page]:
    """Editions that are live or will be, in the default language; or those of one condition."""
    editions = list(findable_editions(condition))
    codes = [coding.code for edition in editions for coding in edition.condition.codings.all()]
    called = _aliases_by_code(Alias.objects.in_use().filter(code__in=codes))
    paths = dict(Code.objects.filter(key__in=codes).values_list("key", "path"))
    chapters = chapters_by_path()
    for edition in editions:
        held = [coding.code for coding in edition.condition.codings.all()]
        names = [Name(edition.title, 0, is_title=True)]
        names += [Name(row.name, 4) for row in edition.names.all()]
        names += [_alias(row, 4) for code in held for row in called.get(code, ())]
        chapter = chapters.get(paths.get(held[0], "")[:2], "") if held else ""
        yield Page(tuple(names), edition=edition.pk, chapter=chapter, body=_public_text(edition))


def findable_editions(condition: int | None = None) -> QuerySet[Edition]:
    editions = Edition.objects.filter(
        language=settings.LANGUAGE_CODE, state=State.APPROVED, publish_at__isnull=False
    )
    if condition is not None:
        editions = editions.filter(condition=condition)
    coming = editions.filter(publish_at__gt=timezone.now())
    live = Edition.objects.live().filter(pk__in=editions)
    # Two short questions: PostgreSQL took half a second to plan them as one.
    keys = [*live.values_list("pk", flat=True), *coming.values_list("pk", flat=True)]
    return (
        Edition.objects.filter(pk__in=keys)
        .select_related("condition", "overview", "causes", "symptoms", "diagnosis", "treatment")
        .prefetch_related("names", "condition__codings")
    )


def chapters_by_path() -> dict[str, str]:
    return dict(Code.objects.chapters().values_list("path", "key"))


# ── Parts ─────────────────────────────────────────────────────────────────────────────────────
def _alias(row: tuple[str, str], weight: int) -> Name:
    name, kind = row
    more = 8 if kind == AliasKind.INDEX else 1
    return Name(name, weight + more, is_abbreviation=kind == AliasKind.ABBREVIATION)


def _aliases_by_code(aliases: QuerySet[Alias]) -> dict[str, list[Any]]:
    return _grouped(aliases.order_by("pk").values_list("code", "name", "kind"))


def _grouped(rows: Iterable[tuple[Any, ...]]) -> dict[str, list[Any]]:
    groups = defaultdict(list)
    for key, *rest in rows:
        groups[key].append(tuple(rest))
    return groups


def _public_text(edition: Edition) -> str:
    """What every visitor reads of an edition, without citations, pictures and addresses."""
    texts = (
        edition.description,
        edition.overview.body,
        edition.causes.body,
        edition.symptoms.body,
        edition.symptoms.urgent_help,
        edition.diagnosis.body,
        edition.treatment.body,
        edition.treatment.warnings,
        edition.treatment.covers,
    )
    return _NOT_PROSE.sub(" ", "\n".join(texts))


def _stems(found: list[str]) -> str:
    return " ".join(stem(word) for word in found if word not in FUNCTION_WORDS)
