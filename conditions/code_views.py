from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from conditions.article import overview_alone
from conditions.caching import public
from conditions.code_page import code_for_page, code_page, ladder
from conditions.models import Code, CodeRelease


@require_safe
@public
def codes_index(request: HttpRequest) -> HttpResponse:
    context = {
        "chapters": Code.objects.chapters(),
        "release": CodeRelease.objects.order_by("-pk").first(),
    }
    return render(request, "conditions/codes_index.html", context)


@require_safe
@public
def code(request: HttpRequest, key: str) -> HttpResponse:
    found = code_for_page(key)
    if found is None:
        return _unknown(request, key)
    if found.key != key:
        return redirect(found, permanent=True)
    context = code_page(found)
    context["overview"] = overview_alone(context["article"]) if context["article"] else ""
    return render(request, "conditions/code.html", context)


def _unknown(request: HttpRequest, key: str) -> HttpResponse:
    """As far as the code can be followed."""
    nearest = Code.objects.closest_to(key).last()
    line = list(Code.objects.breadcrumb(nearest)) if nearest else []
    context = {"typed": key[:20], "ladder": list(ladder(line)) if line else []}
    return render(request, "conditions/code_unknown.html", context, status=HTTPStatus.NOT_FOUND)
