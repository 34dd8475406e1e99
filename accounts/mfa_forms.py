"""The forms of second factors where ours differ from django-allauth's."""

from __future__ import annotations

from typing import Any

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as codes
from allauth.mfa.webauthn import forms as passkeys
from django import forms
from django.core.cache import cache

LONGEST_NAME = 60


class OneUse:
    """A code that was accepted is never accepted again.

    Codes of the period before and after count too (`MFA_TOTP_TOLERANCE`), so that nobody has to
    type in a hurry; django-allauth remembers a used one for a single period only.
    """

    user: Any

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]  # of the form it is mixed into
        periods = 2 * app_settings.TOTP_TOLERANCE + 1
        key = f"second-factor-used-{self.user.pk}-{normalize_user_code(code)}"
        if not cache.add(key, True, timeout=periods * app_settings.TOTP_PERIOD):
            raise get_adapter().validation_error("incorrect_code")
        return code


class AuthenticateForm(OneUse, codes.AuthenticateForm):  # type: ignore[misc]  # allauth is untyped
    pass


class ReauthenticateForm(OneUse, codes.ReauthenticateForm):  # type: ignore[misc]  # the same
    pass


class AddPasskeyForm(passkeys.AddWebAuthnForm):  # type: ignore[misc]  # the same
    name = forms.CharField(required=False, max_length=LONGEST_NAME)
    passwordless = forms.BooleanField(required=False, initial=True)


class RenamePasskeyForm(passkeys.EditWebAuthnForm):  # type: ignore[misc]  # the same
    name = forms.CharField(max_length=LONGEST_NAME)
