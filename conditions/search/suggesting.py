"""What a query that is still being typed may become: codes and names that begin so, or that have
its words in another order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from conditions.models import Code
from conditions.search.code_names import code_meant
from conditions.search.engine import Among
from conditions.search.public_index import PublicIndex
from conditions.search.ranking import WEAK, Term, score
from conditions.search.results import Article, articles, telling_names
from conditions.search.tables import NamedPage
from conditions.search.words import norm, stem, telling

MOST = 8
SHORTEST = 2
_NAMES = 60
_CANDIDATES = 60
_BEGINNING_OF_CODE = re.compile(r"[A-Z](?:\d[0-9A-Z]?|[A-Z]\d)(?:\.?[0-9A-Z]{0,4})", re.IGNORECASE)


@dataclass(frozen=True)
class Suggestion:
    """`name` is what matched, which may be another name than `title`; `is_it` where it is all that
    was typed and nothing else has that name."""

    kind: str
    name: str
    title: str
    code: str
    url: str
    is_it: bool = False


def suggest(query: str) -> list[Suggestion]:
    """The likeliest first; none for less than two letters."""
    typed = norm(query)
    if len(typed) < SHORTEST:
        return []
    index, exact = PublicIndex(), code_meant(query)
    pages = Pages()
    pages.add(_by_code(exact, query))
    pages.add(index.names(typed, _NAMES))
    if len(pages) < MOST and not exact:
        pages.add(_by_words(index, query))
    listed = list(_shown(pages.first(MOST)))
    if exact:
        return [replace(each, is_it=each.url == exact.get_absolute_url()) for each in listed]
    return _with_the_one(listed, typed)


class Pages:
    """Pages in the order in which they came, each with the first of its names."""

    def __init__(self) -> None:
        self._names: dict[tuple[int | None, str | None], str] = {}

    def add(self, named: Iterable[NamedPage]) -> None:
        for name, edition, code in named:
            self._names.setdefault((edition, code), name)

    def __len__(self) -> int:
        return len(self._names)

    def first(self, most: int) -> list[NamedPage]:
        return [(name, *page) for page, name in islice(self._names.items(), most)]


# ── What is found ─────────────────────────────────────────────────────────────────────────────
def _by_code(exact: Code | None, query: str) -> Iterator[NamedPage]:
    if exact:
        yield "", None, exact.key
    typed = "".join(query.split()).upper().replace(".", "")
    if _BEGINNING_OF_CODE.fullmatch(typed):
        start = f"{typed[:3]}.{typed[3:]}" if len(typed) > 3 else typed
        longer = Code.objects.current().filter(key__gt=start, key__lt=f"{start}~")
        for key in longer.order_by("depth", "path").values_list("key", flat=True)[:MOST]:
            yield "", None, key


def _by_words(index: PublicIndex, query: str) -> Iterator[NamedPage]:
    """All words, the last of which is perhaps not finished."""
    typed = telling(query)
    stems = [stem(word) for word in typed]
    known = index.frequencies(stems)
    terms = [Term(each, known[each]) for each in stems]
    may_go_on = len(typed[-1]) >= SHORTEST
    longer = frozenset(index.completions(typed[-1]) if may_go_on else ())
    terms[-1] = replace(terms[-1], completed=longer)
    groups = [frozenset({term.stem}) for term in terms[:-1]] + [longer | {terms[-1].stem}]
    fits = {
        match: score(match, terms)
        for among in (Among.ARTICLES, Among.CODES)
        for match in index.matching(groups, among, _CANDIDATES)
    }
    # No article that only mentions the words: nobody who types a name means that.
    named = [match for match, fit in fits.items() if match.code or fit >= WEAK]
    best = sorted(named, key=lambda match: -fits[match])[:MOST]
    names = telling_names([match.id for match in best], terms)
    return ((names.get(match.id, ""), match.edition, match.code) for match in best)


# ── What is shown ─────────────────────────────────────────────────────────────────────────────
def _shown(listed: list[NamedPage]) -> Iterator[Suggestion]:
    wanted = [edition for _name, edition, _code in listed if edition]
    editions = articles(wanted)
    codes = Code.objects.order_by().in_bulk([code for *_, code in listed if code])
    for name, edition, code in listed:
        if edition in editions:
            yield _of_article(editions[edition], name)
        elif code in codes:
            yield _of_code(codes[code], name)


def _of_code(code: Code, name: str) -> Suggestion:
    return Suggestion("code", name or code.title, code.title, code.key, code.get_absolute_url())


def _of_article(article: Article, name: str) -> Suggestion:
    return Suggestion("condition", name or article.title, article.title, article.code, article.url)


def _with_the_one(listed: list[Suggestion], typed: str) -> list[Suggestion]:
    """The one condition with just this name, or else the one page with it, is what is meant."""
    same = [each for each in listed if norm(each.name) == typed]
    conditions = [each for each in same if each.kind == "condition"]
    one = conditions if len(conditions) == 1 else same
    if len(one) != 1:
        return listed
    return [replace(one[0], is_it=True), *(each for each in listed if each is not one[0])]
