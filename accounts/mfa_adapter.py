"""How django-allauth keeps and shows second factors."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from accounts.devices import device_name
from accounts.sealing import seal, unseal

if TYPE_CHECKING:
    from accounts.models import User


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": (
            "This was not accepted: it is wrong, was used already, or came too late. Try again."
        ),
        "unverified_email": "Confirm your email address first.",
        "cannot_generate_recovery_codes": (
            "Recovery codes come with a passkey or an authenticator app. Add one of these first."
        ),
    }

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        return str(settings.SITE_NAME)

    def build_totp_svg(self, url: str) -> SafeString:
        """To stand in the page itself: the policy allows no `data:` images."""
        import qrcode
        from qrcode.image.svg import SvgPathImage

        drawn = BytesIO()
        qrcode.make(url, image_factory=SvgPathImage).save(drawn)
        svg = drawn.getvalue().decode()
        return mark_safe(svg[svg.index("<svg") :])  # noqa: S308  (lines of a drawing, no text)

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002  (allauth's)
        return device_name(context.request.headers.get("User-Agent", ""))

    def get_public_key_credential_rp_entity(self) -> dict[str, Any]:
        """Passkeys belong to the address of the site, under whichever name it was asked."""
        return {"id": urlsplit(settings.SITE_URL).hostname, "name": settings.SITE_NAME}
