"""A page of results: what the address asks for, and which of what was found is shown how."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.safestring import SafeString

from conditions.models import Code
from conditions.search.finding import MOST_CODES, MOST_CONDITIONS, Found, find
from conditions.search.highlighting import highlighted
from conditions.search.results import CODE, CONDITION, MENTION, Hit, Result, count_by, hits, results

PER_PAGE, PER_SECTION = 20, 10
HEADINGS = {CONDITION: "Conditions", CODE: "Codes"}
GROUPS = {**HEADINGS, MENTION: "Articles that mention it"}
_CHAPTER = re.compile(r"chapter-[1-9][0-9]?")


@dataclass(frozen=True)
class Asked:
    """What an address asks for, without what no address of ours says."""

    query: str
    kind: str = ""
    chapter: str = ""
    page: int = 1
    as_typed: bool = False

    def address(self, **changes: Any) -> str:
        """The first page of the same search with other filters, or another of its pages."""
        asked = replace(self, **{"page": 1, **changes})
        said = {
            "q": asked.query,
            "kind": asked.kind,
            "chapter": asked.chapter,
            "as_typed": "1" if asked.as_typed else "",
            "page": str(asked.page) if asked.page > 1 else "",
        }
        return f"{reverse('search')}?{urlencode({key: text for key, text in said.items() if text})}"

    def admits(self, hit: Hit) -> bool:
        return self.kind in {"", hit.kind} and self.chapter in {"", hit.chapter}


@dataclass(frozen=True)
class Row:
    """One result as HTML shows it."""

    title: SafeString
    snippet: SafeString
    code: str
    url: str
    article: str


@dataclass(frozen=True)
class Section:
    """Results of one group; `more` leads to all `total` of their kind where some are left out."""

    group: str
    rows: tuple[Row, ...]
    total: int
    more: str = ""

    @property
    def heading(self) -> str:
        return GROUPS[self.group]

    @property
    def kind(self) -> str:
        return HEADINGS[_kind_of(self.group)]


@dataclass(frozen=True)
class Choice:
    name: str
    count: int
    address: str
    is_chosen: bool


def asked_in(values: Mapping[str, str]) -> Asked:
    """From the query string of an address, in which anything may stand."""
    kind, chapter = values.get("kind", ""), values.get("chapter", "")
    page = values.get("page", "")
    return Asked(
        query=_legible(values.get("q", "")),
        kind=kind if kind in HEADINGS else "",
        chapter=chapter if _CHAPTER.fullmatch(chapter) else "",
        page=max(1, int(page)) if page.isdecimal() and len(page) < 5 else 1,
        as_typed=values.get("as_typed") == "1",
    )


def results_page(asked: Asked) -> dict[str, Any]:
    """What the template shows. A chapter in which nothing was found is no filter."""
    found = find(asked.query, as_typed=asked.as_typed)
    every = hits(found)
    if asked.chapter not in {hit.chapter for hit in every}:
        asked = replace(asked, chapter="")
    chosen = [hit for hit in every if asked.admits(hit)]
    pages = Paginator(chosen, PER_PAGE).get_page(asked.page) if asked.kind else None
    shown = _beginnings(chosen) if pages is None else list(pages)
    listed = results(found, shown)
    return {
        "asked": asked,
        "found": found,
        "listed": listed,
        "meant": found.corrected or found.query,
        "all_of_them": Asked(asked.query, as_typed=asked.as_typed).address(),
        "as_typed": Asked(asked.query, as_typed=True).address(),
        "other_spellings": Asked(asked.query).address(),
        "every": len(every),
        "total": len(chosen),
        "is_cut": _is_cut(every),
        "the_one": None if asked != Asked(asked.query) else _the_one(found, listed),
        "kinds": _kinds(every, asked),
        "chapters": _chapters(every, asked),
        "sections": _sections(found, asked, listed, chosen),
        "pager": _pager(asked, pages) if pages and pages.has_other_pages() else None,
    }


def _legible(typed: str) -> str:
    """In one line, without control characters and those that turn the direction of writing."""
    return " ".join("".join(char if char.isprintable() else " " for char in typed).split())


def _is_cut(every: Sequence[Hit]) -> bool:
    """Whether there may be more than what is ranked and shown."""
    kinds, _chapters = count_by(every)
    return kinds[CONDITION] >= MOST_CONDITIONS or kinds[CODE] >= MOST_CODES


# ── Results ───────────────────────────────────────────────────────────────────────────────────
def _beginnings(chosen: Sequence[Hit]) -> list[Hit]:
    return [hit for group in GROUPS for hit in _of_group(chosen, group)[:PER_SECTION]]


def _of_group(listed: Sequence[Hit], group: str) -> list[Hit]:
    return [hit for hit in listed if hit.group == group]


def _kind_of(group: str) -> str:
    return CONDITION if group == MENTION else group


def _sections(
    found: Found, asked: Asked, listed: Sequence[Result], chosen: Sequence[Hit]
) -> list[Section]:
    """Codes first where the query is one; else conditions. What only mentions it is last."""
    sections = []
    names_code = found.is_code or found.missing_code
    for group in (CODE, CONDITION, MENTION) if names_code else GROUPS:
        rows = tuple(_row(found, result) for result in listed if result.group == group)
        kind = _kind_of(group)
        more = asked.address(kind=kind) if len(_of_group(chosen, group)) > PER_SECTION else ""
        total = len([hit for hit in chosen if hit.kind == kind])
        if rows:
            sections.append(Section(group, rows, total, "" if asked.kind else more))
    return sections


def _row(found: Found, result: Result) -> Row:
    return Row(
        highlighted(result.title, found.terms),
        highlighted(result.snippet, found.terms),
        result.code.replace("chapter-", "Chapter "),
        result.url,
        _article(result),
    )


def _article(result: Result) -> str:
    if not result.article:
        return ""
    return "Own article" if result.article == result.code else f"Article of {result.article}"


def _the_one(found: Found, listed: Sequence[Result]) -> dict[str, str] | None:
    """The page that alone has this code or name. Who typed a name rather reads the article."""
    one = _alone(found, listed)
    if one is None:
        return None
    articles = [] if found.is_code else [each for each in listed if one.code in each.codes]
    article = next((each for each in articles if each.kind == CONDITION), None)
    if article:
        return {"title": article.title, "url": article.url}
    code = one.code.replace("chapter-", "Chapter ")
    return {"title": one.title, "url": one.url, "code": code if one.kind == CODE else ""}


def _alone(found: Found, listed: Sequence[Result]) -> Result | None:
    """The code that was typed; the only condition with just this name, or the only page with it."""
    codes = {each.code: each for each in listed if each.kind == CODE}
    if found.is_code:
        return codes.get(found.codes[0].key)
    named = [match for match in found.matches if match.id in found.exact]
    conditions = [match for match in named if match.edition]
    if len(conditions) == 1:
        # Nothing stands before what has just this name.
        return next((each for each in listed if each.kind == CONDITION), None)
    return codes.get(named[0].code or "") if len(named) == 1 else None


def _pager(asked: Asked, pages: Any) -> dict[str, Any]:
    before, after = pages.number - 1, pages.number + 1
    return {
        "number": pages.number,
        "last": pages.paginator.num_pages,
        "before": asked.address(page=before) if pages.has_previous() else "",
        "after": asked.address(page=after) if pages.has_next() else "",
    }


# ── Filters ───────────────────────────────────────────────────────────────────────────────────
def _kinds(every: Sequence[Hit], asked: Asked) -> list[Choice]:
    """Counted within the chapter that was chosen, as chapters are within the kind.

    None where there is nothing to choose.
    """
    of_any_kind = replace(asked, kind="")
    counts, _ = count_by(hit for hit in every if of_any_kind.admits(hit))
    if len(counts) < 2 and not asked.kind:
        return []
    choices = [("", "All", counts.total())]
    choices += [(kind, heading, counts[kind]) for kind, heading in HEADINGS.items()]
    return [
        Choice(name, count, asked.address(kind=kind), kind == asked.kind)
        for kind, name, count in choices
        if count or kind == asked.kind
    ]


def _chapters(every: Sequence[Hit], asked: Asked) -> list[Choice]:
    anywhere = replace(asked, chapter="")
    _, counts = count_by(hit for hit in every if anywhere.admits(hit))
    present = {key: count for key, count in counts.items() if key and count}
    if len(present) < 2 and not asked.chapter:
        return []
    everywhere = Choice("All", counts.total(), asked.address(chapter=""), not asked.chapter)
    return [everywhere, *_by_count(present, asked)]


def _by_count(counts: Mapping[str, int], asked: Asked) -> Iterator[Choice]:
    titles = Code.objects.filter(key__in=counts).order_by("position").values_list("key", "title")
    for key, title in sorted(titles, key=lambda row: -counts[row[0]]):
        yield Choice(title, counts[key], asked.address(chapter=key), key == asked.chapter)
