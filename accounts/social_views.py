"""The way to an OpenID Connect server and back, when that server does not answer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps

from allauth.socialaccount.providers.openid_connect import views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from requests import RequestException

logger = logging.getLogger(__name__)

View = Callable[[HttpRequest, str], HttpResponse]


def tells_silence(view: View) -> View:
    """Django-allauth catches this on the way in only where it asks for the token."""

    @wraps(view)
    def tries(request: HttpRequest, provider_id: str) -> HttpResponse:
        try:
            return view(request, provider_id)
        except RequestException as silence:
            # Without the text: on the way back it may hold the code of a log-in.
            logger.error("The OpenID Connect server failed: %s", type(silence).__name__)
            return redirect("socialaccount_login_error")

    return tries


login = tells_silence(views.login)
callback = tells_silence(views.callback)
