"""A throw-away PostgreSQL server on a unix socket, for one test run."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

OLDEST = 15
NO_SAFETY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=''")


def programs() -> Path | None:
    """The folder of the newest installed server, or None."""
    found = {
        int(folder.parent.name): folder
        for folder in Path("/usr/lib/postgresql").glob("*/bin")
        if folder.parent.name.isdigit() and (folder / "initdb").exists()
    }
    newest = max(found, default=0)
    if newest >= OLDEST:
        return found[newest]
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path and not found else None


@contextmanager
def running_server(folder: Path) -> Iterator[Path]:
    """Start a server and give the folder of its socket."""
    # Short, because the path of a socket holds 107 characters at most.
    home = Path(tempfile.mkdtemp(prefix="nosology-pg-"))
    data, log = home / "data", home / "log"
    if os.geteuid() == 0:
        shutil.chown(home, "postgres", "postgres")
    options = " ".join(f"-c {option}" for option in NO_SAFETY)
    try:
        _run(
            folder / "initdb",
            "-D",
            data,
            "-A",
            "trust",
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--no-sync",
        )
        control = (folder / "pg_ctl", "-D", data, "-w", "-l", log)
        _run(*control, "-o", f"{options} -k {home}", "start")
        try:
            yield home
        finally:
            _run(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _run(*command: str | Path) -> None:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd="/", **_as_postgres()
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


def _as_postgres() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam("postgres")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
