"""What is shown of what was found: the rows of a page of results, from few queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from conditions.models import Code, Coding, Edition, Kind
from conditions.search import tables
from conditions.search.finding import Found
from conditions.search.ranking import Term, name_score
from conditions.search.words import stems

Value = TypeVar("Value")
CONDITION, CODE, MENTION = "condition", "code", "mention"


@dataclass(frozen=True)
class Result:
    """One thing that was found. `code` is the main one of a condition; texts are plain.

    `article` is the code whose article a code leads to. `group` is the kind, or MENTION for an
    article that only mentions what was searched for.
    """

    kind: str
    title: str
    code: str
    codes: tuple[str, ...]
    url: str
    snippet: str
    article: str = ""
    lacks_article: bool = False
    group: str = ""


@dataclass(frozen=True)
class Article:
    """An article as results name it; its codes in their order, the main one first."""

    title: str
    description: str
    codes: tuple[str, ...]
    url: str

    @property
    def code(self) -> str:
        return self.codes[0] if self.codes else ""


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
    """`shown` as readers see it; `with_articles` tells of each code where its article is.

    What was found is public: `PublicIndex` has asked.
    """
    editions = articles(_present(hit.edition for hit in shown))
    codes = Code.objects.order_by().in_bulk(_present(hit.code for hit in shown))
    names = telling_names(_present(hit.entry for hit in shown if hit.code), found.terms)
    nearest = Code.objects.nearest_codings(codes.values()) if with_articles else {}
    listed = []
    for hit in shown:
        if hit.edition in editions:
            listed.append(_condition(editions[hit.edition], hit.group))
        elif hit.code in codes:
            result = _code(codes[hit.code], names.get(hit.entry, ""))
            listed.append(
                _with_article(result, codes[hit.code], nearest) if with_articles else result
            )
    return listed


def articles(editions: Collection[int]) -> dict[int, Article]:
    """By the id of their edition. Only what is shown is fetched: a search has ten of them."""
    shown = ("title", "description", "language", "condition__slug")
    found = Edition.objects.select_related("condition").only(*shown).order_by().in_bulk(editions)
    conditions = {edition.condition_id for edition in found.values()}
    codes: dict[int, list[str]] = {condition: [] for condition in conditions}
    held = Coding.objects.filter(condition__in=conditions)
    for condition, code in held.values_list("condition", "code"):
        codes[condition].append(code)
    return {pk: _article(edition, codes[edition.condition_id]) for pk, edition in found.items()}


def _article(edition: Edition, codes: Sequence[str]) -> Article:
    return Article(edition.title, edition.description, tuple(codes), edition.get_absolute_url())


def _condition(article: Article, group: str) -> Result:
    return Result(
        CONDITION,
        article.title,
        article.code,
        article.codes,
        article.url,
        article.description,
        group=group,
    )


def _code(code: Code, name: str) -> Result:
    snippet = f"Found as: {name}" if name else ""
    if code.kind in {Kind.CHAPTER, Kind.BLOCK}:
        snippet = f"{code.get_kind_display().capitalize()} {code.span}. {snippet}".strip()
    url = code.get_absolute_url()
    return Result(CODE, code.title, code.key, (code.key,), url, snippet, group=CODE)


def _with_article(result: Result, code: Code, articles: Mapping[str, Coding]) -> Result:
    if coding := articles.get(code.key):
        return replace(result, article=coding.code)
    may_have_one = not code.retired_in and code.kind not in {Kind.CHAPTER, Kind.BLOCK}
    return replace(result, lacks_article=may_have_one)


def telling_names(entries: Collection[int], terms: Sequence[Term]) -> dict[int | None, str]:
    """For each entry the name that was meant, where it is another than the title."""
    best: dict[int | None, tuple[float, str]] = {}
    for entry, name, is_title in tables.names_of(entries):
        fit = name_score(stems(name), terms) if terms else 0.0
        if is_title or fit > best.get(entry, (0.0, ""))[0]:
            best[entry] = fit, "" if is_title else name
    return {entry: name for entry, (_fit, name) in best.items() if name}


def _present(values: Iterable[Value | None]) -> list[Value]:
    return [value for value in values if value is not None]
