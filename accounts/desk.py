"""The admin's door. It has no log-in of its own, and asks staff for a second factor."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.utils import get_next_redirect_url
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from accounts.second_factor import desk_step


class Desk(AdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and desk_step(request) is None

    @method_decorator(never_cache)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to whatever is missing: Django's own page knows no rate limits and no codes."""
        back = _back(request)
        if not request.user.is_authenticated:
            return _send("account_login", back)
        if not super().has_permission(request):
            raise PermissionDenied
        step = desk_step(request)
        return _send(step, back) if step else redirect(back)


def _send(page: str, back: str) -> HttpResponse:
    return redirect(f"{reverse(page)}?{urlencode({REDIRECT_FIELD_NAME: back})}")


def _back(request: HttpRequest) -> str:
    """Where somebody wanted to go in the admin."""
    index = reverse("admin:index")
    back = get_next_redirect_url(request) or index
    return index if urlsplit(back).path == request.path else back
