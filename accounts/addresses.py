"""The address of an account stands twice: as `user.email` and as its row of allauth's."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.models import User


def address_of(user: User) -> EmailAddress | None:
    return EmailAddress.objects.filter(user=user, email__iexact=user.email).first()


@transaction.atomic
def keep_one_address(user: User, *, verified: bool) -> None:
    """One row per account, the primary one, that says what `user.email` says."""
    EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"primary": True, "verified": verified}
    )
