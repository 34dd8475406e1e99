"""The environment decides the settings; what is missing or unsafe stops the start."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.once
ROOT = Path(__file__).parent.parent
READERS = {
    "boolean",
    "database",
    "mail",
    "number",
    "off_only_here",
    "required",
    "site_url",
    "text",
    "time_zone",
    "words",
}
KEY = "k3y-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz"
LOCAL = {"SECRET_KEY": KEY, "SITE_URL": "http://localhost:8000"}
PUBLIC = {
    "SECRET_KEY": KEY,
    "SITE_URL": "https://conditions.example.org",
    "EMAIL_URL": "smtp+tls://user:p%23ss@mail.example.org:587",
}
PRINT = """
import sys
from django.conf import settings
print(*(getattr(settings, name) for name in sys.argv[1:]))
"""


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "config.settings",
        **{name: value for name, value in variables.items() if value},
    }
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def setting(name: str, **variables: str) -> str:
    done = run("-c", PRINT, name, **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("base", "change", "said"),
    [
        (LOCAL, {"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        (LOCAL, {"SITE_URL": ""}, "SITE_URL is not set"),
        (LOCAL, {"SITE_URL": "conditions.example.org"}, "give scheme and host"),
        (LOCAL, {"SITE_URL": "http://localhost:many"}, "give scheme and host"),
        (LOCAL, {"SITE_URL": "http://localhost/path"}, "give scheme and host"),
        (PUBLIC, {"DEBUG": "true"}, "Set DEBUG=false"),
        (PUBLIC, {"DEBUG": "1"}, "write true or false"),
        (PUBLIC, {"ALLOWED_HOSTS": "*"}, "List each host name"),
        (PUBLIC, {"ALLOWED_HOSTS": "conditions.example.org,.example.org"}, "List each host name"),
        (PUBLIC, {"EMAIL_URL": ""}, "EMAIL_URL is not set"),
        (PUBLIC, {"EMAIL_URL": "carrier-pigeon://user:s3cret@host"}, "EMAIL_URL is not understood"),
        (
            PUBLIC,
            {"DATABASE_URL": "mysql://user:s3cret@host/name"},
            "DATABASE_URL is not understood",
        ),
        (PUBLIC, {"DATABASE_URL": "postgres://user:s3cret@host:port/n"}, "DATABASE_URL is not"),
        (PUBLIC, {"PUBLIC_CACHE_SECONDS": "ten"}, "from 0 to 3600"),
        (PUBLIC, {"PUBLIC_CACHE_SECONDS": "4000"}, "from 0 to 3600"),
        (PUBLIC, {"SESSION_IDLE_HOURS": "0"}, "from 1 to 8760"),
        (PUBLIC, {"SESSION_ABSOLUTE_DAYS": "forever"}, "from 1 to 365"),
        (PUBLIC, {"TIME_ZONE": "Atlantis"}, "TIME_ZONE"),
    ],
)
def test_a_missing_or_unsafe_variable_stops_the_start_in_words(
    base: dict[str, str], change: dict[str, str], said: str
) -> None:
    done = run("manage.py", "check", **{**base, **change})
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "s3cret" not in done.stderr


def test_an_easy_secret_key_stops_the_start() -> None:
    done = run("manage.py", "check", **{**LOCAL, "SECRET_KEY": "secret"})
    assert done.returncode == 1
    assert "SECRET_KEY is too easy to guess" in done.stderr


def test_the_server_refuses_what_the_checks_refuse() -> None:
    done = run("-c", "import config.wsgi", **{**LOCAL, "SECRET_KEY": "secret"})
    assert done.returncode == 1
    assert "SECRET_KEY is too easy to guess" in done.stderr


def test_the_server_looks_for_garbage_only_in_what_came_after_loading() -> None:
    done = run("-c", "import gc, config.wsgi; print(len(gc.get_objects()) < 1000)", **LOCAL)
    assert (done.returncode, done.stdout.strip()) == (0, "True"), done.stderr


@pytest.mark.parametrize(
    ("name", "plain", "secure"),
    [
        ("SESSION_COOKIE_SECURE", "False", "True"),
        ("CSRF_COOKIE_SECURE", "False", "True"),
        ("SECURE_SSL_REDIRECT", "False", "True"),
        ("SECURE_HSTS_SECONDS", "0", "31536000"),
        ("ALLOWED_HOSTS", "['localhost', '127.0.0.1', '[::1]']", "['conditions.example.org']"),
        ("MAIL_IS_LOCAL", "True", "False"),
        ("DEBUG", "False", "False"),
    ],
)
def test_the_address_of_the_site_decides(name: str, plain: str, secure: str) -> None:
    assert setting(name, **LOCAL) == plain
    assert setting(name, **PUBLIC) == secure


def test_a_site_on_plain_http_has_no_secure_cookies() -> None:
    public = {**PUBLIC, "SITE_URL": "http://conditions.example.org"}
    assert setting("SESSION_COOKIE_SECURE", **public) == "False"


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp+tls://user:p%23ss@mail.example.org", "587", "True", "False"),
        ("smtp+ssl://user:p%23ss@mail.example.org", "465", "False", "True"),
        ("smtp://user:p%23ss@127.0.0.1:2525", "2525", "False", "False"),
    ],
)
def test_mail_goes_where_email_url_says(url: str, port: str, tls: str, ssl: str) -> None:
    names = ("EMAIL_HOST_PASSWORD", "EMAIL_PORT", "EMAIL_USE_TLS", "EMAIL_USE_SSL", "EMAIL_TIMEOUT")
    done = run("-c", PRINT, *names, **{**PUBLIC, "EMAIL_URL": url})
    assert done.stdout.split() == ["p#ss", port, tls, ssl, "10"]


def test_the_example_lists_every_variable_and_no_other() -> None:
    listed = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    launcher = {"HOST", "PORT", "GRANIAN_WORKERS", "GRANIAN_BLOCKING_THREADS", "ADMIN_PASSWORD"}
    assert listed == launcher | {name for path in _sources() for name in _variables(path)}


def test_the_environment_is_read_in_few_places() -> None:
    readers = {
        str(path.relative_to(ROOT)) for path in _sources() if "os.environ" in path.read_text()
    }
    assert readers == {
        "accounts/management/commands/make_admin.py",
        "config/environment.py",
        "config/local.py",
        "config/wsgi.py",
    }


def _sources() -> list[Path]:
    return [
        path for app in ("accounts", "conditions", "config") for path in (ROOT / app).rglob("*.py")
    ]


def _variables(path: Path) -> set[str]:
    calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
    return {_first(call) for call in calls if _is_reader(call)}


def _is_reader(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id in READERS and _first(call).isupper()


def _first(call: ast.Call) -> str:
    first: Any = call.args[0] if call.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""
