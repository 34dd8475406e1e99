"""How long loading ICD-10-CM takes, against bare `sqlite3.executemany` of the same rows.

    python -m benchmarks.load_icd10cm

Everything happens in one run, in a folder that is thrown away, since only the ratio says something.
Each part is a process of its own, so that its peak of memory is its own too. Processor time is told
besides, since other programs disturb it less.
"""

from __future__ import annotations

import os
import resource
import secrets
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import django

ROUNDS = 5
PARTS = {
    "load": "load_icd10cm, files to committed rows",
    "again": "the same again, which writes nothing",
    "shifted": "a release that shifts every row",
    "raw": "bare executemany of the same rows",
}


class Measure(NamedTuple):
    seconds: float
    processor: float
    megabytes: float


def main() -> None:
    if sys.argv[1:]:
        django.setup()
        print(*WORK[sys.argv[1]]())
        return
    with tempfile.TemporaryDirectory() as folder:
        results: dict[str, list[Measure]] = {part: [] for part in PARTS}
        for round_ in range(ROUNDS):
            home = Path(folder) / str(round_)
            home.mkdir()
            _run("prepare", home)
            shutil.copyfile(home / "nosology.sqlite3", home / "raw.sqlite3")
            for part in PARTS:
                results[part].append(Measure(*map(float, _run(part, home).split())))
        _tell(results)


def _tell(results: dict[str, list[Measure]]) -> None:
    best = {part: Measure(*map(min, zip(*runs, strict=True))) for part, runs in results.items()}
    print(f"{'the best of each':<40} {'seconds':>8} {'of processor':>13} {'MB at most':>11}")
    for part, name in PARTS.items():
        peak = max(run.megabytes for run in results[part])
        print(f"{name:<40} {best[part].seconds:8.2f} {best[part].processor:13.2f} {peak:11.0f}")
    seconds = best["load"].seconds / best["raw"].seconds
    processor = best["load"].processor / best["raw"].processor
    print(f"{'ratio of loading to bare executemany':<40} {seconds:8.2f} {processor:13.2f}")


def _run(part: str, home: Path) -> str:
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "SITE_URL": "http://localhost:8000",
        "VAR_DIR": str(home),
    }
    command = [sys.executable, "-m", "benchmarks.load_icd10cm", part]
    return subprocess.run(
        command, env=environment, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def _measured(work: Callable[[], object]) -> Measure:
    began, processor = time.perf_counter(), time.process_time()
    work()
    seconds, processor = time.perf_counter() - began, time.process_time() - processor
    return Measure(seconds, processor, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


# ── The parts ─────────────────────────────────────────────────────────────────────────────────
def prepare() -> tuple[()]:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    return ()


def load_release() -> Measure:
    from conditions.code_loading import load
    from conditions.icd10cm import packaged_files

    return _measured(lambda: load(packaged_files(), progress=lambda *_: None))


def load_shifted() -> Measure:
    """As if a code had come at the very start: every position after it is another."""
    from django.db.models import F

    from conditions.models import Code

    Code.objects.update(position=F("position") + 1)
    return load_release()


def write_raw() -> Measure:
    """The floor: rows that are in memory already, into the same tables with the same indexes."""
    from django.conf import settings

    from conditions.icd10cm import packaged_files, read_release

    release = read_release(packaged_files())
    database = sqlite3.connect(Path(settings.VAR_DIR) / "raw.sqlite3", isolation_level=None)
    database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;")

    def write() -> None:
        database.execute("BEGIN IMMEDIATE")
        database.executemany(
            "INSERT INTO conditions_code (key, kind, title, span, parent_id, path, depth, "
            'position, "last", billable, retired_in) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
            release.codes,
        )
        database.executemany(
            "INSERT INTO conditions_codenote (code_id, position, kind, character, text) "
            "VALUES (?, ?, ?, ?, ?)",
            release.notes,
        )
        database.execute("COMMIT")

    return _measured(write)


WORK: dict[str, Callable[[], tuple[float, ...]]] = {
    "prepare": prepare,
    "load": load_release,
    "again": load_release,
    "shifted": load_shifted,
    "raw": write_raw,
}

if __name__ == "__main__":
    main()
