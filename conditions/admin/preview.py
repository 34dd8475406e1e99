"""The section that is being written, as readers will see it. Nothing of it is stored."""

from __future__ import annotations

import time

from django.core.cache import cache
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse

from conditions.admin.pages import may_read_full, staff
from conditions.admin.reading import section_plates
from conditions.models import Edition
from conditions.rendering import Citations, Unrenderable, render
from conditions.text import BODIES, SECTION_OF_FIELD

MOST_PER_MINUTE = 120


def preview(request: HttpRequest, edition: Edition) -> HttpResponse:
    """`html`, or the `problem` for which there is none, in words."""
    field = request.POST.get("field", "")
    if field not in BODIES:
        raise BadRequest("There is no such field.")
    if field == "full_treatment" and not may_read_full(request):
        raise PermissionDenied
    if _too_many(staff(request).pk):
        problem = "Too many previews in one minute. The preview goes on by itself."
        return JsonResponse({"problem": problem}, status=429, headers={"Retry-After": "20"})
    try:
        return JsonResponse({"html": _html(request, edition, field), "problem": ""})
    except Unrenderable as refused:
        return JsonResponse({"problem": str(refused)})


def _html(request: HttpRequest, edition: Edition, field: str) -> str:
    """By the renderer of the site, with the references as they stand on the unsaved page."""
    return render(
        request.POST.get("body", "").replace("\r\n", "\n"),
        prefix=field.replace("_", "-"),
        citations=Citations(request.POST.getlist("key")),
        figures=section_plates(edition, SECTION_OF_FIELD[field]),
        lead=field == "overview",
    )


def _too_many(user_pk: int) -> bool:
    """Counted for each person and minute, by all workers together."""
    key = f"preview-{user_pk}-{int(time.time() // 60)}"
    if cache.add(key, 1, timeout=120):
        return False
    try:
        return cache.incr(key) > MOST_PER_MINUTE
    except ValueError:  # it was dropped in between
        return False
