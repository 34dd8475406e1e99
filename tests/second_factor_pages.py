"""The pages on second factors, sessions and other services: who stands before each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.test import Client, RequestFactory

from accounts.models import User
from tests import people
from tests.account_steps import log_in
from tests.second_factor_steps import confirm_password, give_app, give_passkey

Arrive = Callable[[Client], None]


def owner(**fields: Any) -> User:
    """Somebody with everything: an app, a passkey and recovery codes."""
    user = give_app(people.reader(**fields))
    give_passkey(user)
    return user


def confirmed_owner(client: Client) -> None:
    client.force_login(owner())
    confirm_password(client)


def confirmed_reader(client: Client) -> None:
    client.force_login(people.reader())
    confirm_password(client)


def reader(client: Client) -> None:
    client.force_login(people.reader())


def half_way(client: Client) -> None:
    """The password was right, and a second factor is asked for."""
    log_in(client, owner().email)


def logged_in(client: Client) -> None:
    log_in(client, people.reader().email)


def without_address(client: Client) -> None:
    """Somebody whom another service sent here without an address."""
    request = RequestFactory().get("/")
    account = SocialAccount(provider="google", uid="1", extra_data={})
    provider = get_adapter().get_provider(request, "google")
    session = client.session
    session["socialaccount_sociallogin"] = SocialLogin(
        User(), account, provider=provider
    ).serialize()
    session.save()


def nobody(client: Client) -> None:
    pass


PAGES: dict[str, tuple[Arrive, str]] = {
    "2fa/": (confirmed_owner, "mfa/index.html"),
    "2fa/authenticate/": (half_way, "mfa/authenticate.html"),
    "2fa/reauthenticate/": (confirmed_owner, "mfa/reauthenticate.html"),
    "2fa/totp/activate/": (confirmed_reader, "mfa/totp/activate_form.html"),
    "2fa/totp/deactivate/": (confirmed_owner, "mfa/totp/deactivate_form.html"),
    "2fa/recovery-codes/": (confirmed_owner, "mfa/recovery_codes/index.html"),
    "2fa/recovery-codes/generate/": (confirmed_owner, "mfa/recovery_codes/generate.html"),
    "2fa/webauthn/": (confirmed_owner, "mfa/webauthn/authenticator_list.html"),
    "2fa/webauthn/add/": (confirmed_reader, "mfa/webauthn/add_form.html"),
    "2fa/webauthn/reauthenticate/": (confirmed_owner, "mfa/webauthn/reauthenticate.html"),
    "2fa/webauthn/keys/<int:pk>/edit/": (confirmed_owner, "mfa/webauthn/edit_form.html"),
    "2fa/webauthn/keys/<int:pk>/remove/": (
        confirmed_owner,
        "mfa/webauthn/authenticator_confirm_delete.html",
    ),
    "sessions/": (logged_in, "usersessions/usersession_list.html"),
    "3rdparty/": (reader, "socialaccount/connections.html"),
    "3rdparty/signup/": (without_address, "socialaccount/signup.html"),
    "3rdparty/login/cancelled/": (nobody, "socialaccount/login_cancelled.html"),
    "3rdparty/login/error/": (nobody, "socialaccount/authentication_error.html"),
    "google/login/": (nobody, "socialaccount/login.html"),
    "oidc/<slug:provider_id>/login/": (nobody, "socialaccount/login.html"),
}
NO_PAGES = {
    "2fa/recovery-codes/download/": "a file",
    "2fa/webauthn/login/": "the log-in page shows it",
    "sessions/<int:pk>/end/": "a button",
    "google/login/callback/": "the way back from there",
    "oidc/<slug:provider_id>/login/callback/": "the same",
}
NOT_200 = {"3rdparty/login/error/": 401}


def filled_in(route: str) -> str:
    """With the id of the first passkey there is, and our OpenID Connect server."""
    passkey = Authenticator.objects.filter(type="webauthn").first()
    with_id = route.replace("<int:pk>", str(passkey.pk if passkey else 1))
    return with_id.replace("<slug:provider_id>", "sso")
