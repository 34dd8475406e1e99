"""The public text of an edition, rendered. What stands here every visitor may read.

Kept in the process: an approved edition never changes, so nothing has to be purged. Drafts are
rendered each time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import (
    Exists,
    OuterRef,
    Prefetch,
    QuerySet,
    Subquery,
    prefetch_related_objects,
)
from django.urls import reverse
from django.utils.safestring import SafeString

from conditions.models import CodeRelease, Condition, Edition, Figure, MedicalReview, Reference
from conditions.rendering import Citations, Plate, render
from conditions.text import PUBLIC_BODIES, SECTION_OF_FIELD, lines

_CITATION = re.compile(r"\[@[^\]]*\]")
_FIGURE = re.compile(r"^!\[[^\]]*\]\([^)]*\)[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Source:
    """One line of the reference list, with the way back to where it is cited first."""

    number: int
    citation: str
    link: str
    cited_at: str


@dataclass(frozen=True)
class Article:
    overview: SafeString
    causes: SafeString
    symptoms: SafeString
    urgent_help: SafeString
    diagnosis: SafeString
    teaser: SafeString
    warnings: SafeString
    names: tuple[str, ...]
    covers: tuple[str, ...]
    cited: tuple[str, ...]
    sources: tuple[Source, ...]


def editions_for_page(language: str) -> QuerySet[Edition]:
    """Live editions with all that a condition page shows of them but the child rows."""
    latest = MedicalReview.objects.filter(edition=OuterRef("pk"))
    related = Condition.related.through.objects.filter(from_condition=OuterRef("condition"))
    return (
        Edition.objects.live(language)
        .select_related("condition", "overview", "causes", "symptoms", "diagnosis", "treatment")
        .annotate(
            reviewer=Subquery(latest.values("reviewer_name")[:1]),
            credentials=Subquery(latest.values("credentials")[:1]),
            reviewed_on=Subquery(latest.values("reviewed_on")[:1]),
            release=Subquery(CodeRelease.objects.order_by("-pk").values("pk")[:1]),
            has_related=Exists(related),
        )
    )


def public_article(edition: Edition) -> Article:
    """`edition` must be fetched by `editions_for_page`, which brings the public sections along."""
    return _kept(edition) if edition.is_fixed else _rendered(edition)


@lru_cache(maxsize=1000)
def overview_alone(edition: Edition) -> SafeString:
    """The overview for another page than its own: without citations and figures, which lead there.

    `edition` must bring its overview along.
    """
    prose = _CITATION.sub("", edition.overview.body)
    return render(_FIGURE.sub("", prose), prefix="overview")


def load_parts(edition: Edition) -> None:
    """Fetch names, references and figures onto the edition, once a request."""
    figures = Prefetch("figures", Figure.objects.select_related("picture").defer("picture__data"))
    prefetch_related_objects([edition], "names", "references", figures)


def plates(edition: Edition, section: str) -> dict[str, Plate]:
    """The figures of one section by file name."""
    return {
        row.file: Plate(
            row.as_drawing(),
            reverse("figure", args=[row.pk, row.file]),
            row.picture.width,
            row.picture.height,
        )
        for row in edition.figures.all()
        if row.section == section
    }


def sources(edition: Edition, citations: Citations, keys: tuple[str, ...]) -> tuple[Source, ...]:
    """The reference list for `keys`, numbered as `citations` numbers them."""
    rows: dict[str, Reference] = {row.key: row for row in edition.references.all()}
    return tuple(
        Source(
            number=citations.order.index(key) + 1,
            citation=rows[key].citation,
            link=rows[key].link,
            cited_at=citations.first_anchor[key],
        )
        for key in keys
    )


def _rendered(edition: Edition) -> Article:
    load_parts(edition)
    citations = Citations(row.key for row in edition.references.all())
    bodies = {
        body: render(
            markdown,
            prefix=body.replace("_", "-"),
            citations=citations,
            figures=plates(edition, SECTION_OF_FIELD[body]),
            lead=body == "overview",
        )
        for body, markdown in _public_bodies(edition).items()
    }
    return Article(
        **bodies,
        names=tuple(row.name for row in edition.names.all()),
        covers=lines(edition.treatment.covers),
        cited=citations.order,
        sources=sources(edition, citations, citations.order),
    )


def _public_bodies(edition: Edition) -> dict[str, str]:
    bodies = {
        "overview": edition.overview.body,
        "causes": edition.causes.body,
        "symptoms": edition.symptoms.body,
        "urgent_help": edition.symptoms.urgent_help,
        "diagnosis": edition.diagnosis.body,
        "teaser": edition.treatment.body,
        "warnings": edition.treatment.warnings,
    }
    return {body: bodies[body] for body in PUBLIC_BODIES}


_kept = lru_cache(maxsize=1000)(_rendered)


def forget_articles() -> None:
    """For tests, where ids come again."""
    _kept.cache_clear()
    overview_alone.cache_clear()
