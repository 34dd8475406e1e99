from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from conditions.alias_files import BadAliasFile
from conditions.alias_loading import NoCodes, load_file

SHOWN = 50


class Command(BaseCommand):
    help = "Take in the names that people use for codes: lines of name, code, kind and note."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "path",
            nargs="?",
            type=Path,
            metavar="FILE",
            default=Path(settings.BASE_DIR) / "content" / "aliases.tsv",
            help="tab-separated file (default: content/aliases.tsv)",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be, write nothing"
        )

    def handle(self, *, path: Path, dry_run: bool, **options: Any) -> None:
        try:
            changes = load_file(path, dry_run=dry_run)
        except BadAliasFile as bad:
            raise CommandError(self._told(path, bad)) from bad
        except (NoCodes, OSError) as refused:
            raise CommandError(f"{refused} Nothing was changed.") from refused
        if not changes:
            self.stdout.write(f"{path}: unchanged, 0 rows written")
            return
        self.stdout.write(
            f"{path}: {changes.counts()}{' (dry run: nothing was written)' if dry_run else ''}"
        )

    def _told(self, path: Path, bad: BadAliasFile) -> str:
        for line, message in bad.problems[:SHOWN]:
            self.stdout.write(f"{path}: line {line}: {message}")
        if more := len(bad.problems[SHOWN:]):
            self.stdout.write(f"{path}: {more:,} more")
        return f"{path} was refused, and nothing was changed: mend it and import again."
