"""After a change of SECRET_KEY, before the old one leaves SECRET_KEY_FALLBACKS."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.sealing import SealBroken
from accounts.second_factor import reseal_all


class Command(BaseCommand):
    help = "Seal the secrets of authenticator apps and recovery codes under the present SECRET_KEY."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = reseal_all()
        except SealBroken as broken:
            raise CommandError(f"Nothing was changed. {broken}") from None
        self.stdout.write(f"{count} sealed under SECRET_KEY; SECRET_KEY_FALLBACKS can go.")
