"""Chapters of ICD-10-CM as people think of their body, with what there is to read."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Substr

from conditions.models import Code, Coding, Condition

# Icon of the sprite, the words, and the chapter it leads to.
_SYSTEMS = (
    ("bone", "Bones and muscles", "chapter-13"),
    ("heart", "Heart and circulation", "chapter-9"),
    ("lungs", "Lungs and airways", "chapter-10"),
    ("brain", "Brain and nerves", "chapter-6"),
    ("gut", "Digestion and liver", "chapter-11"),
    ("skin", "Skin and hair", "chapter-12"),
    ("eye", "Eyes", "chapter-7"),
    ("ear", "Ears", "chapter-8"),
    ("kidney", "Kidneys, bladder and reproduction", "chapter-14"),
    ("hormone", "Hormones and metabolism", "chapter-4"),
    ("blood", "Blood and immunity", "chapter-3"),
    ("microbe", "Infections", "chapter-1"),
)


@dataclass(frozen=True)
class BodySystem:
    icon: str
    name: str
    key: str
    conditions: int


def body_systems() -> list[BodySystem]:
    """All twelve with their true counts; none before the codes are loaded. Two queries."""
    chapters = dict(Code.objects.chapters().values_list("key", "path"))
    counts = _conditions_by_chapter() if chapters else {}
    return [
        BodySystem(icon, name, key, counts.get(chapters[key], 0))
        for icon, name, key in _SYSTEMS
        if key in chapters
    ]


def _conditions_by_chapter() -> dict[str, int]:
    """Published conditions by the path of a chapter; one with codes in two counts in both."""
    path = Code.objects.filter(key=OuterRef("code")).values("path")
    rows = (
        Coding.objects.filter(condition__in=Condition.objects.published())
        .annotate(chapter=Substr(Subquery(path), 1, 2))
        .order_by()
        .values("chapter")
        .annotate(conditions=Count("condition", distinct=True))
    )
    return {row["chapter"]: row["conditions"] for row in rows}
