from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from conditions.search.drift import drift

SHOWN = 20


class Command(BaseCommand):
    help = "Compare the search index with what it should say; the exit code is 1 when it differs."

    def handle(self, **options: Any) -> None:
        found = drift()
        for line in found[:SHOWN]:
            self.stdout.write(line)
        if found:
            raise CommandError(
                f"{len(found):,} differences. `manage.py reindex` writes the search index anew."
            )
        self.stdout.write("The search index is right.")
