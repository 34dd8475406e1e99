"""Which responses a shared cache may keep. Private unless a view says otherwise.

A view says so with `@public`; even then only a response made without a session or messages cookie
counts, since those may hold what one reader alone should see.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers

from conditions.models import Edition

View = Callable[..., HttpResponse]


def public(view: View) -> View:
    """Let shared caches keep what `view` answers to those who came without a session."""

    @wraps(view)
    def shareable(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        patch_vary_headers(response, ("Cookie",))
        if is_shareable(request, response):
            # A browser asks again each time, so who has just logged in never sees the teaser
            # from before; s-maxage is for the caches in front of the site.
            patch_cache_control(response, public=True, max_age=0, s_maxage=_shared_seconds())
        return response

    return shareable


def is_shareable(request: HttpRequest, response: HttpResponse) -> bool:
    return (
        request.method in {"GET", "HEAD"}
        and response.status_code == 200
        and not response.cookies
        and not has_personal_cookie(request)
        and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
    )


def has_personal_cookie(request: HttpRequest) -> bool:
    """A session or messages cookie, valid or not. Another cookie does not matter."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES or "messages" in request.COOKIES


def _shared_seconds() -> int:
    """The setting, cut short by the next edition that goes live."""
    now = timezone.now()
    coming = Edition.objects.filter(publish_at__gt=now).order_by("publish_at")
    next_at = coming.values_list("publish_at", flat=True).first()
    most: int = settings.PUBLIC_CACHE_SECONDS
    return min(most, int((next_at - now).total_seconds())) if next_at else most
