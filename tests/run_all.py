"""`make test`: on SQLite, in the browser, and on PostgreSQL what may differ there; all at once."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from tests import browsing, postgresql

NO_TESTS = pytest.ExitCode.NO_TESTS_COLLECTED


def main() -> int:
    chosen = sys.argv[1:]
    left_out = [] if browsing.program() else ["the browser tests (Chromium is not installed)"]
    runs = [("sqlite", "not browser"), ("sqlite", "browser")]
    if postgresql.programs():
        runs.append(("postgresql", "not browser and not once"))
    else:
        left_out.append(f"the tests on PostgreSQL ({postgresql.OLDEST} or newer is not installed)")
    with ExitStack() as stack:
        beside = [stack.enter_context(_beside(*run, chosen)) for run in runs[1:]]
        results = [_run(*runs[0], chosen), *(result() for result in beside)]
    if left_out:
        print(
            f"\nLeft out: {', '.join(left_out)}. `make system-packages` installs what is missing."
        )
    if left_out and os.environ.get("CI") == "true":
        return 1
    return _verdict(results)


def _narrowed(chosen: list[str], marks: str) -> list[str]:
    """The choice, of it only what has these marks; a choice by marker is kept."""
    if "-m" not in chosen:
        return ["-m", marks, *chosen]
    at = chosen.index("-m") + 1
    return [*chosen[:at], f"({chosen[at]}) and {marks}", *chosen[at + 1 :]]


def _head(database: str, marks: str) -> str:
    return f"\n── Tests on {database} ({marks}) ──"


def _run(database: str, marks: str, chosen: list[str]) -> int:
    print(_head(database, marks), flush=True)
    return subprocess.run(**_pytest(database, marks, chosen), check=False).returncode


@contextmanager
def _beside(database: str, marks: str, chosen: list[str]) -> Iterator[Callable[[], int]]:
    """A run at the same time; what it prints is told when it is asked for."""
    with tempfile.TemporaryFile() as told:
        run = subprocess.Popen(
            **_pytest(database, marks, chosen), stdout=told, stderr=subprocess.STDOUT
        )

        def result() -> int:
            code = run.wait()
            told.seek(0)
            printed = told.read().decode(errors="replace")
            print(f"{_head(database, marks)}\n{printed}", flush=True)
            return code

        try:
            yield result
        finally:
            run.terminate()
            run.wait()


def _pytest(database: str, marks: str, chosen: list[str]) -> dict[str, Any]:
    arguments = ["-m", "pytest", *_narrowed(chosen, marks)]
    return {
        "args": [sys.executable, *arguments],
        "env": {**os.environ, "TEST_DATABASE": database},
    }


def _verdict(results: list[int]) -> int:
    """A choice of tests may leave nothing for one of the runs; nothing anywhere is a mistake."""
    if all(result == NO_TESTS for result in results):
        return NO_TESTS
    return next((result for result in results if result not in {0, NO_TESTS}), 0)


if __name__ == "__main__":
    sys.exit(main())
