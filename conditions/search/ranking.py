"""How well a page answers a query, from 0 to about 1. Pure, and so the same on both databases.

A name that is all of the query and nothing else is best; a page that has its words here and there
is worst. Rare words of the query count more than common ones.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from conditions.search.engine import Match
from conditions.search.near_words import NEAR

STRONG = 0.55
"""From here on a name of the page answers the query."""

WEAK = 0.35
"""Below it the words of the query stand here and there, most of them in an article's text."""

_NAMES = 60_000
"""About how many names there are; only the order of magnitude matters."""

_IN_TEXT = 0.3
_COMPLETED = 0.8
_NEAR = 0.7


@dataclass(frozen=True)
class Term:
    """One word of a query: its stem, and the stems of words that begin with it."""

    stem: str
    count: int
    completed: frozenset[str] = frozenset()

    @cached_property
    def near(self) -> frozenset[str]:
        return NEAR.get(self.stem, frozenset())

    @cached_property
    def very(self) -> frozenset[str]:
        return self.completed | {self.stem}

    @property
    def stems(self) -> frozenset[str]:
        return self.very | self.near

    @cached_property
    def weight(self) -> float:
        """Inverse document frequency."""
        return math.log1p(_NAMES / (1 + self.count))

    def found_in(self, stems: Sequence[str] | set[str]) -> float:
        if self.stem in stems:
            return 1.0
        if self.completed and not self.completed.isdisjoint(stems):
            return _COMPLETED
        return _NEAR if self.near and not self.near.isdisjoint(stems) else 0.0


def score(match: Match, terms: Sequence[Term], *, has_all: bool = False) -> float:
    """`has_all` says that the page has all words, be it in the text of an article."""
    names = [name.split() for name in (match.title, *match.names.split("\n")) if name]
    spread = _found(set[str]().union(*names), terms)
    if not spread:
        return _IN_TEXT if has_all else 0.0
    total = _weight(terms)
    best = max(_answer(name, terms, total) for name in names)
    return max(best, 0.5 * (sum(spread) / total) ** 2) * _precedence(match)


def name_score(name: Sequence[str], terms: Sequence[Term]) -> float:
    """By how much of the query the name has, and then by how little else."""
    return _answer(name, terms, _weight(terms))


def _answer(name: Sequence[str], terms: Sequence[Term], total: float) -> float:
    found = _found(name, terms)
    if not found:
        return 0.0
    return (sum(found) / total) ** 2 * (0.6 + 0.4 * min(1.0, len(found) / len(name)))


def _found(stems: Sequence[str] | set[str], terms: Sequence[Term]) -> list[float]:
    """What each word of the query that is among the stems weighs there."""
    return [term.weight * fit for term in terms if (fit := term.found_in(stems))]


def _weight(terms: Sequence[Term]) -> float:
    return sum([term.weight for term in terms])


def _precedence(match: Match) -> float:
    """Articles before codes, and of codes the broader ones; chapters and blocks hold no cases."""
    if match.edition is not None:
        return 1.1
    return 0.9 if match.depth < 2 else 1 - 0.01 * match.depth
