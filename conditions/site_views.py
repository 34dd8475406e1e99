"""What crawlers ask for: sitemaps and robots.txt. All public, all from SITE_URL."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.contrib.sitemaps.views import SitemapIndexItem, sitemap
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from conditions.caching import public
from conditions.sitemaps import SITEMAPS, pages_of


@require_safe
@public
def sitemap_index(request: HttpRequest) -> HttpResponse:
    # Django's own index takes the host of the request.
    context = {"sitemaps": list(_parts())}
    return render(request, "sitemap_index.xml", context, content_type="application/xml")


@require_safe
@public
def sitemap_part(request: HttpRequest, section: str) -> HttpResponse:
    response = sitemap(request, dict(SITEMAPS), section=section).render()
    del response.headers["X-Robots-Tag"]
    # A page may be known by date only where it never opens to somebody; keep to tags throughout.
    response.headers.pop("Last-Modified", None)
    return response


@require_safe
@public
def robots(request: HttpRequest) -> HttpResponse:
    lines = (
        "User-agent: *",
        "Disallow: /accounts/",
        "Disallow: /account/",
        "Disallow: /admin/",
        "Disallow: /search/",
        "Disallow: /api/",
        f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}",
    )
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def _parts() -> Iterator[SitemapIndexItem]:
    for section in SITEMAPS:
        address = settings.SITE_URL + reverse("sitemap_part", args=[section])
        for page in pages_of(section):
            yield SitemapIndexItem(f"{address}?p={page}" if page > 1 else address)
