from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from conditions.content_exchange import STATUSES, content_paths, import_files


class Command(BaseCommand):
    help = "Take in content files: Markdown with front matter, one per condition and language."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="file or folder")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be, write nothing"
        )

    def handle(self, *, paths: list[Path], dry_run: bool, **options: Any) -> None:
        for path in paths:
            if not path.exists():
                raise CommandError(f"There is no {path}. Name content files or folders of them.")
        counts = Counter(
            self._told(outcome) for outcome in import_files(content_paths(paths), dry_run=dry_run)
        )
        summary = ", ".join(f"{counts[status]} {status}" for status in STATUSES)
        self.stdout.write(f"{summary}{' (dry run: nothing was written)' if dry_run else ''}")
        if counts["refused"]:
            raise CommandError("Some files were refused: mend them and import again.")

    def _told(self, outcome: Any) -> str:
        reasons = f": {'; '.join(outcome.details)}" if outcome.status == "kept" else ""
        self.stdout.write(f"{outcome.status:>9}  {outcome.path}{reasons}")
        if outcome.status == "refused":
            for detail in outcome.details:
                self.stdout.write(f"           {outcome.path}: {detail}")
        return str(outcome.status)
