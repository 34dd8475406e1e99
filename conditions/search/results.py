"""What is shown of what was found: the rows of a page of results, from few queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from conditions.models import Code, Coding, Edition, Kind, SearchName
from conditions.search.finding import Found
from conditions.search.ranking import Term, name_score
from conditions.search.words import stems

Value = TypeVar("Value")
CONDITION, CODE, MENTION = "condition", "code", "mention"


@dataclass(frozen=True)
class Result:
    """One thing that was found. `code` is the main one of a condition; texts are plain.

    `group` is the kind, or MENTION for an article that only mentions what was searched for.
    """

    kind: str
    title: str
    code: str
    codes: tuple[str, ...]
    url: str
    snippet: str
    article: str = ""
    group: str = ""


@dataclass(frozen=True)
class Hit:
    """A page that was found, before anything of it is fetched."""

    chapter: str
    edition: int | None = None
    code: str | None = None
    entry: int | None = None
    is_mention: bool = False

    @property
    def kind(self) -> str:
        return CONDITION if self.edition else CODE

    @property
    def group(self) -> str:
        return MENTION if self.is_mention else self.kind


def hits(found: Found) -> list[Hit]:
    """All that was found, in the order in which it is shown; each page once."""
    named = {code.key: _hit_of_code(code) for code in found.codes}
    others = (
        Hit(each.chapter, each.edition, each.code, each.id, each.id in found.mentions)
        for each in found.matches
    )
    return [*named.values(), *(hit for hit in others if hit.code not in named)]


def _hit_of_code(code: Code) -> Hit:
    chapter = Code.objects.filter(path=code.path[:2]).values_list("key", flat=True).first()
    return Hit(chapter or "", code=code.key)


def count_by(hits: Iterable[Hit]) -> tuple[Counter[str], Counter[str]]:
    """How many there are of each kind, and in each chapter."""
    listed = list(hits)
    return Counter(hit.kind for hit in listed), Counter(hit.chapter for hit in listed)


def results(found: Found, shown: Sequence[Hit], *, with_articles: bool = True) -> list[Result]:
    """`shown` as readers see it; `with_articles` tells of each code where its article is."""
    editions = {
        edition.pk: edition
        for edition in Edition.objects.listed().filter(
            pk__in=_present(hit.edition for hit in shown)
        )
    }
    codes = Code.objects.in_bulk(_present(hit.code for hit in shown))
    names = _telling_names(shown, found.terms)
    articles = articles_on(codes.values()) if with_articles else {}
    listed = []
    for hit in shown:
        if hit.edition in editions:
            listed.append(_condition(editions[hit.edition], hit.group))
        elif hit.code in codes:
            listed.append(_code(codes[hit.code], names.get(hit.entry, ""), articles))
    return listed


def _condition(edition: Edition, group: str) -> Result:
    held = tuple(coding.code for coding in edition.condition.codings.all())
    url, main = edition.get_absolute_url(), held[0] if held else ""
    return Result(CONDITION, edition.title, main, held, url, edition.description, group=group)


def _code(code: Code, name: str, articles: dict[str, str]) -> Result:
    snippet = f"Found as: {name}" if name else ""
    if code.kind in {Kind.CHAPTER, Kind.BLOCK}:
        snippet = f"{code.get_kind_display().capitalize()} {code.span}. {snippet}".strip()
    return Result(
        CODE,
        code.title,
        code.key,
        (code.key,),
        code.get_absolute_url(),
        snippet,
        articles.get(code.key, ""),
        CODE,
    )


def _telling_names(shown: Sequence[Hit], terms: Sequence[Term]) -> dict[int | None, str]:
    """For each entry the name that was meant, where it is another than the title."""
    entries = _present(hit.entry for hit in shown if hit.code)
    best: dict[int | None, tuple[float, str]] = {}
    rows = SearchName.objects.filter(entry__in=entries).order_by("-is_title", "weight", "pk")
    for entry, name, is_title in rows.values_list("entry", "name", "is_title"):
        fit = name_score(stems(name), terms) if terms else 0.0
        if is_title or fit > best.get(entry, (0.0, ""))[0]:
            best[entry] = fit, "" if is_title else name
    return {entry: name for entry, (_fit, name) in best.items() if name}


def articles_on(codes: Iterable[Code]) -> dict[str, str]:
    """For each code that has an article, or stands below one that has, the code of the article."""
    listed = list(codes)
    paths = {path for code in listed for path in code.paths_above}
    path_of = dict(Code.objects.filter(path__in=paths).values_list("key", "path"))
    published = Edition.objects.listed().filter(condition__codings__code__in=path_of)
    held = Coding.objects.filter(condition__in=published.values("condition"), code__in=path_of)
    by_path = {path_of[key]: key for key in held.values_list("code", flat=True)}
    nearest = (
        (
            code.key,
            next((by_path[path] for path in reversed(code.paths_above) if path in by_path), ""),
        )
        for code in listed
    )
    return {key: article for key, article in nearest if article}


def _present(values: Iterable[Value | None]) -> list[Value]:
    return [value for value in values if value is not None]
