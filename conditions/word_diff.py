"""Which words two texts do not share, as HTML. Pure: no database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

MOST_PAIRS = 1_000_000
"""Beyond that many pairs two passages are taken to be different as a whole: it would take long."""

_WORD = re.compile(r"\w+|\s+|[^\w\s]")
_GONE = '<del><span class="vh">[removed] </span>{}</del>'
_NEW = '<ins><span class="vh">[added] </span>{}</ins>'

Change = tuple[bool, str, str]
"""Whether a passage is in both texts, and its words in each."""


def compared(old: str, new: str) -> tuple[SafeString, SafeString]:
    """Both texts, with what only the old one has marked as gone, and only the new one as added."""
    changes = list(_by_words(old, new))
    return (
        _marked(_GONE, ((same, left) for same, left, _right in changes)),
        _marked(_NEW, ((same, right) for same, _left, right in changes)),
    )


def _by_words(old: str, new: str) -> Iterator[Change]:
    """By lines first, so that long texts with few changes are quick."""
    for change in _changes(old.splitlines(keepends=True), new.splitlines(keepends=True)):
        same, left, right = change
        if same:
            yield change
        else:
            yield from _changes(_WORD.findall(left), _WORD.findall(right))


def _changes(old: list[str], new: list[str]) -> Iterator[Change]:
    if len(old) * len(new) > MOST_PAIRS:
        yield False, "".join(old), "".join(new)
        return
    for tag, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        yield tag == "equal", "".join(old[a:b]), "".join(new[c:d])


def _marked(mark: str, passages: Iterator[tuple[bool, str]]) -> SafeString:
    pieces = ((text if same else format_html(mark, text),) for same, text in passages if text)
    return format_html_join("", "{}", pieces)
