"""Codes named in a note become links, when they exist."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from conditions.codes import canonical_key
from conditions.models import Code, CodeNote

_CODE = r"[A-Z][0-9A-Z]{2}(?:\.[0-9A-Z]{1,4})?"
# A code, one "and all below" (E11.-), or a range (C00-C96), as notes write them.
_NAMED = re.compile(rf"\b({_CODE})(?:-({_CODE})\b|(\.?-)(?![0-9A-Z]))?")


class NoteLinks:
    """Knows from one query which of the codes that some texts name there are."""

    def __init__(self, texts: Iterable[str]) -> None:
        named = [match for text in texts for match in _NAMED.finditer(text)]
        keys = {_key(part) for match in named for part in match.groups()[:2] if part}
        spans = {match[0] for match in named if match[2]}
        # A range is the key of a block, or else the span of a chapter: those few are read.
        chapter = Q(parent=None, position__isnull=False, span__in=spans)
        found = Code.objects.filter(Q(key__in=keys | spans) | chapter)
        # A chapter may have the span of its only block: the deeper one is meant.
        rows = found.order_by("depth").values_list("key", "span")
        self._key_of = {name: key for key, span in rows for name in (span, key) if name}

    def html(self, note: CodeNote) -> SafeString:
        text = _NAMED.sub(self._linked, str(escape(note.text)))
        if note.character:
            text = f"<code>{escape(note.character)}</code> {text}"
        return mark_safe(text)  # noqa: S308 (escaped; only links of ours are added)

    def _linked(self, match: re.Match[str]) -> str:
        first, last, _below = match.groups()
        if last and match[0] not in self._key_of:
            return f"{self._link(first, first)}-{self._link(last, last)}"
        return self._link(match[0] if last else first, match[0])

    def _link(self, named: str, shown: str) -> str:
        key = self._key_of.get(named) or self._key_of.get(_key(named))
        if not key:
            return shown
        return format_html('<a href="{}">{}</a>', reverse("code", args=[key]), shown)


def _key(named: str) -> str:
    try:
        return canonical_key(named)
    except ValueError:
        return ""
