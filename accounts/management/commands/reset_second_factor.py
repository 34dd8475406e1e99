"""The way back in for somebody who lost phone, passkey and recovery codes."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.adapter import MailNotSent
from accounts.models import User
from accounts.second_factor import reset


class Command(BaseCommand):
    help = (
        "Remove the authenticator app, passkeys and recovery codes of somebody who cannot log in "
        "any more, and log them out everywhere. Make sure first that it is them who asks."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", metavar="EMAIL")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip()
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(
                f"There is no account with the address {email}. Nothing was changed."
            )
        try:
            done = reset(user)
        except MailNotSent:
            self.stdout.write(f"{user.email} has no second factor any more.")
            raise CommandError(
                "The email about it could not be sent: tell them yourself."
            ) from None
        self.stdout.write(_said(user, done.removed))


def _said(user: User, removed: int) -> str:
    if not removed:
        return f"{user.email} has no second factor. Nothing was removed; they are logged out."
    return (
        f"{user.email} has no second factor any more, is logged out everywhere and was told by "
        "email. They log in with their password or a code, and set up a new one."
    )
