"""Where a condition stands in ICD-10-CM, and which codes lead to its article."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from conditions.models import Code, Coding


@dataclass(frozen=True)
class Place:
    """Chapter, block and category of the main code; and below each code those that inherit."""

    crumbs: tuple[Code, ...] = ()
    inheriting: tuple[tuple[str, tuple[Code, ...]], ...] = ()


def place_of(codings: list[Coding], release: int | None) -> Place:
    """Without a query once it is known: the tree changes only with a release."""
    return _place(tuple(coding.code for coding in codings), release) if release else Place()


@lru_cache(maxsize=2000)
def _place(codes: tuple[str, ...], release: int) -> Place:
    main = Code.objects.filter(key=codes[0]).first() if codes else None
    crumbs = Code.objects.breadcrumb(main)[:3] if main else ()
    below = list(Code.objects.filter(parent__in=codes, position__isnull=False).order_by("position"))
    groups = ((code, tuple(row for row in below if row.parent_id == code)) for code in codes)
    return Place(tuple(crumbs), tuple((code, rows) for code, rows in groups if rows))


forget_places = _place.cache_clear
