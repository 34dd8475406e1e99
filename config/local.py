"""`make run`, `dev`, `admin` and `manage`: the site on this machine, with settings made for it.

deploy/bootstrap.py has made the environment, looked at HOST and PORT, and come here. Variables
that are set already win over everything below.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sys
from pathlib import Path
from typing import NoReturn

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from config.checks import refuse_to_serve
from config.environment import loopback, site_url

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VAR_DIR") or ROOT / "var").absolute()
SERVER = {
    # Two processes, so that a page that takes long never holds up all others.
    "GRANIAN_WORKERS": "2",
    "GRANIAN_BLOCKING_THREADS": "4",
    "GRANIAN_RESPAWN_FAILED_WORKERS": "true",
    # Seconds that a worker may take to finish its requests when the server stops.
    "GRANIAN_WORKERS_KILL_TIMEOUT": "5",
    "GRANIAN_LOG_LEVEL": "warning",
}


def main() -> None:
    verb, *rest = sys.argv[1:] or ["help"]
    try:
        set_environment(debug=verb == "dev")
        match verb:
            case "run":
                run()
            case "dev":
                dev()
            case "admin":
                django.setup()
                migrate(quiet=True)
                _become("manage.py", "make_admin", *rest)
            case "manage":
                _become("manage.py", *rest)
            case _:
                sys.exit("Say one of: run, dev, admin, manage COMMAND. `make help` tells more.")
    except (CommandError, ImproperlyConfigured) as error:
        sys.exit(f"Stopped. {error}")
    except KeyboardInterrupt:
        sys.exit(130)


def run() -> NoReturn:
    prepare()
    collect_static_files()
    announce(7, "Serving")
    address = ("--host", os.environ["HOST"], "--port", os.environ["PORT"])
    _become(
        *("-m", "granian", "--interface", "wsgi", "--no-ws", *address), "config.worker:application"
    )


def dev() -> NoReturn:
    prepare()
    announce(6, "Serving with debug pages, reloading when a file changes,")
    host = os.environ["HOST"]
    _become(
        "manage.py", "runserver", f"{f'[{host}]' if ':' in host else host}:{os.environ['PORT']}"
    )


def set_environment(*, debug: bool) -> None:
    VAR.mkdir(mode=0o700, parents=True, exist_ok=True)  # the database holds addresses
    os.chdir(ROOT)
    _default("HOST", "127.0.0.1")
    _default("PORT", "8000")
    _default("SITE_URL", f"http://localhost:{os.environ['PORT']}")
    _default("SECRET_KEY", secret_key())
    _default("SOLO_PUBLISHING", "true")
    _default("DEBUG", "true" if debug else "false")
    _default("DJANGO_SETTINGS_MODULE", "config.settings")
    if only_here():
        _default("ADMIN_SECOND_FACTOR", "false")
    for name, value in SERVER.items():
        _default(name, value)


def only_here() -> bool:
    """Whether nobody on another machine can reach the site."""
    return loopback(os.environ["HOST"]) and loopback(site_url("SITE_URL").hostname)


def secret_key() -> str:
    """Made once, readable by this account alone."""
    path = VAR / "secret-key"
    if not path.exists():
        # Whole or not at all: another process may be starting too.
        draft = VAR / f"secret-key.{os.getpid()}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


# ── The steps ─────────────────────────────────────────────────────────────────────────────────
def prepare() -> None:
    django.setup()
    if errors := refuse_to_serve():
        raise ImproperlyConfigured(" ".join(errors))
    migrate()
    call_command("clearsessions")
    import_articles()
    load_codes()
    take_in_names()


def migrate(*, quiet: bool = False) -> None:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from conditions.triggers import expected_triggers, present_triggers

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    where = connection.settings_dict["NAME"]
    if not plan and expected_triggers() <= present_triggers():
        if not quiet:
            step(2, f"Database: up to date ({where})")
        return
    step(2, f"Database: {len(plan)} migrations to apply ({where})")
    call_command("migrate", interactive=False, verbosity=0)


def import_articles() -> None:
    step(3, "Articles: importing content/")
    try:
        call_command("import_content", "content")
    except CommandError as error:
        # The others are in; one bad file need not keep the site down.
        print(f"    {error}", flush=True)


def load_codes() -> None:
    step(4, "ICD-10-CM: loading the codes that are not loaded yet")
    call_command("load_icd10cm", unless_loaded=True)


def take_in_names() -> None:
    step(5, "Search: taking in content/aliases.tsv, and indexing what is not indexed yet")
    try:
        call_command("import_aliases", Path("content", "aliases.tsv"))
    except CommandError as error:
        # The site finds all else by titles and codes.
        print(f"    {error}", flush=True)
    call_command("reindex", unless_built=True)


def collect_static_files() -> None:
    from django.conf import settings

    stamp = VAR / "static.stamp"
    wanted = _static_fingerprint()
    collected = (Path(settings.STATIC_ROOT) / "staticfiles.json").exists()
    if collected and stamp.exists() and stamp.read_text() == wanted:
        step(6, "Static files: up to date")
        return
    step(6, "Static files: collecting and compressing")
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(wanted)


def announce(number: int, serving: str) -> None:
    from django.conf import settings

    step(number, f"{serving} on {settings.SITE_URL}  (Ctrl-C stops it)")
    if settings.MAIL_IS_LOCAL:
        print(f"    Mail is printed here and kept in {VAR / 'mail'}, the newest last by name.")
    else:
        print(f"    Mail goes out through {settings.EMAIL_HOST}.")
    print(f"    `make admin` makes an administrator for {settings.SITE_URL}/admin/", flush=True)
    if not settings.ADMIN_SECOND_FACTOR:
        print("    The admin asks for no second factor: only this machine reaches it.", flush=True)


def step(number: int, text: str) -> None:
    print(f"[{number}] {text}", flush=True)


def _static_fingerprint() -> str:
    """Which files there are to collect, and by which packages."""
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _default(name: str, value: str) -> None:
    os.environ[name] = os.environ.get(name) or value


def _become(*arguments: str) -> NoReturn:
    """Replace this process, so that signals reach the server itself."""
    os.execv(sys.executable, [sys.executable, *arguments])


if __name__ == "__main__":
    main()
