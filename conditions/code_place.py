"""Where a condition stands in ICD-10-CM, and which codes lead to its article."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Q

from conditions.models import Code, Coding


@dataclass(frozen=True)
class Place:
    """Chapter, block and category of the main code; and below each code those that inherit."""

    crumbs: tuple[Code, ...] = ()
    inheriting: tuple[tuple[str, tuple[Code, ...]], ...] = ()


def place_of(codings: list[Coding], release: int | None) -> Place:
    """Without a query once it is known: the tree changes only with a release."""
    if not codings or not release:
        return Place()
    return _place(codings[0].category, tuple(coding.code for coding in codings), release)


@lru_cache(maxsize=2000)
def _place(category: str, codes: tuple[str, ...], release: int) -> Place:
    """In one query."""
    rows = list(
        Code.objects.filter(Q(key=category) | Q(parent__in=codes, position__isnull=False))
        .select_related("parent__parent")
        .order_by("position")
    )
    crumbs = next((tuple(_line(row)) for row in rows if row.key == category), ())
    groups = ((code, tuple(row for row in rows if row.parent_id == code)) for code in codes)
    return Place(crumbs, tuple((code, below) for code, below in groups if below))


def _line(category: Code) -> list[Code]:
    """Chapter, block and category."""
    block = category.parent
    chapter = block and block.parent
    return [code for code in (chapter, block, category) if code]


forget_places = _place.cache_clear
