"""Fixtures of every test: the database in use, a clean start, the browser."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connections
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from conditions import article, code_place, gate
from conditions.triggers import drop_triggers
from tests import browsing, postgresql

TRANSACTIONAL = {"transactional_db", "live_server", "django_db_reset_sequences"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all-codes", action="store_true", help="every code page, not a sample")


# ── Which tests there are ─────────────────────────────────────────────────────────────────────
def pytest_itemcollected(item: pytest.Item) -> None:
    if "browser" in getattr(item, "fixturenames", ()):
        item.add_marker("browser")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright keeps an event loop in the thread from its first test on."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def leave_out(what: str) -> None:
    """Skip for want of a program; `make test` tells at the end. On CI that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


# ── The database ──────────────────────────────────────────────────────────────────────────────
@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    database = connections["default"].settings_dict
    if database["ENGINE"] == "django.db.backends.sqlite3":
        # A file, as on a real site: threads of the live server share no memory database.
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
        yield
        return
    programs = postgresql.programs()
    if programs is None:
        leave_out(f"PostgreSQL {postgresql.OLDEST} or newer is not installed")
    with postgresql.running_server(Path(str(programs))) as socket:
        database["HOST"] = str(socket)
        yield


@pytest.fixture(autouse=True)
def _deletable_rows(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests that commit are cleaned up by `flush`, which the triggers on approved text refuse.

    Flush tells `post_migrate` at its end, which makes the triggers anew for the next test.
    """
    marker = request.node.get_closest_marker("django_db")
    commits = TRANSACTIONAL & set(request.fixturenames) or (marker and _commits(marker))
    if commits:
        request.getfixturevalue("transactional_db")
    yield
    if commits:
        cache.clear()  # its table has no model, so flush leaves it
        drop_triggers()


def _commits(marker: pytest.Mark) -> bool:
    return bool(marker.args[0] if marker.args else marker.kwargs.get("transaction", False))


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """What a process remembers of editions is keyed by ids, which come again in the next test."""
    article.forget_articles()
    gate.forget_full_treatments()
    code_place.forget_places()


# ── The browser ───────────────────────────────────────────────────────────────────────────────
@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = browsing.program()
    if chromium is None:
        leave_out("Chromium is not installed")
    with pytest.MonkeyPatch.context() as patch, browsing.running_browser(str(chromium)) as running:
        # Playwright's loop makes Django think that tests are asynchronous; they are not.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield running


@pytest.fixture
def complaints() -> list[str]:
    """Console errors, script errors and foreign requests of `page`; clear it where they belong."""
    return []


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, complaints: list[str]) -> Iterator[Page]:
    """A page in a browser profile of its own; paths are relative to the live server."""
    with browser.new_context(base_url=live_server.url) as context:
        yield browsing.new_page(context, complaints)
    assert complaints == []
