"""Codes in what people type: `m61569`, `M61 569`, `ICD-10 M61.5-`, `J45 asthma`."""

from __future__ import annotations

import re

from conditions.codes import canonical_key, codes_above
from conditions.models import Code

_PREFIX = re.compile(
    r"^\W*(?:icd(?:[\s-]*10)?(?:[\s-]*cm)?)?[\s:#-]*(?:(?:diagnosis|dx)?\s*codes?\b)?[\s:#-]*",
    re.IGNORECASE,
)
_SPACED = re.compile(
    r"^([A-Z](?:\d[0-9A-Z]|[A-Z]\d))[\s._-]+(?![A-Z]\d\w\b)([0-9A-Z]{1,4})(?=[.\s-]*$)", re.I
)
# Not the end of another word: HLA-B27 is no code.
_AMONG_WORDS = re.compile(
    r"(?<![A-Z]-)\b[A-Z](?:\d[0-9A-Z]|[A-Z]\d)(?:\.[0-9A-Z]{1,4}|[0-9A-Z]{0,4})\b", re.I
)
_LOOK_ALIKES = str.maketrans("OIL", "011")


def code_meant(text: str) -> Code | None:
    """The one code, block or chapter that all of `text` names, spelled in any usual way."""
    key = _whole(text)
    if not key:
        return None
    keys = [key, key[0] + key[1:].translate(_LOOK_ALIKES)]
    found = {code.key: code for code in Code.objects.filter(key__in=keys)}
    return next((found[each] for each in keys if each in found), None)


def nearest_code(text: str) -> Code | None:
    """For a code that does not exist: the one that it would stand under."""
    key = _whole(text)
    if len(key) <= 3 or "-" in key:
        return None
    return Code.objects.filter(key__in=codes_above(key)).order_by("path").last()


def codes_among(text: str) -> tuple[list[Code], str]:
    """Codes that stand in a text among other words, in their order, and those other words.

    Of `J45 asthma` it is J45, and `asthma`.
    """
    keys = {typed: _key(typed) for typed in _AMONG_WORDS.findall(text)}
    found = {code.key: code for code in Code.objects.filter(key__in=keys.values())} if keys else {}
    rest = _AMONG_WORDS.sub(lambda match: "" if keys[match[0]] in found else match[0], text)
    return [found[key] for key in dict.fromkeys(keys.values()) if key in found], rest


def _whole(text: str) -> str:
    return _key(_SPACED.sub(r"\1.\2", _PREFIX.sub("", text, count=1).strip(" .:")))


def _key(typed: str) -> str:
    try:
        return canonical_key(typed)
    except ValueError:
        return ""
