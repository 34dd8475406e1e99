"""The people of the tests, by role. Each function makes a user row and returns it.

`client.force_login(reader())` signs somebody in; to log in by the form, the password of everyone
here is `PASSWORD`.
"""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Permission

from accounts.models import User

PASSWORD = "one quiet heron by the weir"


def reader(email: str = "reader@example.org", **fields: Any) -> User:
    """An active account whose address is confirmed: the gate opens."""
    return _person(email, verified=True, **fields)


def unverified_reader(email: str = "unverified@example.org", **fields: Any) -> User:
    return _person(email, verified=False, **fields)


def deactivated_reader(email: str = "deactivated@example.org", **fields: Any) -> User:
    return _person(email, verified=True, is_active=False, **fields)


def author(email: str = "author@example.org", **fields: Any) -> User:
    return _staff(email, **fields)


def reviewer(email: str = "reviewer@example.org", **fields: Any) -> User:
    return _staff(email, **fields)


def editor(email: str = "editor@example.org", **fields: Any) -> User:
    return _staff(email, **fields)


def admin(email: str = "admin@example.org", **fields: Any) -> User:
    return _person(email, verified=True, is_staff=True, is_superuser=True, **fields)


def _staff(email: str, **fields: Any) -> User:
    """Staff with every permission on conditions; groups of narrower ones come with the desk."""
    user = _person(email, verified=True, is_staff=True, **fields)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="conditions"))
    return user


def _person(email: str, *, verified: bool, password: str = PASSWORD, **fields: Any) -> User:
    user = User.objects.create_user(email, password, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=verified, primary=True)
    return user
