"""Queries that no search should break on: by hand, and as many random ones as are asked for."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

HOSTILE = (
    # Full text of SQLite
    '"', '""', '"asthma', "asthma*", "*", "^asthma", "title:asthma", "title : cholera", "-asthma",
    "NEAR(asthma pain, 2)", "NEAR", "NEAR(", "asthma AND", "OR", "NOT cholera", "AND OR NOT",
    "(asthma", ")", "{title names}: cholera", "asthma + pain", "rank", "conditions_searchtext",
    # Full text of PostgreSQL
    "asthma & pain", "&", "|", "!", "!!asthma", "asthma <-> pain", "<2>", "asthma:*", ":*", ":A",
    "'asthma", "'' '", "asthma:ABCD", "a & | b", "$$", "$1", "%s", "%(q)s", "%", "100%", "%%", "?",
    # SQL, markup, templates, paths
    "'; DROP TABLE conditions_code; --", "1' OR '1'='1", "a\\'b", "\\", "\\\\", "\\x00", "/* */",
    "<script>alert(1)</script>", "{{ 7 * 7 }}", "{% debug %}", "../../etc/passwd", "[", "[^", "{}",
    "[[[[", "((((", "]]", "_", "__class__", "~", "`", "|||", ";", "#", "#q", "&limit=5", "=", "+",
    # Characters
    "\t", "\n\r", "\x01\x02", "\x1b[31m", "\x7f", "\x85", "\u2028", "\u200b", "\ufeff", "\ufffd",
    "\U0001f9b4", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\u202eamhtsa", "ألم في الساق",
    "כאב", "咳嗽", "ก", "a\u0301\u0302\u0303\u0304", "\u0301" * 50, "Z\u0351\u036b\u0343algo",
    "ß", "ſ", "İ", "ﬁ", "Ⅻ", "①", "½", "١٢٣", "Ｍ６１．５６９", "Ménière’s", "œdème", "\U000e0041",
    "𝕒𝕤𝕥𝕙𝕞𝕒", "\ue000", "\uffff", "\U0010ffff",
    # Shapes
    "", " ", " " * 200, "." * 200, "0" * 200, "a" * 200, "a " * 100, "9" * 19, "-1", "1e9", "NaN",
    "the of and", "what is it", "symptoms", "null", "None", "true", "0", "00", "a", "ab", "x" * 40,
    "x" * 41, "M", "M6", "M61.", "M61.-", "M61.5-", "M99.999999", "Z99.99XXXA", "A00-B99", "A-B",
    "chapter-13", "chapter-", "ICD-10", "ICD-10 M61.569", "icd", "M61.569 M61.569", "M61 569 pain",
    "asthma " * 28, "cholera, unspecified", "m61569 " * 28,
)  # fmt: skip

_OPERATORS = (
    *'"*^:-+()[]{}&|!<>~%_\\/\'`.,;?#$@=',
    "AND", "OR", "NOT", "NEAR(", "<->", ":*", "--", "''", '""', "\t", "\n", "\x7f", "  ",
)  # fmt: skip
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_PLANES = ((0x20, 0x7E), (0xA0, 0x24F), (0x300, 0x36F), (0x370, 0x6FF), (0x2000, 0x2BFF),
           (0x3040, 0x9FFF), (0xE000, 0xFFFD), (0x1F300, 0x1FAFF))  # fmt: skip


def random_queries(seed: int, many: int, known: Sequence[str]) -> Iterator[str]:
    """The hostile ones, then mixtures of parts of `known` words, operators and any characters."""
    yield from HOSTILE[:many]
    chance = random.Random(seed)  # noqa: S311  (the same ones each time)
    for _ in range(many - len(HOSTILE)):
        parts = (_part(chance, known) for _ in range(chance.choice((1, 1, 2, 2, 3, 4, 6, 12, 40))))
        yield chance.choice(("", " ", " ")).join(parts)[:200]


def _part(chance: random.Random, known: Sequence[str]) -> str:
    match chance.randrange(7):
        case 0:
            return chance.choice(known)
        case 1:
            return chance.choice(known)[: chance.randint(1, 8)]
        case 2:
            return misspelled(chance, chance.choice(known))
        case 3:
            return chance.choice(_OPERATORS)
        case 4:
            return "".join(chance.choices(_LETTERS, k=chance.randint(1, 15)))
        case 5:
            return f"{chance.choice('ABIMSTZ')}{chance.randrange(100):02}.{chance.randrange(9999)}"
        case _:
            first, last = chance.choice(_PLANES)
            return "".join(chr(chance.randint(first, last)) for _ in range(chance.randint(1, 6)))


def misspelled(chance: random.Random, word: str) -> str:
    """With a letter left out, doubled, replaced, or swapped with the next."""
    at = chance.randrange(max(1, len(word) - 1))
    before, letter, after = word[:at], word[at : at + 1], word[at + 1 :]
    return chance.choice(
        (
            before + after,
            before + letter * 2 + after,
            before + chance.choice(_LETTERS[:26]) + after,
            before + after[:1] + letter + after[1:],
        )
    )
