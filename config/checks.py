"""System checks: what must not be served. `config.wsgi` refuses to start on an error of these."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register, run_checks

from conditions.triggers import expected_triggers, present_triggers

SITE_CACHE = (
    "django.middleware.cache.CacheMiddleware",
    "django.middleware.cache.FetchFromCacheMiddleware",
    "django.middleware.cache.UpdateCacheMiddleware",
)
SHORTEST_KEY = 50


@register(Tags.caches)
def no_site_cache(**_kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"{name} is in MIDDLEWARE: it can give a signed-in reader's page to somebody else.",
            hint="Take it out; views that may be cached say so by conditions.caching.",
            id="config.E001",
        )
        for name in SITE_CACHE
        if name in settings.MIDDLEWARE
    ]


@register(Tags.security)
def long_secret_key(**_kwargs: Any) -> list[CheckMessage]:
    key = settings.SECRET_KEY
    if len(key) >= SHORTEST_KEY and len(set(key)) >= 10:
        return []
    return [
        Error(
            f"SECRET_KEY is too easy to guess: it needs {SHORTEST_KEY} characters, ten different.",
            hint="`openssl rand -base64 48` makes one.",
            id="config.E002",
        )
    ]


# With --deploy alone: `migrate` runs the plain database checks first, and it is `migrate` that
# makes the triggers.
@register(Tags.database, deploy=True)
def triggers_in_place(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"The triggers that keep approved text unchanged are missing in {alias!r}: "
            f"{', '.join(sorted(missing))}.",
            hint="`manage.py migrate` makes them.",
            id="config.E003",
        )
        for alias in databases or ()
        if (missing := expected_triggers() - present_triggers(alias))
    ]


def refuse_to_serve() -> list[str]:
    """What stops a server, as sentences. Asks no database: one that is down may come back."""
    found = run_checks(tags=[Tags.caches, Tags.security])
    return [f"{error.msg} {error.hint or ''}".strip() for error in found if error.is_serious()]
