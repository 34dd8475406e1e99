"""What a query may mean that finds nothing as it was typed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from conditions.search.public_index import PublicIndex
from conditions.search.ranking import Term
from conditions.search.spelling import can_be_corrected, corrections
from conditions.search.words import stem, words

MOST_CORRECTED = 4
"""Words of a query that are tried in another spelling: each takes some milliseconds."""

_WRITTEN = re.compile(r"[^\W_]+(?:['’`´][^\W_]+)*")


def misspelled(index: PublicIndex, typed: Sequence[str], terms: Sequence[Term]) -> list[str]:
    """With words that stand nowhere in this form and most likely are another word; or empty.

    The forms of a word share its stem, yet so do `migrane` and `migrans`.
    """
    known = index.known(typed)
    better = list(typed)
    odd = [at for at, term in enumerate(terms) if term.count and typed[at] not in known]
    for at in odd[:MOST_CORRECTED]:
        if not terms[at].completed and can_be_corrected(typed[at]):
            likeliest = next(iter(corrections(index, typed[at], 1, 1)), typed[at])
            # A form of a known word is no two words either: `peritone` is not `peri tone`.
            if " " not in likeliest and stem(likeliest) != terms[at].stem:
                better[at] = likeliest
    return better if better != list(typed) else []


def corrected(index: PublicIndex, typed: Sequence[str], terms: Sequence[Term]) -> list[str]:
    """The words as they may have been meant; empty where nothing better is found."""
    if joined := _joined(index, typed):
        return joined
    unknown = [at for at, term in enumerate(terms) if _is_unknown(index, term, typed[at])]
    if not unknown:
        return _one_other_word(index, typed)
    better = list(typed)
    for at in unknown[:MOST_CORRECTED]:
        options = corrections(index, typed[at])
        better[at] = options[0] if options else typed[at]
        if options[1:] and not _finds(index, better):
            others = (_with(better, at, option) for option in options[1:])
            better = next((each for each in others if _finds(index, each)), better)
    return _apart(better) if better != list(typed) else []


def as_written(query: str, typed: Sequence[str], better: Sequence[str]) -> str:
    """The query with the corrected words in place: `ptosis of breats` is `ptosis of breast`."""
    if len(typed) != len(better):
        return " ".join(better)
    other = {old: new for old, new in zip(typed, better, strict=True) if old != new}

    def corrected_word(match: re.Match[str]) -> str:
        return " ".join(other.get(word, "") for word in words(match[0])) or match[0]

    return " ".join(_WRITTEN.sub(corrected_word, query).split())


def _is_unknown(index: PublicIndex, term: Term, word: str) -> bool:
    return not term.count and can_be_corrected(word) and not index.has([frozenset({term.stem})])


def _joined(index: PublicIndex, typed: Sequence[str]) -> list[str]:
    """One word written as two, such as `head ache`, if that finds something."""
    places = range(len(typed) - 1)
    known = index.known(typed[at] + typed[at + 1] for at in places) if places else set()
    for at in places:
        together = [*typed[:at], typed[at] + typed[at + 1], *typed[at + 2 :]]
        if together[at] in known and _finds(index, together):
            return together
    return []


def _one_other_word(index: PublicIndex, typed: Sequence[str]) -> list[str]:
    """All words are known, and no page has them all: one may be another word misspelled."""
    places = [at for at, word in enumerate(typed) if can_be_corrected(word)]
    others = _one_changed(index, typed, places[:MOST_CORRECTED]) if len(typed) > 1 else ()
    return next((_apart(other) for other in others if _finds(index, other)), [])


def _one_changed(
    index: PublicIndex, typed: Sequence[str], places: Sequence[int]
) -> Iterator[list[str]]:
    """With commoner words alone: `waist` may be meant to be `wrist`, and hardly the reverse."""
    known = index.counts(typed)
    for at in places:
        for other in corrections(index, typed[at], 2, 1):
            if min(index.counts(other.split()).values()) > known.get(typed[at], 0):
                yield _with(typed, at, other)


def _with(typed: Sequence[str], at: int, word: str) -> list[str]:
    return [*typed[:at], word, *typed[at + 1 :]]


def _apart(typed: Sequence[str]) -> list[str]:
    """A correction may be two words."""
    return [part for word in typed for part in word.split()]


def _finds(index: PublicIndex, typed: Sequence[str]) -> bool:
    return index.has([frozenset({stem(word)}) for word in _apart(typed)])
