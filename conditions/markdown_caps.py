"""What Markdown is refused because it would take too long to parse.

python-markdown takes more than linear time, or runs out of stack, on much of some things. With
these caps the worst text found takes about half a second.
"""

from __future__ import annotations

import re

from conditions.markdown_dialect import CITATION
from conditions.text import MAX_BODY

MAX_UNCLOSED = 30
MAX_LINES = 400
MAX_DEPTH = 20
MAX_MEANINGS = 30
MAX_PIPES = 100
MAX_CELLS = 4_000
MAX_NOTES = 300
MAX_DEFINITIONS = 100
MAX_DEFINITION = 300
"""Characters of one abbreviation's meaning or one address, which a text can use again and again."""
MAX_EXPANDED = 500_000
MAX_EMPHASIS = 800


class Unrenderable(ValueError):
    """The text cannot be rendered in reasonable time. The message says what to do."""


def check_caps(markdown: str) -> None:
    """Refuse a text that would take too long, before any of it is parsed."""
    _cap(len(markdown), MAX_BODY, "characters in this text", "Shorten it.")
    text = plain(markdown)
    blocks = re.split(r"\n[ \t]*(?=\n)", text)
    for block in blocks:
        _check_block(block)
    _cap(text.count("[^"), MAX_NOTES, "footnote marks in this text", "Use fewer footnotes.")
    cells = sum(_cells(block) for block in blocks)
    _cap(cells, MAX_CELLS, "table cells in this text", "Use smaller tables.")
    _check_definitions(text, blocks)


def _check_definitions(text: str, blocks: list[str]) -> None:
    definitions = len(re.findall(r"\][ ]?:", text))
    _cap(definitions, MAX_DEFINITIONS, "definitions “[…]:” in this text", "Use fewer of them.")
    longest = max(_longest_definition(block) for block in blocks)
    advice = "Shorten it, or put blank lines round it."
    _cap(longest, MAX_DEFINITION, "characters in a definition “[…]: …”", advice)
    uses = max(text.count("["), len(re.findall(r"\w+", text)))
    advice = "Shorten the longest definition."
    _cap(uses * longest, MAX_EXPANDED, "characters with definitions written out", advice)


def _check_block(block: str) -> None:
    lines = block.split("\n")
    advice = "Put a blank line between its parts."
    _cap(len(lines), MAX_LINES, "lines without a blank line between them", advice)
    emphasis = block.count("*") + block.count("_")
    _cap(emphasis, MAX_EMPHASIS, "“*” and “_” without a blank line between them", advice)
    meanings = sum(line.lstrip(" >").startswith(":") for line in lines)
    _cap(meanings, MAX_MEANINGS, "definitions “: …” without a blank line between them", advice)
    advice = "Close them, or write “\\[” for a bracket."
    _cap(_unclosed(block), MAX_UNCLOSED, "“[” or “](” without an end in a paragraph", advice)
    pipes = max(line.count("|") for line in lines)
    _cap(pipes, MAX_PIPES, "“|” in one line", "Use a table with fewer columns.")
    depth = max(_depth(line) for line in lines)
    _cap(depth, MAX_DEPTH, "levels of lists, quotations or indentation", "Nest them less deeply.")


def _cap(count: int, limit: int, what: str, advice: str) -> None:
    if count > limit:
        raise Unrenderable(f"Too many {what}: {count:,}, where {limit:,} is the most. {advice}")


# Plain enough that python-markdown is certain to see an end too. A backslash, code or a quotation
# mark may hide the end from it, so what holds one counts as unclosed.
_CLOSED = re.compile(r"\[[^\[\]\\`]*\](?:\([^()\[\]\\`<\"']*\)|(?!\())")


def _unclosed(block: str) -> int:
    rest = block.replace(r"\\", "").replace(r"\[", "")
    for _level in range(3):  # a link round an image round a citation is nested enough
        rest = _CLOSED.sub("", rest)
    return rest.count("[")


_ABBREVIATION = re.compile(r"^[ >*+:\d.-]*\*\[", re.MULTILINE)


def _longest_definition(block: str) -> int:
    # A footnote or citation before a colon defines nothing, unless an abbreviation holds it.
    if not _ABBREVIATION.search(block):
        block = re.sub(rf"\[\^[^\[\]\n]*\]|{CITATION}", "", block)
    return max((len(text) for text in re.findall(r"\][ ]?:\s*(.*)", block)), default=0)


def _depth(line: str) -> int:
    markers = r"[ >]*(?:(?:[*+:-]|\d+\.)(?:[ >]+|$))*"
    found = re.match(markers, line.expandtabs(4).rstrip())
    start = found[0] if found else ""
    return start.count(" " * 4) + len(re.findall(r"[>*+:.-]", start))


def _cells(block: str) -> int:
    """How many cells the block makes if it is a table: every row is as long as the first."""
    lines = block.split("\n")
    columns = max(line.count("|") for line in lines)
    return (columns + 1) * len(lines) if columns else 0


def plain(markdown: str) -> str:
    """Without control characters and lone surrogates, which no text needs and nh3 refuses."""
    text = markdown.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", "", text)
