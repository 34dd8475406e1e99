"""How often the search finds what is meant by misspelled names.

    python -m benchmarks.search_quality [N] [SEED]

Takes N names of codes (titles, inclusion terms, aliases), misspells one word of each in one of
seven ways that people do, and counts how often the code, one above it or one below it stands first,
and among the first five. On the data of VAR_DIR or DATABASE_URL, as `make run` has it. What was
missed is printed.
"""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator

import django

from config import local

local.set_environment(debug=False)
django.setup()

from conditions.models import SearchName  # noqa: E402  (needs the settings)
from conditions.search.finding import find  # noqa: E402

SHORTEST, LONGEST = 5, 60

BY_EAR = (
    *(("ph", "f"), ("y", "i"), ("rrh", "r"), ("c", "k"), ("ae", "e"), ("x", "ks"), ("th", "t")),
    *(("ps", "s"), ("pn", "n"), ("ch", "k"), ("ou", "u"), ("ei", "ie"), ("s", "z"), ("rh", "r")),
)


def transposed(word: str, at: int, _rng: random.Random) -> str:
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def left_out(word: str, at: int, _rng: random.Random) -> str:
    return word[:at] + word[at + 1 :]


def doubled(word: str, at: int, _rng: random.Random) -> str:
    return word[:at] + word[at] + word[at:]


def other_vowel(word: str, _at: int, rng: random.Random) -> str:
    places = [at for at, char in enumerate(word) if char in "aeiou" and at]
    if not places:
        return word
    at = rng.choice(places)
    return word[:at] + rng.choice("aeiou".replace(word[at], "")) + word[at + 1 :]


def next_key(word: str, at: int, rng: random.Random) -> str:
    keys = "qwertyuiopasdfghjklzxcvbnm"
    return word[:at] + keys[(keys.index(word[at]) + rng.choice((-1, 1))) % 26] + word[at + 1 :]


def by_ear(word: str, _at: int, rng: random.Random) -> str:
    there = [(old, new) for old, new in BY_EAR if old in word]
    if not there:
        return word
    old, new = rng.choice(there)
    return word.replace(old, new, 1)


def undoubled(word: str, _at: int, _rng: random.Random) -> str:
    return re.sub(r"([a-z])\1", r"\1", word, count=1)


WAYS: tuple[Callable[[str, int, random.Random], str], ...] = (
    transposed, left_out, doubled, other_vowel, next_key, by_ear, undoubled,
)  # fmt: skip


def misspelled(title: str, rng: random.Random) -> tuple[str, str] | None:
    """The name with one word misspelled, and the name of the way; None if no word is long."""
    words = title.lower().split()
    long = [at for at, word in enumerate(words) if len(word) >= SHORTEST and word.isalpha()]
    if not long:
        return None
    place, way = rng.choice(long), rng.choice(WAYS)
    word = words[place]
    wrong = way(word, rng.randrange(1, len(word) - 1), rng)
    if wrong == word:
        return None
    words[place] = wrong
    return " ".join(words), way.__name__


def samples(many: int, seed: int) -> Iterator[tuple[str, str, str]]:
    rng = random.Random(seed)  # noqa: S311 (a sample, no secret)
    names = SearchName.objects.filter(entry__depth__range=(2, 4), is_abbreviation=False)
    rows = names.order_by("entry__code", "norm").values_list("entry__code", "name")
    listed = [row for row in rows if len(row[1]) < LONGEST]
    while many:
        key, title = rng.choice(listed)
        if wrong := misspelled(title, rng):
            many -= 1
            yield key, *wrong


def main() -> None:
    many, seed = (int(value) for value in [*sys.argv[1:], "400", "1"][:2])
    first: Counter[str] = Counter()
    five: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for key, query, way in samples(many, seed):
        answer = find(query)
        found = [match.code or "" for match in answer.matches if match.code][:5]
        hits = [bool(code) and (code.startswith(key) or key.startswith(code)) for code in found]
        asked[way] += 1
        first[way] += bool(hits[:1] and hits[0])
        five[way] += any(hits)
        if not any(hits):
            print(f"missed: {query!r} for {key}, found {found[:3]} as {answer.corrected!r}")
    for way in sorted(asked):
        print(_line(way, asked[way], first[way], five[way]))
    print(_line("all", many, first.total(), five.total()))


def _line(way: str, asked: int, first: int, five: int) -> str:
    return f"{way:12} n={asked:4}  @1 {first / asked:.3f}  @5 {five / asked:.3f}"


if __name__ == "__main__":
    main()
