from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from conditions.code_changes import Changes
from conditions.code_loading import OlderRelease, is_loaded, load
from conditions.icd10cm import (
    AlphabeticIndex,
    BadRelease,
    Files,
    files_in,
    packaged_files,
    read_alphabetic_index,
)
from conditions.index_loading import load_index

WIDTH = 30
UNKNOWN_SHOWN = 10


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
        parser.add_argument(
            "--index",
            type=Path,
            metavar="FILE",
            help="the publisher's Alphabetic Index as XML, whose terms the search then finds",
        )
        parser.add_argument("--report", action="store_true", help="say what changes, write nothing")
        parser.add_argument(
            "--unless-loaded",
            action="store_true",
            help="do nothing when these files were loaded last (else all values are compared)",
        )

    def handle(self, *, folder: Path | None, index: Path | None, **options: Any) -> None:
        try:
            files = files_in(folder) if folder else packaged_files()
            # Before the codes are loaded: where one file is bad, none is taken in.
            terms = read_alphabetic_index(index) if index else None
            self._load_codes(files, **options)
        except (BadRelease, OlderRelease, OSError) as refused:
            raise CommandError(f"{refused} Nothing was changed.") from refused
        if terms:
            self._load_index(terms, options["report"])

    def _load_codes(
        self, files: Files, *, report: bool, unless_loaded: bool, **_options: Any
    ) -> None:
        if unless_loaded and is_loaded(files):
            self.stdout.write("These files are loaded.")
        else:
            self._tell(load(files, progress=self._progress, report_only=report), report)

    def _load_index(self, terms: AlphabeticIndex, report: bool) -> None:
        loaded = load_index(terms, dry_run=report)
        if unknown := loaded.unknown:
            more = ", …" if len(unknown) > UNKNOWN_SHOWN else ""
            self.stdout.write(
                f"{len(unknown):,} codes of the index are not loaded, or have a 7th character: "
                f"{', '.join(unknown[:UNKNOWN_SHOWN])}{more}"
            )
        if loaded.too_long:
            self.stdout.write(
                f"Terms too long for a name, which were left out: {loaded.too_long:,}"
            )
        counts = loaded.changes.counts() if loaded.changes else "unchanged, 0 rows written"
        unwritten = " (report: nothing was written)" if report and loaded.changes else ""
        self.stdout.write(f"Alphabetic Index {terms.version}: {counts}{unwritten}")

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
