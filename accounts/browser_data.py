"""What a browser is told to forget when somebody leaves it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse

# Not "cookies": that clears those of the whole registered domain, of other sites there too, and
# swallows the message that the next page would show.
KINDS = ("cache", "storage")


def cleared(response: HttpResponse) -> HttpResponse:
    """Browsers heed it over https and on their own machine; elsewhere they complain instead."""
    if settings.IS_HTTPS or settings.IS_LOOPBACK:
        response.headers["Clear-Site-Data"] = ", ".join(f'"{kind}"' for kind in KINDS)
    return response
