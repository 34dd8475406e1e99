"""The shape of an ICD-10-CM code. Pure; whether a code exists is the code tree's to say."""

from __future__ import annotations

import re

_CODE = re.compile(r"([A-Z](?:[0-9][0-9A-Z]|[A-Z][0-9]))(?:\.?([0-9A-Z]{1,4}))?")


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
