from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from conditions.article import editions_for_page, public_article
from conditions.body_systems import body_systems
from conditions.caching import public
from conditions.code_place import place_of
from conditions.gate import full_treatment, may_see_figure, visitor_state
from conditions.index import index_by_letter
from conditions.models import Edition, Figure, State
from conditions.structured_data import condition_data, script


@require_safe
@public
def home(request: HttpRequest) -> HttpResponse:
    listed = Edition.objects.listed()
    context = {
        "recent": listed.order_by("-publish_at", "title")[:5],
        "letters": index_by_letter(listed.prefetch_related("names")),
        "systems": body_systems(),
        "ladder": listed.filter(condition__codings__code="M61.569").first(),
    }
    return render(request, "conditions/home.html", context)


@require_safe
@public
def conditions_index(request: HttpRequest) -> HttpResponse:
    letters = index_by_letter(Edition.objects.listed().prefetch_related("names"))
    return render(request, "conditions/conditions_index.html", {"letters": letters})


@require_safe
@public
def condition(
    request: HttpRequest, slug: str, language: str = settings.LANGUAGE_CODE
) -> HttpResponse:
    edition = get_object_or_404(editions_for_page(language), condition__slug=slug)
    if edition.state == State.WITHDRAWN:
        return render(request, "conditions/withdrawn.html", {"edition": edition})
    full = full_treatment(edition, request.user)
    article, codes = public_article(edition), list(edition.condition.codings.all())
    context = {
        "edition": edition,
        "article": article,
        "full": full,
        "visitor_state": None if full else visitor_state(request),
        "codes": codes,
        "place": place_of(codes, getattr(edition, "release", None)),
        "structured_data": script(condition_data(edition, article, codes)),
        "related": _related(edition) if getattr(edition, "has_related", True) else (),
    }
    return render(request, "conditions/condition.html", context)


def _related(edition: Edition) -> QuerySet[Edition]:
    """Live editions of the conditions that editors named, without codes: the page shows none."""
    listed = Edition.objects.listed(edition.language).prefetch_related(None)
    return listed.filter(condition__in=edition.condition.related.all())


@require_safe
@public
def figure(request: HttpRequest, pk: int, file: str) -> HttpResponse:
    found = get_object_or_404(
        Figure.objects.published().select_related("picture"), pk=pk, file=file
    )
    if not may_see_figure(found.section, request.user, found.edition.condition):
        raise Http404
    response = HttpResponse(bytes(found.picture.data), content_type=found.picture.media_type)
    # An SVG opened by itself is a document of its own: it may load and run nothing.
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return response
