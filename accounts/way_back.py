"""Where somebody goes after logging in, in words."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, resolve

from conditions.models import Edition


@dataclass(frozen=True)
class WayBack:
    url: str
    title: str | None


def way_back(request: HttpRequest) -> WayBack | None:
    """The page named by `next`, when it is one of ours; its title only for a condition."""
    url = get_next_redirect_url(request)
    return WayBack(url, _condition_title(urlsplit(url).path)) if url else None


def _condition_title(path: str) -> str | None:
    try:
        match = resolve(path)
    except Resolver404:
        return None
    if match.url_name != "condition":
        return None
    language = match.kwargs.get("language", settings.LANGUAGE_CODE)
    editions = Edition.objects.live(language).filter(condition__slug=match.kwargs["slug"])
    return editions.values_list("title", flat=True).first()
