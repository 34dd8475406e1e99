from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from conditions.acts import PublishingRefused
from conditions.content_exchange import export_files


class Command(BaseCommand):
    help = "Write every live edition as a content file, gated text included: keep the folder safe."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")

    def handle(self, *, folder: Path, **options: Any) -> None:
        try:
            for path in export_files(folder):
                self.stdout.write(f"written  {path}")
        except (PublishingRefused, OSError) as refused:
            raise CommandError(str(refused)) from refused
