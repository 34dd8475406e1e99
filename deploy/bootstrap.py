"""Makes the environment in `.venv`, then runs Python in it. Standard library alone.

    bootstrap.py [--dev] [--serves] [ARGUMENT ...]

--dev: with the tools of tests and checks; --serves: HOST and PORT have to be usable.
It stays readable to Python 3.6, so that an old Python gets a sentence instead of a SyntaxError.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "Python 3.11 or newer is needed; {} is {}.{}. Install one and name it: "
        "make run PYTHON=python3.12".format(sys.executable, *sys.version_info[:2])
    )

import contextlib
import errno
import fcntl
import hashlib
import importlib.util
import ipaddress
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOL = ROOT / ".tool"
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
STAMP = ENVIRONMENT / ".stamp"
LOCKS = {"run": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
UV_LOCK = ROOT / "requirements-uv.lock"
OLDEST_UV = (0, 5)
"""An installed uv at least this new is used as it is; it knows every option used here."""


def main() -> None:
    arguments = sys.argv[1:]
    options = set()
    while arguments and arguments[0] in {"--dev", "--serves"}:
        options.add(arguments.pop(0))
    if "--serves" in options:
        check_address()
    make_environment(development="--dev" in options, step="[1] " if "--serves" in options else "")
    if arguments:
        os.chdir(ROOT)
        os.execv(PYTHON, [str(PYTHON), *arguments])


# ── HOST and PORT, before any long work ───────────────────────────────────────────────────────
def check_address() -> None:
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    if not re.fullmatch(r"[0-9]{1,5}", port) or not 0 < int(port) < 65536:
        sys.exit(f"PORT is {port!r}: write a number from 1 to 65535.")
    if not _is_loopback(host) and not os.environ.get("SITE_URL"):
        sys.exit(
            f"HOST={host} opens the site to other machines: say under which address, such as "
            f"SITE_URL=http://192.0.2.7:{port} (links and allowed host names come from it)."
        )
    try:
        # The server wants a number and no name; whoever asks for localhost tries this one too.
        os.environ["HOST"] = _bound("127.0.0.1" if host == "localhost" else host, int(port))
    except OSError as error:
        sys.exit(_why_not(error, host, int(port)))


def _bound(host: str, port: int) -> str:
    """Try HOST and PORT as a server does, and give HOST as a number."""
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as probe:
        # A port whose last connection has just closed is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)
    return str(address[0])


def _why_not(error: OSError, host: str, port: int) -> str:
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"HOST is {host!r}: this machine has no such address. Leave it out for 127.0.0.1."
    if isinstance(error, PermissionError):
        return f"PORT={port} is for root alone: choose another, such as PORT=8000."
    another = port + 1 if port < 65535 else 8000
    return (
        f"Port {port} on {host} cannot be used: {(error.strerror or str(error)).lower()}. "
        f"Stop what uses it, or choose another: make run PORT={another}"
    )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


# ── .venv, as the lock files say ──────────────────────────────────────────────────────────────
def make_environment(*, development: bool, step: str) -> None:
    with _one_at_a_time():
        # The development lock holds everything the other does: once there, it stays, so that
        # `make run` and `make test` never undo each other's work.
        done = STAMP.read_text().split() if STAMP.exists() and PYTHON.exists() else []
        kind = "dev" if development or "dev" in done else "run"
        wanted = [kind, _fingerprint(LOCKS[kind])]
        if done == wanted:
            if step:
                print(f"{step}Packages: up to date", flush=True)
            return
        print(f"{step}Packages: installing what {LOCKS[kind].name} names into .venv", flush=True)
        _install(find_uv(), LOCKS[kind])
        STAMP.write_text(" ".join(wanted) + "\n")


def _install(uv: str, lock: Path) -> None:
    STAMP.unlink(missing_ok=True)
    if not PYTHON.exists():
        _run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(ENVIRONMENT))
    _run(*(uv, "pip", "sync", "--quiet", "--require-hashes", "--python", str(PYTHON)), str(lock))


def find_uv() -> str:
    """The uv on PATH, or else a pinned one in an environment of its own."""
    installed = shutil.which("uv")
    if installed and _version(installed) >= OLDEST_UV:
        return installed
    uv, stamp = TOOL / "bin" / "uv", TOOL / ".stamp"
    wanted = _fingerprint(UV_LOCK)
    if uv.exists() and stamp.exists() and stamp.read_text() == wanted:
        return str(uv)
    if not importlib.util.find_spec("ensurepip") or not importlib.util.find_spec("venv"):
        package = "python{}.{}-venv".format(*sys.version_info[:2])
        sys.exit(f"Python's venv module is missing. Install it: sudo apt-get install {package}")
    print("    installing uv into .tool first", flush=True)
    _run(sys.executable, "-m", "venv", "--clear", str(TOOL))
    _run(
        *(str(TOOL / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-input"),
        *("--disable-pip-version-check", "--only-binary=:all:", "--require-hashes"),
        *("-r", str(UV_LOCK)),
    )
    stamp.write_text(wanted)
    return str(uv)


def _version(uv: str) -> tuple[int, ...]:
    try:
        answer = subprocess.run([uv, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return (0,)
    return tuple(int(part) for part in re.findall(r"\d+", answer.stdout)[:2])


def _fingerprint(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _run(*command: str) -> None:
    try:
        subprocess.run(command, check=True, env={**os.environ, "UV_PYTHON_DOWNLOADS": "never"})
    except subprocess.CalledProcessError:
        sys.exit("The packages could not be installed: the reason stands above. Then try again.")


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """`make run` and `make test` may start at once in a fresh clone."""
    with LOCKS["run"].open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
