"""What our Markdown says beyond prose: headings, citations, figures. Pure, and no renderer.

A citation or a figure counts wherever it stands, even in code: so nothing that a renderer may take
for one goes unchecked. Only headings do not count in fenced code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

FIGURE_FILE = re.compile(r"[a-z0-9-]+\.(?:svg|png|jpg)")
CITATION = re.compile(r"\[@[a-z0-9][a-z0-9-]*(?:\s*;\s*@[a-z0-9][a-z0-9-]*)*\]")
ANY_CITATION = re.compile(r"\[@[^\[\]]*\]")
# The classes leave out opening brackets too, which keeps a search linear on rows of brackets.
ANY_PICTURE = re.compile(r"!\[[^\[\]\n]*\] ?[(\[][^()\[\]\n]*[)\]]")

NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
"""Characters that nobody sees, and that databases, YAML and line counts disagree about."""

RESERVED_HEADINGS = ("When to get urgent help", "Warnings")
"""Sub-headings that open a body of their own."""

_BLANK = re.compile(r"\n[ \t\r]*(?=\n)")
_CITED_KEY = re.compile(r"@([a-z0-9-]+)")
_FENCE = re.compile(r"(`{3,})[^`]*|(~{3,}).*")
_HEADING = re.compile(r"(#{1,6})(.*)")
_LINK_TARGET = re.compile(r"(?<=\])\([^()\s]*\)")
_PLACED = re.compile(rf"!\[\]\(({FIGURE_FILE.pattern})\) *")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def tidy_line(text: str) -> str:
    return re.sub(r"[ \t\r\n]+", " ", text).strip(" ")


def tidy_body(markdown: str) -> str:
    """The same Markdown in the one form that is stored.

    Lines end in `\\n`, tabs are spaces up to the next fourth column (as the renderer reads them),
    and no line ends in spaces. So Markdown's line break by two spaces, which nobody sees in a text
    area, is not kept: write a list or a new paragraph instead.
    """
    text = markdown.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")


def split_code(markdown: str) -> tuple[list[tuple[int, str]], int | None]:
    """The lines outside fenced code, and the line that opens a fence which nothing closes.

    Lines are numbered from 0.
    """
    outside: list[tuple[int, str]] = []
    fence, opened_at = "", None
    for number, line in enumerate(markdown.split("\n")):
        if fence:
            if line.rstrip() == fence:
                fence, opened_at = "", None
        elif opening := _FENCE.fullmatch(line):
            fence, opened_at = opening[1] or opening[2], number
        else:
            outside.append((number, line))
    return outside, opened_at


def headings(markdown: str) -> Iterator[tuple[int, int, str]]:
    """Line, level and words of each heading."""
    for number, line in split_code(markdown)[0]:
        if match := _HEADING.fullmatch(line):
            yield number, len(match[1]), match[2].rstrip(" #").strip()


def cited_keys(markdown: str) -> tuple[str, ...]:
    """The keys of all `[@key]` and `[@one; @two]`, each once, in the order of the text."""
    citations = "".join(CITATION.findall(markdown))
    return tuple(dict.fromkeys(_CITED_KEY.findall(citations)))


def placed_figures(markdown: str) -> tuple[str, ...]:
    """The files of all `![](file.svg)` between blank lines, as often as they stand there."""
    blocks = _BLANK.split(markdown)
    return tuple(match[1] for block in blocks if (match := _PLACED.fullmatch(block.strip("\r\n"))))


def malformed(markdown: str) -> Iterator[str]:
    """What is not the Markdown of a body, with its remedy."""
    if invisible := NOT_TEXT.search(markdown.replace("\r\n", "\n")):
        yield f"This holds the invisible character U+{ord(invisible[0]):04X}: delete it."
    if split_code(markdown)[1] is not None:
        yield "A code block is not closed: end it with the line that it starts with, such as ```."
    yield from _too_high(markdown)
    for found in ANY_CITATION.findall(markdown):
        if not CITATION.fullmatch(found):
            yield f"{tidy_line(found)} is no citation: write [@key], or [@one; @two] for several."
    for block in _BLANK.split(markdown):
        if not _PLACED.fullmatch(block.strip("\r\n")):
            for found in ANY_PICTURE.findall(block):
                yield f"{found} is no figure: write ![](file.svg) on a line between blank lines."


def _too_high(markdown: str) -> Iterator[str]:
    """Headings that would end the body, in a content file or on the page."""
    reserved = {heading.casefold() for heading in RESERVED_HEADINGS}
    for _line, level, heading in headings(markdown):
        if level < 3:
            yield f"The heading “{heading}” is as high as a section: start it with ###."
        elif level == 3 and heading.casefold() in reserved:
            yield f"The heading “{heading}” opens a part of its own on every page: choose another."


def runs_of_words(markdown: str, length: int) -> Iterator[tuple[str, ...]]:
    """All that many words in a row, as they are read: no case, citations or link targets."""
    text = _LINK_TARGET.sub(" ", ANY_CITATION.sub(" ", markdown))
    words = _WORD.findall(text.replace("\u2019", "'").casefold())
    return zip(*(words[start:] for start in range(length)), strict=False)
