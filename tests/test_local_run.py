"""`make run` on this machine: its steps, its errors, its mail."""

from __future__ import annotations

import ast
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage

from config.local_mail import EmailBackend

pytestmark = pytest.mark.once
ROOT = Path(__file__).parent.parent
START_SECONDS = 120
STOP_SECONDS = 15


@dataclass
class Site:
    process: subprocess.Popen[bytes]
    port: int
    var: Path
    log: Path

    @property
    def output(self) -> str:
        return self.log.read_text()

    def stop(self, number: signal.Signals) -> None:
        os.killpg(self.process.pid, number)
        self.process.wait(STOP_SECONDS)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A first start in an empty folder."""
    running = start(tmp_path_factory.mktemp("var"))
    yield running
    running.stop(signal.SIGTERM)


def start(var: Path) -> Site:
    port = free_port()
    log = var.parent / f"{var.name}-{port}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            ["make", "run"],
            cwd=ROOT,
            env=environment(VAR_DIR=str(var), PORT=str(port)),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    site = Site(process, port, var, log)
    until = time.monotonic() + START_SECONDS
    while status(f"http://127.0.0.1:{port}/") == 0:
        assert process.poll() is None, site.output
        assert time.monotonic() < until, site.output
        time.sleep(0.1)
    return site


def environment(**variables: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "PYTHON": sys.executable, **variables}


def make(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *arguments],
        cwd=ROOT,
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=START_SECONDS,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as response:  # noqa: S310 (always http)
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_it_answers_to_both_names(site: Site, name: str) -> None:
    assert status(f"http://{name}:{site.port}/") == 200
    assert status(f"http://{name}:{site.port}/no-such-page/") == 404


def test_it_tells_what_it_does(site: Site) -> None:
    for said in (
        *(
            "[1] Packages",
            "[2] Database",
            "[3] Articles",
            "[4] ICD-10-CM",
            "[5] Search",
            "created, 0 changed, 0 deleted",
            "[6] Static files: collecting",
        ),
        *(f"[7] Serving on http://localhost:{site.port}", "make admin", str(site.var / "mail")),
        "The admin asks for no second factor",
    ):
        assert said in site.output


def test_the_secret_key_is_made_once_and_for_this_account_alone(site: Site) -> None:
    path = site.var / "secret-key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(path.read_text()) >= 50


def test_no_query_gets_into_what_the_server_prints(site: Site) -> None:
    secret = "zqsecretquery"
    address = f"http://127.0.0.1:{site.port}/api/v1"
    for path, code in (
        (f"search?q={secret}", 200),
        (f"suggest?q={secret}", 200),
        (f"search?q={secret * 50}", 400),
        (f"search?q={secret}%00", 400),
        (f"nothing?q={secret}", 404),
    ):
        assert status(f"{address}/{path}") == code
    assert secret not in site.output


def test_a_second_start_repeats_nothing_and_both_signals_stop_it(site: Site) -> None:
    key = (site.var / "secret-key").read_text()
    again = start(site.var)
    for said in ("Packages: up to date", "Database: up to date", "Static files: up to date"):
        assert said in again.output
    for said in ("0 created, 0 changed", "unchanged, 0 rows written", "The search index is there"):
        assert said in again.output
    assert (site.var / "secret-key").read_text() == key
    again.stop(signal.SIGINT)
    assert status(f"http://127.0.0.1:{again.port}/") == 0
    assert "Traceback" not in again.output


def test_a_port_in_use_is_told_in_one_line(site: Site) -> None:
    done = make("run", PORT=str(site.port), VAR_DIR=str(site.var))
    assert done.returncode != 0
    assert done.stdout == ""
    assert f"Port {site.port} on 127.0.0.1 cannot be used: address already in use" in done.stderr
    assert f"make run PORT={site.port + 1}" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"PORT": "many"}, "write a number from 1 to 65535"),
        ({"PORT": "70000"}, "write a number from 1 to 65535"),
        ({"HOST": "no.such.host.invalid"}, "SITE_URL="),
        ({"HOST": "0.0.0.0"}, "SITE_URL="),  # noqa: S104 (refused)
        ({"HOST": "192.0.2.7", "SITE_URL": "http://192.0.2.7"}, "has no such address"),
    ],
)
def test_an_address_that_cannot_be_is_told_in_one_line(
    tmp_path: Path, variables: dict[str, str], said: str
) -> None:
    done = make("run", **{"PORT": str(free_port()), "VAR_DIR": str(tmp_path / "var"), **variables})
    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "var").exists()


def test_an_old_python_gets_a_sentence() -> None:
    path = ROOT / "deploy" / "bootstrap.py"
    ast.parse(path.read_text(), feature_version=(3, 6))
    pretend = "import runpy, sys; sys.version_info = (3, 6, 9); runpy.run_path(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", pretend, str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Python 3.11 or newer is needed")
    assert "make run PYTHON=" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_venv_module_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "deploy").mkdir()
    for name in ("deploy/bootstrap.py", "requirements.lock", "requirements-uv.lock"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    pretend = (
        "import runpy, sys; sys.modules['ensurepip'] = None; "
        "runpy.run_path(sys.argv[1], run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", pretend, str(tmp_path / "deploy" / "bootstrap.py")],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "sudo apt-get install python3." in done.stderr
    assert "Traceback" not in done.stderr


def test_help_lists_the_targets() -> None:
    done = make()
    for target in ("run", "dev", "admin", "test", "check", "system-packages"):
        assert f"\nmake {target} " in f"\n{done.stdout}"


def test_local_mail_is_printed_and_kept(
    settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.VAR_DIR = tmp_path
    first = EmailMessage("Código", "Your code is ABCD-EFGH", to=["reader@example.org"])
    second = EmailMessage("Second", "Your code is IJKL-MNOP", to=["reader@example.org"])
    assert EmailBackend().send_messages([first, second]) == 2
    kept = sorted((tmp_path / "mail").iterdir())
    assert ["ABCD-EFGH" in path.read_text() for path in kept] == [True, False]
    assert (tmp_path / "mail").stat().st_mode & 0o777 == 0o700
    printed = capsys.readouterr().out
    assert "Subject: Código" in printed
    assert "ABCD-EFGH" in printed
    assert str(kept[0]) in printed
