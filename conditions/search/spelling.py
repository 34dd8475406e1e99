"""What somebody may have meant by words that stand nowhere.

Candidates share parts of three letters with the word; they are ordered by edit distance (optimal
string alignment: insert, delete, replace, swap neighbors), then by how common they are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from rapidfuzz.distance import OSA

from conditions.search import engine, tables
from conditions.search.public_index import PublicIndex

SHORTEST = 4
CANDIDATES = 60
_COST_OF_SPLIT = 1.0


def can_be_corrected(word: str) -> bool:
    """Short words are abbreviations too often, and numbers mean what they say."""
    return len(word) >= SHORTEST and word.isalpha()


def corrections(index: PublicIndex, word: str, most: int = 3, farthest: int = 3) -> list[str]:
    """Words of the vocabulary that `word` may stand for, the likeliest first."""
    alike = tables.words_alike(word[0], len(word) - farthest, len(word) + farthest)
    near = _near(word, alike, farthest)
    if 1 not in near.values():
        # The first letter may be wrong, too.
        near |= _near(word, engine.similar(word, CANDIDATES), farthest)
    known = index.counts([*near, *_parts(word)])
    ranked = sorted(
        (_cost(word, each, near[each], known[each]), each) for each in near if each in known
    )
    found = [each for _cost, each in ranked]
    if split := _split(word, known):
        found.insert(0 if not ranked or ranked[0][0] > _COST_OF_SPLIT else len(found), split)
    return found[:most]


def _near(word: str, candidates: Iterable[str], farthest: int) -> dict[str, int]:
    edits = {each: _edits(word, each) for each in candidates if each != word}
    return {each: many for each, many in edits.items() if many <= farthest}


def _edits(word: str, other: str) -> int:
    """More than three where they are too many for words as short."""
    longest = max(len(word), len(other))
    allowed = 1 if longest <= 4 else 2 if longest <= 9 else 3
    edits = int(OSA.distance(word, other, score_cutoff=allowed))
    return edits if edits <= allowed else 4


def _cost(word: str, other: str, edits: int, count: int) -> float:
    """Edits; a wrong first letter is rarer, and common words are meant more often."""
    first = 0.0 if word[0] == other[0] else 0.5
    return edits + first - min(1.4, 0.32 * math.log1p(count))


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
