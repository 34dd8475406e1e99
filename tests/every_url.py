"""Every address of the site, so that a new one cannot escape the leak tests."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from conditions.models import Edition
from tests import second_factor_pages

ADMIN = "admin/"


def routes() -> list[str]:
    return sorted(set(_walk(get_resolver().url_patterns, "")))


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for entry in patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry.url_patterns, route)
        else:
            yield route


def addresses(edition: Edition) -> dict[str, list[str]]:
    """For each route the addresses that exercise it. A route that is missing fails the suite."""
    slug = edition.condition.slug
    figures = [f"/figures/{row.pk}/{row.file}" for row in edition.figures.all()]
    known = {
        "": ["/"],
        "conditions/": ["/conditions/"],
        "conditions/<slug:slug>/": [f"/conditions/{slug}/", "/conditions/none/"],
        "<language:language>/conditions/<slug:slug>/": [f"/es/conditions/{slug}/"],
        "conditions/<slug:slug>/report/": [
            f"/conditions/{slug}/report/",
            "/conditions/none/report/",
        ],
        "conditions/<slug:slug>/report/sent/": [f"/conditions/{slug}/report/sent/"],
        "<language:language>/conditions/<slug:slug>/report/": [f"/es/conditions/{slug}/report/"],
        "<language:language>/conditions/<slug:slug>/report/sent/": [
            f"/es/conditions/{slug}/report/sent/"
        ],
        "figures/<int:pk>/<str:file>": [*figures, "/figures/999999/calf.svg"],
        "codes/": ["/codes/"],
        "codes/<str:key>/": ["/codes/M61.569/", "/codes/m61569/", "/codes/nothing/"],
        "search/": [
            "/search/",
            "/search/?q=ossification",
            "/search/?q=osification",
            "/search/?q=ossification&kind=condition&chapter=chapter-13&page=2&as_typed=1",
            "/search/?q=M61.569",
            "/search/?q=gated+body+a+source+called",
            "/search/?q=nothing-at-all",
            f"/search/?q={'a' * 201}",
        ],
        "sitemap.xml": ["/sitemap.xml"],
        "sitemap-<slug:section>.xml": ["/sitemap-conditions.xml", "/sitemap-codes.xml"],
        "robots.txt": ["/robots.txt"],
        "how-we-write/": ["/how-we-write/"],
        "privacy/": ["/privacy/"],
        "accessibility/": ["/accessibility/"],
        "api/v1/": ["/api/v1/", "/api/v1/nothing"],
        "api/v1/openapi.json": ["/api/v1/openapi.json"],
        "api/v1/search": ["/api/v1/search?q=bone", "/api/v1/search?q=rest&limit=0"],
        "api/v1/suggest": ["/api/v1/suggest?q=bone"],
        "health/live": ["/health/live"],
        "health/ready": ["/health/ready"],
    }
    known |= {route: [f"/{route}"] for route in (*ACCOUNT_ROUTES, *OWN_ROUTES)}
    known |= {
        f"accounts/{route}": [f"/accounts/{second_factor_pages.filled_in(route)}"]
        for route in (*second_factor_pages.PAGES, *second_factor_pages.NO_PAGES)
    }
    known |= {route: [_filled_in(route, edition)] for route in routes() if route.startswith(ADMIN)}
    return known


ACCOUNT_ROUTES = (
    "accounts/confirm-email/",
    "accounts/email/",
    "accounts/inactive/",
    "accounts/login/",
    "accounts/login/code/",
    "accounts/login/code/confirm/",
    "accounts/logout/",
    "accounts/password/change/",
    "accounts/password/reset/",
    "accounts/password/reset/complete/",
    "accounts/password/reset/confirm/",
    "accounts/password/reset/done/",
    "accounts/password/set/",
    "accounts/reauthenticate/",
    "accounts/signup/",
)


OWN_ROUTES = ("account/", "account/data/", "account/delete/")


def _filled_in(route: str, edition: Edition) -> str:
    """An admin route with the edition's own id wherever it wants something."""
    plain = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route).replace("^", "").replace("$", "")
    return "/" + re.sub(r"<[^>]*>", str(edition.pk), plain).replace("\\.", ".")
