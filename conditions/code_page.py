"""What the page of an ICD-10-CM code shows, from few queries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import F, QuerySet, Subquery
from django.utils.safestring import SafeString

from conditions.code_links import NoteLinks
from conditions.models import Alias, Code, CodeNote, CodeRelease, Coding, Condition, Edition
from conditions.models.code import Kind, NoteKind
from conditions.structured_data import code_data, script

NAMES_AT_ONCE = 12
"""Of the names that people use; more are a press away."""

HINTS = {
    NoteKind.EXCLUDES1: "never together",
    NoteKind.EXCLUDES2: "may be coded too",
    NoteKind.INCLUSION_TERM: "what this code is also called",
}


@dataclass(frozen=True)
class Rung:
    """One step of the ladder: what stood before, and what this step adds to the code."""

    before: str
    step: str
    code: Code


@dataclass(frozen=True)
class NotesAt:
    """The notes of one kind that one code of the line sets."""

    origin: Code
    lines: tuple[SafeString, ...]


@dataclass(frozen=True)
class NoteGroup:
    label: str
    hint: str
    places: tuple[NotesAt, ...]


def code_for_page(typed: str) -> Code | None:
    """The code that somebody means, which also knows the `release` it is shown from."""
    newest = CodeRelease.objects.order_by("-pk").values("version")[:1]
    return Code.objects.spelled(typed).annotate(release=Subquery(newest)).first()


def code_page(code: Code) -> dict[str, Any]:
    around = list(Code.objects.around(code))
    line = [each for each in around if each.depth <= code.depth]
    article = _nearest_article(line)
    names = names_of(code)
    return {
        "code": code,
        "names": names[:NAMES_AT_ONCE],
        "more_names": names[NAMES_AT_ONCE:],
        "crumbs": line[:-1][:3],
        "ladder": list(ladder(line)),
        "children": around[len(line) :],
        "notes": note_groups(code),
        "article": article,
        "article_is_own": bool(article) and article.on_code == code.key,
        "articles_below": _articles_below(code),
        "structured_data": script(code_data(code, line, names)),
    }


def names_of(code: Code) -> list[str]:
    """What people call it besides its title, each name once."""
    named = Alias.objects.shown().filter(code=code).values_list("name", flat=True)
    title = code.title.casefold()
    return [name for name in named if name.casefold() != title]


def ladder(line: list[Code]) -> Iterator[Rung]:
    """The code read step by step, from the chapter down."""
    letter = line[-1].key[0] if line[-1].kind != Kind.CHAPTER else ""
    before = ""
    for code in line:
        shown = code.key if code.kind not in {Kind.CHAPTER, Kind.BLOCK} else code.span
        if code.kind == Kind.CHAPTER:
            yield Rung("", letter or shown, code)
        elif code.kind == Kind.BLOCK:
            yield Rung(shown[:1], shown[1:].replace(f"-{shown[0]}", "–"), code)
        else:
            known = before if before and shown.startswith(before) else shown[:1]
            yield Rung(known, shown[len(known) :], code)
            before = shown


def note_groups(code: Code) -> list[NoteGroup]:
    """Its own notes and the inherited ones by kind, each saying where it comes from."""
    notes = _nearest_sevenths(list(CodeNote.objects.applying_to(code)))
    links = NoteLinks(note.text for note in notes)
    order = {kind: place for place, kind in enumerate(NoteKind.values)}
    notes.sort(key=lambda note: (order[note.kind], note.code.path, note.position))
    return [
        NoteGroup(
            NoteKind(kind).label,
            HINTS.get(NoteKind(kind), ""),
            tuple(
                NotesAt(origin, tuple(links.html(note) for note in here))
                for origin, here in groupby(group, key=lambda note: note.code)
            ),
        )
        for kind, group in groupby(notes, key=lambda note: note.kind)
    ]


def _nearest_sevenths(notes: list[CodeNote]) -> list[CodeNote]:
    """Without 7th characters of codes further up: the nearest definition is in force."""
    sevenths = (NoteKind.SEVENTH_NOTE, NoteKind.SEVENTH_CHARACTER)
    nearest = max((note.code.path for note in notes if note.kind in sevenths), default="", key=len)
    return [note for note in notes if note.kind not in sevenths or note.code.path == nearest]


def _nearest_article(line: list[Code]) -> Any:
    """The live edition on this code or on the nearest above; `on_code` says on which."""
    keys = [code.key for code in line]
    found = (
        Edition.objects.public()
        .filter(condition__codings__code__in=keys)
        .annotate(on_code=F("condition__codings__code"))
        .select_related("condition", "overview")
    )
    return max(found, key=lambda edition: keys.index(edition.on_code), default=None)  # type: ignore[attr-defined]


def _articles_below(code: Code) -> QuerySet[Edition]:
    below = Code.objects.below(code).order_by().values("key")
    codings = Coding.objects.filter(code__in=below)
    return (
        Edition.objects.public()
        .filter(
            condition__in=Condition.objects.filter(codings__in=codings),
            condition__codings__in=codings,
        )
        .annotate(on_code=F("condition__codings__code"))
        .select_related("condition")
        .order_by("on_code")
    )
