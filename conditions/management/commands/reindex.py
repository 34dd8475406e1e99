from __future__ import annotations

from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from conditions.models import SearchEntry
from conditions.search import index


class Command(BaseCommand):
    help = "Write the search index anew. Publishing and loading codes keep it right by themselves."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--unless-built", action="store_true", help="do nothing when there is an index"
        )

    def handle(self, *, unless_built: bool, **options: Any) -> None:
        if unless_built and SearchEntry.objects.exists() and index.is_in_order():
            self.stdout.write("The search index is there.")
            return
        start = monotonic()
        pages = index.rebuild()
        self.stdout.write(f"{pages:,} pages can be found ({monotonic() - start:.1f} s).")
