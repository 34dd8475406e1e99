"""Log-in through another service, where a site has one: an email address, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount
from django.db.models.signals import pre_save
from django.http import HttpRequest

if TYPE_CHECKING:
    from allauth.socialaccount.models import SocialLogin

    from accounts.models import User


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # untyped
    error_messages = DefaultSocialAccountAdapter.error_messages | {
        "connected_other": "This log-in is connected to another account here.",
        "no_password": "Set a password first: without it you could not get in any more.",
        "no_verified_email": "Confirm your email address first.",
    }

    def populate_user(
        self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]
    ) -> User:
        """Some services tell names although nobody asked for them."""
        return super().populate_user(request, sociallogin, {"email": data.get("email")})  # type: ignore[no-any-return]


def connect() -> None:
    pre_save.connect(_keep_little, sender=SocialAccount, dispatch_uid="accounts.social_adapter")


def _keep_little(instance: SocialAccount, **_kwargs: Any) -> None:
    """Of what the service tells, the address: it is how the reader knows the log-in again."""
    told = instance.get_provider_account().get_user_data() or {}
    instance.extra_data = {"email": told["email"]} if told.get("email") else {}
