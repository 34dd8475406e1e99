"""Django's command, which also forgets the devices of the sessions that are gone, addresses of
reports that nobody answered, and old counts of wanted codes."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.management.commands import clearsessions

from accounts.sessions import forget_ended_devices
from conditions.reports import forget_old_addresses
from conditions.search.wanted import forget_old_counts


class Command(clearsessions.Command):
    help = "Delete sessions that are over, and what was kept about their devices. Run it daily."

    def handle(self, **options: Any) -> None:
        super().handle(**options)
        forget_ended_devices()
        forget_old_addresses()
        forget_old_counts()
