"""What every response gets, whichever view made it."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render

from accounts.adapter import MailNotSent
from conditions.caching import has_personal_cookie

Handler = Callable[[HttpRequest], HttpResponse]


class _Unpadded(GZipMiddleware):
    # Padding hides secrets from BREACH; a public page has none, and padding would change its ETag.
    max_random_bytes = 0


def private_unless_public(get_response: Handler) -> Handler:
    """`private, no-store` on every response but static files and what a view marked as public."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        static = request.path.startswith(settings.STATIC_URL)
        if not _is_public(response) or (has_personal_cookie(request) and not static):
            response.headers["Cache-Control"] = "private, no-store"
        return response

    return middleware


def without_nul(get_response: Handler) -> Handler:
    """400 for a NUL in the address or a cookie: no page has one, and PostgreSQL takes none."""

    def middleware(request: HttpRequest) -> HttpResponse:
        asked = (request.path_info, *request.COOKIES.values(), *request.GET.keys())
        values = (value for listed in request.GET.lists() for value in listed[1])
        if any("\0" in text for text in (*asked, *values)):
            return HttpResponse("This address is not readable.", "text/plain", status=400)
        return get_response(request)

    return middleware


def compressed(get_response: Handler) -> Handler:
    padded, unpadded = GZipMiddleware(get_response), _Unpadded(get_response)

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        compress = unpadded if _is_public(response) else padded
        return compress.process_response(request, response)  # type: ignore[return-value]  # as it came

    return middleware


def mail_failure_told(get_response: Handler) -> Handler:
    return _MailFailureTold(get_response)


class _MailFailureTold:
    """Mail goes out in the request: when it fails, say so instead of "server error"."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, MailNotSent):
            return render(request, "mail_not_sent.html", status=503)
        return None


def _is_public(response: HttpResponse) -> bool:
    return "public" in response.headers.get("Cache-Control", "")
