"""One query, from what was typed to what is found. The order of work: docs/adr/0006."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from conditions.models import Code, SearchEntry
from conditions.search.code_names import code_meant, codes_among, nearest_code
from conditions.search.engine import Among, Match
from conditions.search.meaning import as_written, corrected, misspelled
from conditions.search.public_index import PublicIndex
from conditions.search.ranking import STRONG, WEAK, Term, score
from conditions.search.words import ENGLISH_ABBREVIATIONS, norm, stem, telling, telling_beside

LONGEST_QUERY = 200
MOST_WORDS = 12
MOST_CONDITIONS, MOST_CODES = 100, 200
"""So many are ranked, and shown at most."""

COMMON = 3000
"""Words that stand in more names than this find too much by themselves."""


@dataclass(frozen=True)
class Found:
    """`codes` are those that the query names; `matches` follow, the best first.

    `exact` are the ids of those that have just this name, `mentions` those of articles that have
    the words in their text and not as their name.
    """

    query: str
    corrected: str = ""
    codes: tuple[Code, ...] = ()
    is_code: bool = False
    missing_code: bool = False
    matches: tuple[Match, ...] = ()
    exact: frozenset[int] = frozenset()
    mentions: frozenset[int] = frozenset()
    terms: tuple[Term, ...] = ()


def find(query: str, *, as_typed: bool = False) -> Found:
    """Everything that is found for `query`, which must have at most 200 characters.

    With `as_typed` no other spelling is tried.
    """
    index = PublicIndex()
    if code := code_meant(query):
        return Found(query, codes=(code,), is_code=True, matches=_articles_on(index, code))
    codes, rest = codes_among(query)
    typed = telling_beside(rest) if codes else telling(query)
    found = _by_words(index, query, typed[:MOST_WORDS], as_typed=as_typed)
    if codes:
        return replace(found, codes=tuple(codes))
    if not found.matches and (nearest := nearest_code(query)):
        return replace(found, codes=(nearest,), missing_code=True)
    return found


def _articles_on(index: PublicIndex, code: Code) -> tuple[Match, ...]:
    coding = code.nearest_coding()
    if coding is None:
        return ()
    entries = SearchEntry.objects.filter(edition__condition=coding.condition_id)
    return tuple(index.entries(entries))


def _by_words(index: PublicIndex, query: str, typed: Sequence[str], *, as_typed: bool) -> Found:
    if not typed:
        return Found(query)
    terms = terms_of(index, typed)
    exact = index.named(*_whole_names(query, typed))
    better = [] if exact or as_typed else misspelled(index, typed, terms)
    matches = [] if better else _all_words(index, terms)
    if not (exact or matches or better or as_typed):
        better = corrected(index, typed, terms)
    if better:
        terms = terms_of(index, better)
        exact, matches = index.named(" ".join(better)), _all_words(index, terms)
    scores = {match: score(match, terms, has_all=True) for match in (*exact, *matches)}
    if not exact and all(each < WEAK for each in scores.values()):
        scores = {each: score(each, terms) for each in _any_word(index, terms)} | scores
    named = frozenset(each.id for each in exact)
    weak = (each for each, fit in scores.items() if each.edition and fit < WEAK)
    return Found(
        query,
        as_written(query, typed, better) if better else "",
        matches=_ranked(scores, exact),
        exact=named,
        mentions=frozenset(each.id for each in weak) - named,
        terms=tuple(terms),
    )


def _whole_names(query: str, typed: Sequence[str]) -> tuple[str, ...]:
    """With and without the words that tell nothing: `what is asthma` is no name, `asthma` is one.

    An abbreviation that is a word, such as BED, is meant only where it is all that was typed.
    """
    rest = " ".join(typed)
    return (norm(query),) if rest in ENGLISH_ABBREVIATIONS else (norm(query), rest)


def terms_of(index: PublicIndex, typed: Sequence[str]) -> list[Term]:
    """The last word may be the beginning of one, where it is none in this form."""
    stems = [stem(word) for word in typed]
    known = index.frequencies(stems)
    terms = [Term(each, known[each]) for each in stems]
    if len(typed[-1]) >= 2 and not index.known(typed[-1:]):
        longer = index.completions(typed[-1])
        count = known[stems[-1]] + sum(longer.values())
        terms[-1] = Term(stems[-1], count, frozenset(longer))
    return terms


def _all_words(index: PublicIndex, terms: Sequence[Term]) -> list[Match]:
    """Articles by the very words, since in long texts near ones stand by chance."""
    very, near = [term.very for term in terms], [term.stems for term in terms]
    return [
        *index.matching(very, Among.ARTICLES, MOST_CONDITIONS),
        *index.matching(near, Among.CODES, MOST_CODES),
    ]


def _any_word(index: PublicIndex, terms: Sequence[Term]) -> list[Match]:
    """Pages that have one of the rarest words of the query, as many as find not too much."""
    rarest = sorted(terms, key=lambda term: term.count)
    sums = accumulate(term.count for term in rarest)
    few = [term for term, total in zip(rarest, sums, strict=True) if total <= COMMON]
    if not few:
        return _all_words(index, rarest[:2])
    very = frozenset[str]().union(*(term.very for term in few))
    return [
        *index.matching([very], Among.ARTICLES, MOST_CONDITIONS),
        *index.codes_with_any({term.stems: round(100 * term.weight) for term in few}, MOST_CODES),
    ]


def _ranked(scores: dict[Match, float], exact: Sequence[Match]) -> tuple[Match, ...]:
    """Just this name first; then articles that answer to it; then everything by its score."""
    first = set(exact)

    def place(match: Match) -> tuple[bool, bool, float]:
        answers = match.edition is not None and scores[match] >= STRONG
        return match not in first, not answers, -scores[match]

    return tuple(sorted(scores, key=place))
