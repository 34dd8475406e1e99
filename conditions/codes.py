"""The shape of ICD-10-CM codes. Pure; whether a code exists is the code tree's to say."""

from __future__ import annotations

import re

_CODE = re.compile(r"([A-Z](?:[0-9][0-9A-Z]|[A-Z][0-9]))(?:\.?([0-9A-Z]{1,4}))?")

_CHAPTER = re.compile(r"CHAPTER[- ]?0?([1-9][0-9]?)")
_BLOCK = re.compile(r"([A-Z][0-9A-Z]{2})[-\u2013]([A-Z][0-9A-Z]{2})")
_AND_BELOW = re.compile(r"\.?-$")
"""How notes say "and all codes below": `E11.-`, `M61.5-`."""


def canonical_code(code: str) -> str:
    """The code as ICD-10-CM prints it: `m61569` is `M61.569`. ValueError when it is no code."""
    typed = code.strip()
    # Only ASCII goes on: some foreign letters become a plain one by `upper`.
    match = _CODE.fullmatch(typed.upper()) if typed.isascii() else None
    if match is None:
        raise ValueError(
            f"“{typed[:20]}” is not an ICD-10-CM code: write a letter, two more characters and, "
            "where there is more, a dot and one to four characters, such as M61.569."
        )
    category, detail = match.groups()
    return f"{category}.{detail}" if detail else category


def code_problem(code: str) -> str | None:
    """What is wrong with a code that must be in its canonical form; None when nothing is."""
    try:
        canonical = canonical_code(code)
    except ValueError as refused:
        return str(refused)
    return None if canonical == code else f"Write the code as {canonical}."


def canonical_key(typed: str) -> str:
    """The key in the code tree of what people type: a chapter, a block, or a code as notes name it.

    `chapter 13`, `m60-m63` and `m61.5-` are `chapter-13`, `M60-M63` and `M61.5`. ValueError when it
    is none of these.
    """
    text = typed.strip().upper()
    if chapter := _CHAPTER.fullmatch(text):
        return f"chapter-{chapter[1]}"
    if block := _BLOCK.fullmatch(text):
        return f"{block[1]}-{block[2]}"
    return canonical_code(_AND_BELOW.sub("", typed.strip()))


def codes_above(code: str) -> list[str]:
    """The codes that would stand above `code`, the category first: all its beginnings."""
    return [code[:3], *(code[:end] for end in range(5, len(code)))]
