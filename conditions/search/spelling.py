"""What somebody may have meant by words that stand nowhere.

Candidates begin with the same letter, or with one that sounds alike, or share parts of three
letters with the word. They are ordered by edit distance (optimal string alignment: insert, delete,
replace, swap neighbors), of the letters or of the sounds, and by how common they are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from conditions.search import engine, tables
from conditions.search.public_index import PublicIndex
from conditions.search.words import FUNCTION_WORDS

SHORTEST = 4
CANDIDATES = 60
_COST_OF_SPLIT = 1.0
_UNHEARD = 0.6
"""What words differ by that sound alike and are not the same."""

_HEARD_AS = {"c": "sk", "f": "p", "g": "j", "j": "g", "k": "cq", "n": "kpg", "r": "w", "s": "cpz"}
"""With which letters a word may begin that sounds as if it began with this one."""

_SOUNDS = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        ("^(?:ps|sc(?=[eiy]))", "s"),
        ("^[pkg]n", "n"),
        ("^wr|r+h", "r"),
        ("ph", "f"),
        ("sch(?=[^e])", "sk"),
        ("sth(?=m)|sc(?=[eiy])|c(?=[eiy])", "s"),
        ("cz|xs|x", "ks"),
        ("ch(?=[lr])|ck|c(?!h)|q", "k"),
        ("y", "i"),
        ("z", "s"),
        ("(?<=[aeiou])h(?![aeiou])", ""),
        (r"([b-df-hj-np-tv-z])\1", r"\1"),
    )
)


def can_be_corrected(word: str) -> bool:
    """Short words are abbreviations too often, and numbers and `what` mean what they say."""
    return len(word) >= SHORTEST and word.isalpha() and word not in FUNCTION_WORDS


def corrections(index: PublicIndex, word: str, most: int = 3, farthest: int = 3) -> list[str]:
    """Words of the vocabulary that `word` may stand for, the likeliest first."""
    lengths = len(word) - farthest, len(word) + farthest
    near = _near(word, tables.words_alike(word[0], *lengths), farthest)
    if not any(distance <= 1 for distance in near.values()):
        # The first letter may be wrong, too.
        heard = tables.words_alike(_HEARD_AS.get(word[0], ""), *lengths)
        near |= _near(word, [*heard, *engine.similar(word, CANDIDATES)], farthest)
    known = index.counts([*near, *_parts(word)])
    ranked = sorted(
        (_cost(word, each, near[each], known[each]), -known[each], each)
        for each in near
        if each in known
    )
    found = [each for *_, each in ranked]
    if split := _split(word, known):
        found.insert(0 if not ranked or ranked[0][0] > _COST_OF_SPLIT else len(found), split)
    return found[:most]


def _near(word: str, candidates: Iterable[str], farthest: int) -> dict[str, float]:
    """How far each is from `word`: by the edits, or by those that one hears and some more."""
    others = [each for each in candidates if each != word]
    seen = _edits(word, others)
    heard = _edits(by_ear(word), [by_ear(each) for each in others])
    near: dict[str, float] = {others[at]: edits + _UNHEARD for at, edits in heard.items()}
    for at, edits in seen.items():
        near[others[at]] = min(edits, near.get(others[at], edits))
    return {each: distance for each, distance in near.items() if distance <= farthest}


def _edits(word: str, others: Sequence[str]) -> dict[int, int]:
    """By the place of each in `others`, without those that have too many for words as short."""
    near = process.extract(word, others, scorer=OSA.distance, score_cutoff=3, limit=None)
    return {at: edits for other, edits, at in near if edits <= _most_edits(word, other)}


def _most_edits(word: str, other: str) -> int:
    longest = max(len(word), len(other))
    return 1 if longest <= 4 else 2 if longest <= 9 else 3


def _cost(word: str, other: str, distance: float, count: int) -> float:
    """A wrong first letter that one hears is rarer, and common words are meant more often."""
    first = 0.0 if by_ear(word)[:1] == by_ear(other)[:1] else 0.5
    return distance + first - min(1.4, 0.22 * math.log1p(count))


@lru_cache(maxsize=20_000)
def by_ear(word: str) -> str:
    """Roughly how an English word sounds: `asthma` as `asma`, `cirrhosis` as `sirosis`."""
    for pattern, to in _SOUNDS:
        word = pattern.sub(to, word)
    return word


def _parts(word: str) -> Iterator[str]:
    for at in range(3, len(word) - 2):
        yield word[:at]
        yield word[at:]


def _split(word: str, known: dict[str, int]) -> str:
    """Two words written as one, such as `heartattack`."""
    pairs = [
        (min(known[word[:at]], known[word[at:]]), f"{word[:at]} {word[at:]}")
        for at in range(3, len(word) - 2)
        if word[:at] in known and word[at:] in known
    ]
    return max(pairs)[1] if pairs else ""
