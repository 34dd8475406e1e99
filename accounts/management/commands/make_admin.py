"""Make an administrator, or make one of an account that exists."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from accounts.addresses import address_of, keep_one_address
from accounts.models import User

VARIABLE = "ADMIN_PASSWORD"


class Command(BaseCommand):
    help = (
        "Make an administrator with a confirmed email address. Asks for address and password; "
        f"where nobody can answer, give the address here and the password in {VARIABLE}."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", nargs="?", metavar="EMAIL")
        parser.add_argument("--email", help="the same as EMAIL")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            email = _address(options["email"] or options["address"])
            user = User.objects.filter(email__iexact=email).first() or User(email=email)
            password = None if _keeps_password(user) else _password(user)
        except (EOFError, KeyboardInterrupt):
            raise CommandError("Stopped. Nothing was changed.") from None
        done = _tell(user, password)
        _make_admin(user, password)
        self.stdout.write(done)


def _make_admin(user: User, password: str | None) -> None:
    user.is_active = user.is_staff = user.is_superuser = True
    if password is not None:
        user.set_password(password)
    with transaction.atomic():
        user.save()
        keep_one_address(user, verified=True)


def _keeps_password(user: User) -> bool:
    """Only the password of a confirmed account: a stranger may have signed up with an address."""
    address = address_of(user) if user.pk else None
    return address is not None and address.verified and user.has_usable_password()


def _tell(user: User, password: str | None) -> str:
    if user.pk is None:
        return f"{user.email} is an administrator now."
    known = "was an administrator already" if user.is_superuser else "is an administrator now"
    again = "" if user.is_active else " The account was switched off and is on again."
    kept = "The password stays as it is." if password is None else "The password is the new one."
    return f"{user.email} {known}. {kept}{again}"


def _address(given: str | None) -> str:
    if given is None and not sys.stdin.isatty():
        raise CommandError("Give the address: manage.py make_admin you@example.org")
    email = (given if given is not None else input("Email address: ")).strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise CommandError(f"{email!r} is not an email address.") from None
    return email


def _password(user: User) -> str:
    if given := os.environ.get(VARIABLE):
        if refused := _refusal(given, user):
            raise CommandError(f"{VARIABLE}: {refused}")
        return given
    if not sys.stdin.isatty():
        raise CommandError(f"Set the password in the environment variable {VARIABLE}.")
    while True:
        password = getpass("Password (10 to 128 characters): ")
        refused = _refusal(password, user)
        if not refused and getpass("The same password again: ") == password:
            return password
        sys.stderr.write(f"{refused or 'The two passwords differ.'} Try again.\n")


def _refusal(password: str, user: User) -> str:
    try:
        validate_password(password, user)
    except ValidationError as refused:
        return " ".join(refused.messages)
    return ""
