"""Who has a second factor, who used it in this session, and the way back in for who lost it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.devices import end_sessions
from accounts.models import User
from accounts.sealing import reseal

logger = logging.getLogger(__name__)

RECOVERY = Authenticator.Type.RECOVERY_CODES
PASSKEY = Authenticator.Type.WEBAUTHN
SEALED = {Authenticator.Type.TOTP: "secret", RECOVERY: "seed"}
"""In which field of its data a kind keeps its secret. A passkey has none: its key is public."""
REAUTHENTICATE = {False: "mfa_reauthenticate", True: "mfa_reauthenticate_webauthn"}


def kinds(user: Any) -> set[str]:
    """Which kinds somebody has. Recovery codes alone are none: they only stand in for another."""
    found = set(Authenticator.objects.filter(user=user.pk).values_list("type", flat=True))
    return found if found - {RECOVERY} else set()


def count(user: Any) -> int:
    return int(Authenticator.objects.filter(user=user.pk).exclude(type=RECOVERY).count())


def was_used(request: HttpRequest) -> bool:
    """Whether this session holds the use of a second factor that still exists."""
    user = request.user
    records = get_authentication_records(request, user)
    used = {record.get("id") for record in records if record.get("method") == "mfa"}
    return bool(used) and Authenticator.objects.filter(user=user.pk, pk__in=used).exists()


def desk_step(request: HttpRequest) -> str | None:
    """The page that still stands before the admin, by its name; None when the way is free."""
    if not settings.ADMIN_SECOND_FACTOR:
        return None
    if not (own := kinds(request.user)):
        return "mfa_index"
    return None if was_used(request) else REAUTHENTICATE[PASSKEY in own]


def is_on_way_to_desk(request: HttpRequest) -> bool:
    """Whether this page was asked for by the admin, for want of a second factor."""
    back = get_next_redirect_url(request) or ""
    return back.startswith(reverse("admin:index")) and desk_step(request) is not None


# ── Setting one up is using it ────────────────────────────────────────────────────────────────
def connect() -> None:
    authenticator_added.connect(_note_use, dispatch_uid="accounts.second_factor")


def _note_use(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """A code of the app, or the passkey itself, was shown a moment ago: not asked for twice."""
    if authenticator.type != RECOVERY:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)


# ── The way back in ───────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Reset:
    removed: int
    ended: int


def reset(user: User) -> Reset:
    """Take every second factor of somebody away, log them out everywhere, and tell them."""
    with transaction.atomic():
        removed, _ = Authenticator.objects.filter(user=user).delete()
        ended = end_sessions(user)
    if removed:
        logger.warning("Second factor of user %s was reset; %s sessions ended.", user.pk, ended)
        get_adapter().send_mail(
            "mfa/email/second_factor_reset", user.email, {"timestamp": timezone.now()}
        )
    return Reset(removed, ended)


# ── A change of the key ───────────────────────────────────────────────────────────────────────
def reseal_all() -> int:
    """Seal every secret under the present SECRET_KEY, and tell how many there are."""
    with transaction.atomic():
        rows = list(Authenticator.objects.filter(type__in=SEALED).select_for_update())
        for row in rows:
            row.data[SEALED[row.type]] = reseal(row.data[SEALED[row.type]])
            row.save(update_fields=["data"])
    return len(rows)
