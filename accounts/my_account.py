"""The pages on which people see and decide what happens with their own account."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.core.exceptions import ReauthenticationRequired
from django.apps import apps
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts import personal_data
from accounts.addresses import address_of
from accounts.browser_data import cleared
from accounts.models import User
from accounts.sessions import absolute_seconds, count_devices, idle_seconds

View = Callable[[HttpRequest], HttpResponse]

FACTOR = ("mfa", "Authenticator")


def confirmed_lately(view: View) -> View:
    """Ask once more who it is, and then show the page: nothing is done by coming back to it."""

    @login_required
    @wraps(view)
    def asks_again(request: HttpRequest) -> HttpResponse:
        if did_recently_reauthenticate(request):
            return view(request)
        if request.method == "POST":
            return redirect(request.path)
        raise ReauthenticationRequired

    return asks_again


@require_GET
@login_required
def account(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    address = address_of(user)
    shown = {
        "address_is_confirmed": address is not None and address.verified,
        "idle_hours": idle_seconds(user) // 3600,
        "absolute_hours": absolute_seconds() // 3600,
        "devices": count_devices(user),
    }
    return render(request, "accounts/account.html", shown | _second_factors(user))


@require_http_methods(["GET", "POST"])
@confirmed_lately
def data(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return render(request, "accounts/data.html")
    held = personal_data.export(cast(User, request.user))
    name = f"my-data-{timezone.localdate()}.json"
    return JsonResponse(
        held,
        json_dumps_params={"indent": 2, "ensure_ascii": False},
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_http_methods(["GET", "POST"])
@confirmed_lately
def delete(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    if request.method == "GET":
        last = personal_data.is_last_administrator(user)
        return render(request, "accounts/delete.html", {"is_last_administrator": last})
    email = user.email
    try:
        personal_data.erase(user)
    except personal_data.LastAdministrator:
        return redirect(request.path)  # which says so
    get_adapter().tell_deleted(email)
    logout(request)
    messages.success(request, "Your account is deleted.")
    return cleared(redirect("home"))


def _second_factors(user: User) -> dict[str, Any]:
    """What somebody has set up, where the site has second factors."""
    if not apps.is_installed("allauth.mfa"):
        return {}
    factors: Any = apps.get_model(*FACTOR)
    kinds = list(factors.objects.filter(user=user).values_list("type", flat=True))
    return {"passkeys": kinds.count("webauthn"), "has_app": "totp" in kinds}
