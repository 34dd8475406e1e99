"""Found words marked in a text. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape

from django.utils.safestring import SafeString, mark_safe

from conditions.search.ranking import Term
from conditions.search.words import stems

# Letters and digits, with accents that stand as characters of their own, and apostrophes inside.
_WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f]|['’`´](?=[^\W_]))*")


def highlighted(text: str, terms: Sequence[Term]) -> SafeString:
    """`text` as HTML, with `<mark>` around the words by which it was found, in any form."""
    parts, end = [], 0
    for match in _WORD.finditer(text):
        if _is_found(match[0], terms):
            parts += [escape(text[end : match.start()]), f"<mark>{escape(match[0])}</mark>"]
            end = match.end()
    # Every part was escaped above.
    return mark_safe("".join([*parts, escape(text[end:])]))  # noqa: S308


def _is_found(word: str, terms: Sequence[Term]) -> bool:
    of_word = _stems(word)
    return any(term.found_in(of_word) for term in terms)


@lru_cache(maxsize=20_000)
def _stems(word: str) -> tuple[str, ...]:
    """Titles share most of their words."""
    return tuple(stems(word))
