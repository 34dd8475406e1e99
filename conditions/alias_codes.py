"""Which codes may have a name of their own."""

from __future__ import annotations

from conditions.models import Code, Kind


def refused_code(key: str, code: Code | None) -> str | None:
    """Why `key` may not have one; `code` is its row, if it has any."""
    if code is None:
        return f"ICD-10-CM has no code {key}: find it by its name on the page “Codes”."
    if code.retired_in:
        return f"{key} was retired in ICD-10-CM {code.retired_in}: name the code that replaced it."
    if code.kind == Kind.EXTENSION:
        return f"{key} has a 7th character: give the name to {code.parent_id}, above it."
    return None
