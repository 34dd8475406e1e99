"""`make test`: everything on SQLite, then on PostgreSQL what may differ there."""

import os
import subprocess
import sys

import pytest

from tests import browsing, postgresql

NO_TESTS = pytest.ExitCode.NO_TESTS_COLLECTED


def main() -> int:
    chosen = sys.argv[1:]
    results = [_run("sqlite", *chosen)]
    left_out = [] if browsing.program() else ["the browser tests (Chromium is not installed)"]
    if postgresql.programs():
        results.append(_run("postgresql", "-m", "not browser and not once", *chosen))
    else:
        left_out.append(f"the tests on PostgreSQL ({postgresql.OLDEST} or newer is not installed)")
    if left_out:
        print(
            f"\nLeft out: {', '.join(left_out)}. `make system-packages` installs what is missing."
        )
    if left_out and os.environ.get("CI") == "true":
        return 1
    return _verdict(results)


def _run(database: str, *arguments: str) -> int:
    print(f"\n── Tests on {database} ──", flush=True)
    environment = {**os.environ, "TEST_DATABASE": database}
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, env=environment, check=False).returncode


def _verdict(results: list[int]) -> int:
    """The browser tests alone leave nothing for PostgreSQL; nothing anywhere is a mistake."""
    if all(result == NO_TESTS for result in results):
        return NO_TESTS
    return next((result for result in results if result not in {0, NO_TESTS}), 0)


if __name__ == "__main__":
    sys.exit(main())
