from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from conditions.code_changes import Changes
from conditions.code_loading import OlderRelease, is_loaded, load
from conditions.icd10cm import BadRelease, files_in, packaged_files

WIDTH = 30


class Command(BaseCommand):
    help = "Load the ICD-10-CM codes, or what a new release changes of them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--from",
            dest="folder",
            type=Path,
            metavar="DIR",
            help="folder with the publisher's tabular XML and code list (default: those packaged)",
        )
        parser.add_argument("--report", action="store_true", help="say what changes, write nothing")
        parser.add_argument(
            "--unless-loaded",
            action="store_true",
            help="do nothing when these files were loaded last (else all values are compared)",
        )

    def handle(
        self, *, folder: Path | None, report: bool, unless_loaded: bool, **options: Any
    ) -> None:
        try:
            files = files_in(folder) if folder else packaged_files()
            if unless_loaded and is_loaded(files):
                self.stdout.write("These files are loaded.")
                return
            changes = load(files, progress=self._progress, report_only=report)
        except (BadRelease, OlderRelease, OSError) as refused:
            raise CommandError(f"{refused} Nothing was changed.") from refused
        self._tell(changes, report)

    def _tell(self, changes: Changes, report: bool) -> None:
        for line in changes.lines():
            self.stdout.write(line)
        name = f"ICD-10-CM {changes.version}"
        if not changes:
            self.stdout.write(f"{name}: unchanged, 0 rows written")
        else:
            unwritten = " (report: nothing was written)" if report else ""
            self.stdout.write(f"{name}: {changes.counts()}{unwritten}")

    def _progress(self, what: str, done: int, total: int) -> None:
        """A bar that is drawn over itself on a terminal; elsewhere a line when a step begins."""
        if not self.stdout.isatty():
            if not done:
                self.stdout.write(f"{what}: {total:,}" if total else what)
            return
        filled = WIDTH * done // total if total else 0
        bar = f" [{'#' * filled}{'.' * (WIDTH - filled)}] {done:,} of {total:,}" if total else ""
        self.stdout.write(f"\r\x1b[K{what}{bar}", ending="\n" if done and done == total else "")
        self.stdout.flush()
