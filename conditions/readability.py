"""How hard a text is to read: words, and the automated readability index. Pure.

The index is about the American school grade that reads a text with ease: 4.71 letters a word plus
0.5 words a sentence less 21.43 (Senter and Smith, "Automated Readability Index", 1967).
"""

from __future__ import annotations

import re

_MARKUP = re.compile(r"\[@[^\]]*\]|\]\([^)]*\)|[*_`]")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
# The end of a line, such as an item of a list, ends a sentence too, stop or no stop.
_SENTENCE_END = re.compile(r"[.!?:]\s*(?:\n|$)|[.!?:](?=\s)|\n")
_NOT_PROSE = ("|", "#", "Table:", "![")


def words(markdown: str) -> list[str]:
    return _WORD.findall(_MARKUP.sub(" ", markdown))


def readability_index(markdown: str) -> float:
    """The index of the prose and lists of a text, without headings, tables, figures; 0 if empty."""
    lines = [line.strip() for line in markdown.splitlines()]
    prose = "\n".join(line for line in lines if line and not line.startswith(_NOT_PROSE))
    found = words(prose)
    if not found:
        return 0.0
    sentences = max(1, len(_SENTENCE_END.findall(prose)))
    return 4.71 * sum(map(len, found)) / len(found) + 0.5 * len(found) / sentences - 21.43
