"""Log-in through Google or an OpenID Connect server, where the environment names one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config.environment import loopback, text

Providers = dict[str, dict[str, Any]]

OIDC_ID = "sso"
"""Part of the address that the server sends readers back to."""
# The address is all we keep of a person; names and pictures are not asked for.
_ASKED_FOR = {"SCOPE": ["openid", "email"], "OAUTH_PKCE_ENABLED": True}


def identity_providers() -> Providers:
    """django-allauth's SOCIALACCOUNT_PROVIDERS; empty on most sites."""
    providers: Providers = {}
    if google := _all_or_none("GOOGLE", text("GOOGLE_CLIENT_ID"), text("GOOGLE_CLIENT_SECRET")):
        providers["google"] = {**_ASKED_FOR, "APPS": [_app(*google)]}
    server = text("OIDC_SERVER_URL").rstrip("/")
    oidc = _all_or_none("OIDC", text("OIDC_CLIENT_ID"), text("OIDC_CLIENT_SECRET"), server)
    if oidc:
        _refuse_plain_http(server)
        about = {"provider_id": OIDC_ID, "name": text("OIDC_NAME", default="your organization")}
        app = {**_app(*oidc[:2]), **about, "settings": {"server_url": server}}
        providers["openid_connect"] = {**_ASKED_FOR, "APPS": [app]}
    return providers


def applications(providers: Providers) -> list[str]:
    """What INSTALLED_APPS needs for them, and nothing that no reader can use."""
    return [f"allauth.socialaccount.providers.{name}" for name in providers]


def form_targets(providers: Providers) -> list[str]:
    """Where the policy has to let our log-in buttons lead."""
    targets = ["https://accounts.google.com"] if "google" in providers else []
    if "openid_connect" in providers:
        server = urlsplit(providers["openid_connect"]["APPS"][0]["settings"]["server_url"])
        targets.append(f"{server.scheme}://{server.netloc}")
    return targets


def _app(client_id: str, secret: str) -> dict[str, Any]:
    return {"client_id": client_id, "secret": secret, "key": ""}


def _all_or_none(name: str, *values: str) -> tuple[str, ...]:
    if any(values) and not all(values):
        server = ", OIDC_SERVER_URL" if name == "OIDC" else ""
        raise ImproperlyConfigured(
            f"{name} is set in part: give {name}_CLIENT_ID, {name}_CLIENT_SECRET{server}, or none."
        )
    return values if all(values) else ()


def _refuse_plain_http(server: str) -> None:
    parts = urlsplit(server)
    local = parts.scheme == "http" and loopback(parts.hostname)
    if not parts.hostname or not (parts.scheme == "https" or local):
        raise ImproperlyConfigured(
            f"OIDC_SERVER_URL is {server!r}: write the address of the server, with https."
        )
