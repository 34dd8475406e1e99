"""The rule of who reads the full treatment. Settings name it (`MAY_READ_TREATMENT`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress

if TYPE_CHECKING:
    from conditions.models import Condition


def has_verified_address(user: Any, condition: Condition) -> bool:
    """An active account whose own address was confirmed. No query for a visitor."""
    if not (user.is_authenticated and user.is_active):
        return False
    rows = EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True)
    return bool(rows.exists())
