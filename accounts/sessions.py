"""Sessions end: after a time without a page, after a longer time in any case, and at log-out."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse

Handler = Callable[[HttpRequest], HttpResponse]

STARTED, SEEN = "started_at", "seen_at"  # in a session, in seconds since 1970
NOTED_EVERY = 600
"""Seconds. A visit is written down at most this often, so that reading does not write."""
DEVICES, DEVICE = "allauth.usersessions", ("usersessions", "UserSession")


def ended_in_time(get_response: Handler) -> Handler:
    """Log out whoever comes back too late. Stands behind the middleware of messages."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            _end_or_note(request)
        return get_response(request)

    return middleware


def idle_seconds(user: Any) -> int:
    """How long somebody may stay away."""
    readers: int = settings.SESSION_COOKIE_AGE
    return min(readers, settings.STAFF_SESSION_IDLE_HOURS * 3600) if user.is_staff else readers


def absolute_seconds() -> int:
    """How long a session lasts, however busy."""
    days: int = settings.SESSION_ABSOLUTE_DAYS
    return days * 86400


def count_devices(user: Any) -> int | None:
    """In how many browsers somebody is logged in, where the site tells browsers apart."""
    if not apps.is_installed(DEVICES):
        return None
    return len(_devices().objects.purge_and_list(user))


def forget_ended_devices() -> None:
    """Take the rows on devices along whose session is gone."""
    if apps.is_installed(DEVICES):
        session = Session.objects.filter(session_key=OuterRef("session_key"))
        _devices().objects.filter(~Exists(session)).delete()


def connect() -> None:
    user_logged_in.connect(_note_start, dispatch_uid="accounts.sessions")
    user_logged_out.connect(_forget_device, dispatch_uid="accounts.sessions")


def _end_or_note(request: HttpRequest) -> None:
    now, session = int(time.time()), request.session
    started, seen = session.get(STARTED, now), session.get(SEEN, now)
    if now - started >= absolute_seconds() or now - seen >= idle_seconds(request.user):
        logout(request)
        messages.info(request, "You were logged out, as everybody is after a while.")
    elif SEEN not in session or now - seen >= NOTED_EVERY:
        session[STARTED], session[SEEN] = started, now


def _note_start(request: HttpRequest, **_kwargs: Any) -> None:
    request.session[STARTED] = request.session[SEEN] = int(time.time())


def _forget_device(request: HttpRequest | None, **_kwargs: Any) -> None:
    if apps.is_installed(DEVICES) and request is not None:
        _devices().objects.filter(session_key=request.session.session_key).delete()


def _devices() -> Any:
    return apps.get_model(*DEVICE)
