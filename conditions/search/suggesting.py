"""What a query that is still being typed may become: codes and names that begin so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from conditions.models import Code, Edition, SearchName
from conditions.search.code_names import code_meant
from conditions.search.entries import CODE, CONDITION
from conditions.search.public_index import PublicIndex
from conditions.search.ranking import Term, score
from conditions.search.words import norm, stem, telling, words

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
    index = PublicIndex()
    found = {each.url: each for each in reversed([*_by_code(query), *_by_name(typed)])}
    listed = list(reversed(found.values()))
    if len(listed) < MOST:
        listed += [each for each in _by_words(index, query) if each.url not in found]
    return _with_the_one(listed[:MOST], typed)


# ── Codes ─────────────────────────────────────────────────────────────────────────────────────
def _by_code(query: str) -> Iterator[Suggestion]:
    exact = code_meant(query)
    if exact:
        yield replace(_of_code(exact), is_it=True)
    typed = "".join(query.split()).upper().replace(".", "")
    if _BEGINNING_OF_CODE.fullmatch(typed):
        start = f"{typed[:3]}.{typed[3:]}" if len(typed) > 3 else typed
        longer = Code.objects.current().filter(key__gt=start, key__lt=f"{start}~")
        yield from map(_of_code, longer.order_by("depth", "path")[:MOST])


def _of_code(code: Code, name: str = "") -> Suggestion:
    return Suggestion("code", name or code.title, code.title, code.key, code.get_absolute_url())


# ── Names ─────────────────────────────────────────────────────────────────────────────────────
def _by_name(typed: str) -> Iterator[Suggestion]:
    names = SearchName.objects.filter(norm__gte=typed, norm__lt=f"{typed}~")
    rows = names.order_by("weight", "norm").values_list("name", "entry__edition", "entry__code")
    return _shown(rows[:_NAMES])


def _by_words(index: PublicIndex, query: str) -> Iterator[Suggestion]:
    """All words, the last of which is perhaps not finished."""
    typed = telling(words(query))
    stems = [stem(word) for word in typed]
    known = index.frequencies(stems)
    terms = [Term(each, known[each]) for each in stems]
    longer = frozenset(index.completions(typed[-1]))
    terms[-1] = replace(terms[-1], completed=longer)
    groups = [frozenset({term.stem}) for term in terms[:-1]] + [longer | {terms[-1].stem}]
    matches = [
        match
        for kind in (CONDITION, CODE)
        for match in index.matching([*groups, frozenset({kind})], _CANDIDATES)
    ]
    matches.sort(key=lambda match: -score(match, terms))
    return _shown(("", match.edition, match.code) for match in matches[:MOST])


def _shown(rows: Iterable[tuple[str, int | None, str | None]]) -> Iterator[Suggestion]:
    """Only of live editions: `listed` knows no others."""
    listed = list(rows)
    wanted = {edition for _name, edition, _code in listed if edition}
    editions = (
        {each.pk: each for each in Edition.objects.listed().filter(pk__in=wanted)} if wanted else {}
    )
    codes = Code.objects.in_bulk([code for _name, _edition, code in listed if code])
    for name, edition, code in listed:
        if edition in editions:
            yield _of_edition(editions[edition], name)
        elif code in codes:
            yield _of_code(codes[code], name)


def _of_edition(edition: Edition, name: str) -> Suggestion:
    main = next(iter(edition.condition.codings.all()), None)
    return Suggestion(
        "condition",
        name or edition.title,
        edition.title,
        main.code if main else "",
        edition.get_absolute_url(),
    )


def _with_the_one(listed: list[Suggestion], typed: str) -> list[Suggestion]:
    """The one condition with just this name, or else the one page with it, is what is meant."""
    same = [each for each in listed if norm(each.name) == typed]
    conditions = [each for each in same if each.kind == "condition"]
    one = conditions if len(conditions) == 1 else same
    if len(one) != 1 or any(each.is_it for each in listed):
        return listed
    return [replace(one[0], is_it=True), *(each for each in listed if each is not one[0])]
