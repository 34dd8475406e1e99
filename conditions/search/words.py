"""Words as the search compares them: folded, in one spelling, and as stems. Pure.

Both databases index what is made here, so that both find the same.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from threading import Lock

from snowballstemmer import stemmer

from conditions.search.shorthand import spelled_out

LONGEST = 40
"""Letters of a word that count; ICD-10-CM has none that is longer."""

_GREEK = dict(
    zip(
        "αβγδεζηθκλμσω",
        "alpha beta gamma delta epsilon zeta eta theta kappa lambda mu sigma omega".split(),
        strict=True,
    )
)
_LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "ı": "i"} | _GREEK)
_POSSESSIVE = re.compile(r"(?<=[a-z])(?:['’`´]s\b|s['’`´](?![a-z]))")
_APOSTROPHE = re.compile(r"(?<=[a-z])['’`´](?=[a-z])")
_WORD = re.compile(r"[a-z0-9]+")
# One spelling for the British and the American one. Short words (toe, does, hour) stay.
_SPELLINGS = (
    (re.compile(r"(?:ae|oe)(?=\w)"), "e"),
    (re.compile(r"(?<=\w{2})our(?=s|ed|ing|al)?$"), "or"),
    (re.compile(r"sulph"), "sulf"),
    (re.compile(r"(?<=\w{5})is(?=(?:ed|ations?)$)"), "iz"),
    (re.compile(r"(?<=\w{4})ys(?=ed$)"), "yz"),
)
_SHORTEST_WITH_SPELLINGS = 6

FUNCTION_WORDS = frozenset(
    "a an and are as at be by can could do does for from get got had has have having how i if in "
    "into is it its like me my of off on or our out should that the their them there these they "
    "this those to was we what when which while who why will with would you your".split()
)
"""They tell conditions apart nowhere; dropped while another word is left."""

ASKING_WORDS = frozenset(
    "about billing cause causes code codes cure cures definition diagnosed diagnosis dx explained "
    "information meaning medicine medicines remedies remedy symptom symptoms treat treated "
    "treatment treatments".split()
)
"""What somebody wants to know of a condition, and not which condition it is."""

ENGLISH_ABBREVIATIONS = frozenset(
    "add age all am an arc arm as ash at be bed bid boo bop bos cap clad cup des did dish dress "
    "gas gist hat hit hoe iris lip load los mac map mash me met mid nec nerd net no of oh old on "
    "pad pan par pea pet pie pop post pots pour prep prom rad rash rod sad sea see sip slap so sob "
    "ted ten tic tin top vet wad was wed wee".split()
)
"""Abbreviations that are ordinary words too: meant only where they are all that was typed."""

_stemmer, _lock = stemmer("english"), Lock()


def fold(text: str) -> str:
    """Lower case without accents, ligatures and possessives: “Ménière’s” is “meniere”."""
    plain = text.casefold()
    if not plain.isascii():
        lower = unicodedata.normalize("NFKD", plain).translate(_LETTERS)
        plain = "".join(char for char in lower if not unicodedata.combining(char))
    return _APOSTROPHE.sub("", _POSSESSIVE.sub("", plain))


def words(text: str) -> list[str]:
    return [one_spelling(word[:LONGEST]) for word in _WORD.findall(fold(text))]


@lru_cache(maxsize=50_000)
def one_spelling(word: str) -> str:
    """`oedema`, `tumour` and `hospitalised` as Americans write them."""
    if len(word) < _SHORTEST_WITH_SPELLINGS:
        return word
    for pattern, to in _SPELLINGS:
        word = pattern.sub(to, word)
    return word


def norm(text: str) -> str:
    """A whole name in the form in which two spellings of it are equal."""
    return " ".join(words(text))


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The part of a word that its forms share; by the Snowball rules for English."""
    if len(word) <= 3 or not word.isalpha():
        return word
    with _lock:
        return str(_stemmer.stemWord(word))


def stems(text: str) -> list[str]:
    return [stem(word) for word in words(text)]


def telling(query: str) -> list[str]:
    """The words that tell conditions apart, in their order; all of them when none does.

    Of `icd 10 code for asthma` it is `asthma`.
    """
    found = words(spelled_out(query)) or words(query)
    kept = [word for word in found if word not in FUNCTION_WORDS]
    return _naming(kept) or kept or found


def telling_beside(rest: str) -> list[str]:
    """The same of what stands beside a code, where words that tell nothing are left out."""
    return _naming(words(spelled_out(rest)))


def _naming(found: list[str]) -> list[str]:
    return [word for word in found if word not in FUNCTION_WORDS and word not in ASKING_WORDS]
