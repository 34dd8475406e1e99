"""Second factors of the people of the tests: set up in the database, used through the pages."""

from __future__ import annotations

import base64
import hmac
import json
import re
import struct
import time
from html import unescape
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from accounts.models import User
from tests.account_steps import log_in, text
from tests.people import PASSWORD
from tests.soft_passkey import SoftPasskey

FACTORS = "/accounts/2fa/"
AUTHENTICATE = "/accounts/2fa/authenticate/"
REAUTHENTICATE = "/accounts/2fa/reauthenticate/"
SET_UP_APP = "/accounts/2fa/totp/activate/"
REMOVE_APP = "/accounts/2fa/totp/deactivate/"
RECOVERY = "/accounts/2fa/recovery-codes/"
PASSKEYS = "/accounts/2fa/webauthn/"
ADD_PASSKEY = "/accounts/2fa/webauthn/add/"
LOG_IN_BY_PASSKEY = "/accounts/2fa/webauthn/login/"
REAUTHENTICATE_BY_PASSKEY = "/accounts/2fa/webauthn/reauthenticate/"
SESSIONS = "/accounts/sessions/"

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def app_code(secret: str = SECRET, *, later: int = 0) -> str:
    """What an authenticator app shows, by RFC 6238; `later` counts periods of 30 seconds."""
    counter = struct.pack(">Q", int(time.time()) // 30 + later)
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def wrong_code() -> str:
    shown = {app_code(later=periods) for periods in (-2, -1, 0, 1, 2)}
    return next(
        code for code in ("000000", "111111", "222222", *map(str, shown)) if code not in shown
    )


def give_app(user: User) -> User:
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user


def give_passkey(user: User, passkey: SoftPasskey | None = None) -> Authenticator:
    credential = (passkey or SoftPasskey()).registration()
    data = {"name": "Phone", "credential": credential}
    RecoveryCodes.activate(user)
    return Authenticator.objects.create(user=user, type="webauthn", data=data)


def recovery_codes(user: User) -> list[str]:
    row = Authenticator.objects.get(user=user, type="recovery_codes")
    codes: list[str] = row.wrap().get_unused_codes()
    return codes


def confirm_password(client: Client) -> None:
    """The pages that change second factors ask for it."""
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def log_in_with_second_factor(client: Client, user: User) -> None:
    """By the forms; somebody who has none gets an authenticator app first."""
    if not Authenticator.objects.filter(user=user, type="totp").exists():
        give_app(user)
    log_in(client, user.email)
    response = client.post(AUTHENTICATE, {"code": app_code()})
    assert response.status_code == 302, text(response)


def options_in(response: Any) -> dict[str, Any]:
    """What a page tells the browser's passkey function."""
    found = re.search(r'<script id="js_data"[^>]*>(.*?)</script>', text(response), re.DOTALL)
    assert found
    (options,) = json.loads(unescape(found[1])).values()
    return dict(options)
