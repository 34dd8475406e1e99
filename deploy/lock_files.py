"""The hash-pinned lock files: written from `pyproject.toml`, and checked against it.

    lock_files.py write [--upgrade]     lock_files.py check     lock_files.py write-uv VERSION

They hold names, versions and hashes and no addresses, so that they serve with any index.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from deploy.bootstrap import LOCKS, ROOT, UV_LOCK, find_uv

GROUPS = {"run": (), "dev": ("--group", "dev")}
HEADERS = {
    "run": "# What the site runs with, made from pyproject.toml: make lock\n",
    "dev": "# The same, and the tools of tests and checks: make lock\n",
    "uv": "# The installer, where none is installed: make lock-uv UV_VERSION=...\n",
}


def write(*, upgrade: bool) -> None:
    for kind, lock in LOCKS.items():
        _compile(kind, lock, *(["--upgrade"] if upgrade else []))


def check() -> None:
    """Compile again with the present versions as preferences, and compare what is named.

    Newer versions on the index do not matter, nor do hashes: more files of a version may come.
    """
    with tempfile.TemporaryDirectory() as folder:
        for kind, lock in LOCKS.items():
            again = Path(folder) / lock.name
            shutil.copyfile(lock, again)
            _compile(kind, again)
            if _pins(again) != _pins(lock):
                sys.exit(f"{lock.name} does not match pyproject.toml. Run: make lock")
    print("The lock files match pyproject.toml.")


def write_uv(version: str) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".in") as wish:
        wish.write(f"uv=={version}\n")
        wish.flush()
        _uv("--no-annotate", wish.name, "-o", str(UV_LOCK))
    _put_header("uv", UV_LOCK)


def _compile(kind: str, lock: Path, *options: str) -> None:
    # The tools go with exactly the versions that the site runs with.
    same = ("-c", str(LOCKS["run"])) if kind == "dev" else ()
    _uv(*options, *GROUPS[kind], *same, "pyproject.toml", "-o", str(lock))
    _put_header(kind, lock)


def _uv(*arguments: str) -> None:
    command = [find_uv(), "pip", "compile", "--quiet", "--universal", "--generate-hashes"]
    command += ["--no-emit-index-url", "--no-header", "--python-version", "3.11", *arguments]
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=False, stdout=subprocess.DEVNULL
    )
    if done.returncode:
        sys.exit("The lock files could not be compiled: the reason stands above.")


def _pins(lock: Path) -> list[str]:
    return [line for line in lock.read_text().splitlines() if "==" in line and line[0] not in "# "]


def _put_header(kind: str, lock: Path) -> None:
    lock.write_text(HEADERS[kind] + lock.read_text())


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["write", *options]:
            write(upgrade="--upgrade" in options)
        case ["check"]:
            check()
        case ["write-uv", version]:
            write_uv(version)
        case _:
            sys.exit(__doc__)
