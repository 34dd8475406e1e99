"""Sitemaps of what every visitor may read. The host is that of SITE_URL, never of the request."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse

from conditions.models import Code, Edition


class _OfThisSite(Sitemap):  # type: ignore[type-arg]  # generic for the checker alone
    limit = 50_000

    def get_domain(self, site: object = None) -> str:
        return urlsplit(settings.SITE_URL).netloc

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.SITE_URL).scheme


class ConditionSitemap(_OfThisSite):
    def items(self) -> QuerySet[Edition]:
        return Edition.objects.listed().order_by("condition__slug")

    def lastmod(self, edition: Edition) -> datetime | None:
        return edition.publish_at


class CodeSitemap(_OfThisSite):
    """Keys, not rows: 98,505 instances would take seconds."""

    def items(self) -> QuerySet[Code, str]:
        return Code.objects.current().order_by("position").values_list("key", flat=True)

    def location(self, key: str) -> str:
        return reverse("code", args=[key])


class PageSitemap(_OfThisSite):
    def items(self) -> Iterable[str]:
        return ("home", "conditions", "codes", "how_we_write", "privacy", "accessibility")

    def location(self, name: str) -> str:
        return reverse(name)


SITEMAPS: dict[str, type[_OfThisSite]] = {
    "pages": PageSitemap,
    "conditions": ConditionSitemap,
    "codes": CodeSitemap,
}


def pages_of(section: str) -> range:
    """The numbers of the files that a section takes, from 1."""
    return SITEMAPS[section]().paginator.page_range
