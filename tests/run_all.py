"""`make test`: everything on SQLite, and at the same time on PostgreSQL what may differ there."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests import browsing, postgresql

NO_TESTS = pytest.ExitCode.NO_TESTS_COLLECTED


def main() -> int:
    chosen = sys.argv[1:]
    left_out = [] if browsing.program() else ["the browser tests (Chromium is not installed)"]
    if postgresql.programs():
        with _beside("postgresql", *_without_browser(chosen)) as result_on_postgresql:
            results = [_run("sqlite", *chosen), result_on_postgresql()]
    else:
        results = [_run("sqlite", *chosen)]
        left_out.append(f"the tests on PostgreSQL ({postgresql.OLDEST} or newer is not installed)")
    if left_out:
        print(
            f"\nLeft out: {', '.join(left_out)}. `make system-packages` installs what is missing."
        )
    if left_out and os.environ.get("CI") == "true":
        return 1
    return _verdict(results)


def _without_browser(chosen: list[str]) -> list[str]:
    """The choice narrowed to what PostgreSQL may change; a choice by marker is kept."""
    if "-m" not in chosen:
        return ["-m", "not browser and not once", *chosen]
    at = chosen.index("-m") + 1
    return [*chosen[:at], f"({chosen[at]}) and not browser and not once", *chosen[at + 1 :]]


def _run(database: str, *arguments: str) -> int:
    print(f"\n── Tests on {database} ──", flush=True)
    return subprocess.run(**_pytest(database, *arguments), check=False).returncode


@contextmanager
def _beside(database: str, *arguments: str) -> Iterator[Callable[[], int]]:
    """A run at the same time, on the other core; what it prints is told when it is asked for."""
    with tempfile.TemporaryFile() as told:
        run = subprocess.Popen(
            **_pytest(database, *arguments), stdout=told, stderr=subprocess.STDOUT
        )

        def result() -> int:
            code = run.wait()
            told.seek(0)
            print(
                f"\n── Tests on {database} ──\n{told.read().decode(errors='replace')}", flush=True
            )
            return code

        try:
            yield result
        finally:
            run.terminate()
            run.wait()


def _pytest(database: str, *arguments: str) -> dict[str, Any]:
    environment = {**os.environ, "TEST_DATABASE": database}
    return {"args": [sys.executable, "-m", "pytest", *arguments], "env": environment}


def _verdict(results: list[int]) -> int:
    """The browser tests alone leave nothing for PostgreSQL; nothing anywhere is a mistake."""
    if all(result == NO_TESTS for result in results):
        return NO_TESTS
    return next((result for result in results if result not in {0, NO_TESTS}), 0)


if __name__ == "__main__":
    sys.exit(main())
