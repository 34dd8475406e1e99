"""The gate: who reads the full treatment, and the reader side's only door to it.

No other module that a reader's request reaches may touch `FullTreatment` (tests watch the SQL and
the imports). See docs/adr/0001.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString

from conditions.article import Source, load_parts, plates, public_article, sources
from conditions.models import Condition, Edition, FullTreatment
from conditions.rendering import Citations, render

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

FULL_SECTION = "full-treatment"


@dataclass(frozen=True)
class FullText:
    """The gated text as HTML, and the sources that only it cites."""

    html: SafeString
    sources: tuple[Source, ...]


def may_read_treatment(user: Any | AnonymousUser, condition: Condition) -> bool:
    """The one decision. Without a rule in the settings nobody may."""
    rule: str | None = getattr(settings, "MAY_READ_TREATMENT", None)
    return rule is not None and import_string(rule)(user, condition) is True


def full_treatment(edition: Edition, user: Any) -> FullText | None:
    """The full treatment of an approved edition for this user; None when the gate is shut."""
    if not edition.is_fixed or not may_read_treatment(user, edition.condition):
        return None
    return _kept(edition)


def may_see_figure(section: str, user: Any, condition: Condition) -> bool:
    return section != FULL_SECTION or may_read_treatment(user, condition)


def visitor_state(request: HttpRequest) -> str:
    """in which of three ways somebody stands before the shut gate, so that the page can say it."""
    if request.user.is_authenticated:
        return "unverified"
    had_account = bool(request.COOKIES.get(settings.SESSION_COOKIE_NAME)) and (
        SESSION_KEY in request.session
    )
    return "disabled" if had_account else "visitor"


def _rendered(edition: Edition) -> FullText:
    load_parts(edition)
    public = public_article(edition)
    citations = Citations((row.key for row in edition.references.all()), already=public.cited)
    html = render(
        FullTreatment.objects.get(edition=edition).body,
        prefix=FULL_SECTION,
        citations=citations,
        figures=plates(edition, FULL_SECTION),
    )
    gated_only = citations.order[len(public.cited) :]
    return FullText(html, sources(edition, citations, gated_only))


# A second copy that the SQL watch cannot see: in this process alone, bounded, behind the decision.
_kept = lru_cache(maxsize=500)(_rendered)
forget_full_treatments = _kept.cache_clear
