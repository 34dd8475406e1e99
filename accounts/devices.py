"""Where somebody is logged in: the kind of browser, and no network address."""

from __future__ import annotations

import re
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models.signals import pre_save

from accounts.models import User

# The first that is found counts: most browsers also name those they descend from.
BROWSERS = (
    ("Edge", r"Edg(e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/|Chromium/"),
    ("Safari", r"Safari/"),
)
SYSTEMS = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("Chromebook", r"CrOS"),
    ("Mac", r"Mac OS X|Macintosh"),
    ("Linux", r"Linux|X11"),
)
NOWHERE = "0.0.0.0"  # noqa: S104  (stands for "not kept"; nothing binds to it)


def device_name(user_agent: str) -> str:
    browser = _first(BROWSERS, user_agent) or "A browser"
    system = _first(SYSTEMS, user_agent)
    return f"{browser} on {system}" if system else browser


def end_sessions(user: User) -> int:
    """Log somebody out everywhere, and tell from how many places."""
    keys = [row.session_key for row in Session.objects.iterator() if _belongs(row, user)]
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(user=user).delete()
    return len(keys)


def connect() -> None:
    pre_save.connect(_keep_little, sender=UserSession, dispatch_uid="accounts.devices")


def _keep_little(instance: UserSession, **_kwargs: Any) -> None:
    """Django-allauth would keep the network address and the whole name of the browser."""
    instance.ip = NOWHERE
    if "/" in instance.user_agent or not instance.user_agent:
        instance.user_agent = device_name(instance.user_agent)


def _belongs(row: Session, user: User) -> bool:
    return bool(row.get_decoded().get(SESSION_KEY) == str(user.pk))


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str | None:
    return next((name for name, pattern in names if re.search(pattern, user_agent)), None)
