"""How sessions end: by staying away, by time, by log-out, by a new password."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as site
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.sessions import DEVICE, DEVICES, NOTED_EVERY, SEEN, STARTED
from tests import people
from tests.account_steps import is_logged_in, log_in, text

pytestmark = pytest.mark.django_db

HOUR, DAY = 3600, 86400
LOGGED_OUT = "You were logged out, as everybody is after a while."


@pytest.fixture
def reader(client: Client) -> Client:
    client.force_login(people.reader())
    return client


@pytest.fixture
def colleague(client: Client) -> Client:
    client.force_login(people.author())
    return client


def pass_time(client: Client, seconds: int, *, seen: bool = False) -> None:
    """Move the session into the past; `seen` says that pages were opened all the while."""
    session = client.session
    session[STARTED] -= seconds
    session[SEEN] -= 0 if seen else seconds
    session.save()


def sessions_written(client: Client) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get("/")
    return sum("UPDATE" in each["sql"] and "django_session" in each["sql"] for each in queries)


def test_who_stays_away_too_long_is_logged_out_and_told(reader: Client) -> None:
    pass_time(reader, site.SESSION_COOKIE_AGE)

    page = reader.get("/privacy/")

    assert LOGGED_OUT in text(page)
    assert "Log in" in text(page)
    assert page.headers["Cache-Control"] == "private, no-store"
    assert not is_logged_in(reader)


def test_who_comes_back_in_time_stays_logged_in(reader: Client) -> None:
    pass_time(reader, site.SESSION_COOKIE_AGE - HOUR)
    reader.get("/")
    pass_time(reader, site.SESSION_COOKIE_AGE - HOUR)
    reader.get("/")

    assert is_logged_in(reader)


def test_a_session_ends_however_busy_it_is(reader: Client) -> None:
    for _ in range(29):
        pass_time(reader, DAY)
        reader.get("/")
    assert is_logged_in(reader)

    pass_time(reader, DAY)
    reader.get("/")
    assert not is_logged_in(reader)


def test_people_with_access_to_the_admin_have_less_time(colleague: Client) -> None:
    pass_time(colleague, 11 * HOUR)
    colleague.get("/")
    assert is_logged_in(colleague)

    pass_time(colleague, 12 * HOUR)
    assert colleague.get("/admin/").headers["Location"].startswith("/admin/login/")
    assert not is_logged_in(colleague)


def test_staff_never_have_more_time_than_readers(colleague: Client, settings: Any) -> None:
    settings.SESSION_COOKIE_AGE = 2 * HOUR
    pass_time(colleague, 2 * HOUR)

    colleague.get("/")

    assert not is_logged_in(colleague)


def test_reading_writes_to_the_session_once_in_ten_minutes(reader: Client) -> None:
    assert NOTED_EVERY == 600
    assert [sessions_written(reader) for _ in range(3)] == [0, 0, 0]

    pass_time(reader, NOTED_EVERY)

    assert [sessions_written(reader) for _ in range(3)] == [1, 0, 0]


def test_a_visit_moves_the_end_of_the_cookie(client: Client) -> None:
    people.reader()
    log_in(client, "reader@example.org", remember="on")
    assert "sessionid" not in client.get("/").cookies

    pass_time(client, DAY)

    assert client.get("/").cookies["sessionid"]["max-age"] == site.SESSION_COOKIE_AGE


def test_a_session_from_before_these_rules_gets_its_times(reader: Client) -> None:
    session = reader.session
    del session[STARTED], session[SEEN]
    session.save()

    reader.get("/")

    assert abs(reader.session[STARTED] - time.time()) < 60


def test_a_new_log_in_starts_the_time_anew(reader: Client) -> None:
    pass_time(reader, 29 * DAY, seen=True)

    reader.post("/accounts/logout/")
    log_in(reader, "reader@example.org")

    assert abs(reader.session[STARTED] - time.time()) < 60


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(reader: Client) -> None:
    elsewhere = Client()
    elsewhere.force_login(User.objects.get())
    assert "Log in" not in text(elsewhere.get("/"))
    new = "another heron by another weir"

    reader.post(
        "/accounts/password/change/",
        {"oldpassword": people.PASSWORD, "password1": new, "password2": new},
    )

    assert "My account" in text(reader.get("/account/"))
    assert elsewhere.get("/account/").status_code == 302


def test_a_password_reset_ends_the_other_sessions(reader: Client) -> None:
    user = User.objects.get()
    user.set_password("another heron by another weir")
    user.save()

    assert reader.get("/account/").status_code == 302


# ── Log-out ───────────────────────────────────────────────────────────────────────────────────
def test_log_out_tells_the_browser_to_forget(reader: Client) -> None:
    assert "Clear-Site-Data" not in reader.get("/accounts/logout/").headers

    response = reader.post("/accounts/logout/")

    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in reader.post("/accounts/logout/").headers


@pytest.mark.parametrize(("https", "told"), [(True, True), (False, False)])
def test_over_plain_http_browsers_would_complain_so_nothing_is_said(
    reader: Client, settings: Any, https: bool, told: bool
) -> None:
    settings.IS_LOOPBACK, settings.IS_HTTPS = False, https

    assert ("Clear-Site-Data" in reader.post("/accounts/logout/").headers) == told


def test_abandoned_sessions_are_cleaned_up(reader: Client) -> None:
    kept = Client()
    kept.force_login(User.objects.get())
    Session.objects.filter(session_key=reader.session.session_key).update(
        expire_date=timezone.now() - timedelta(seconds=1)
    )

    call_command("clearsessions")

    assert [row.session_key for row in Session.objects.all()] == [kept.session.session_key]


# ── Browsers told apart ───────────────────────────────────────────────────────────────────────
@pytest.fixture
def devices() -> Any:
    if not apps.is_installed(DEVICES):
        pytest.skip("the site does not tell browsers apart")
    return apps.get_model(*DEVICE).objects


def test_at_log_out_the_browser_is_forgotten_and_others_are_not(devices: Any) -> None:
    people.reader()
    here, elsewhere = Client(), Client()
    log_in(here, "reader@example.org")
    log_in(elsewhere, "reader@example.org")
    assert "In 2 browsers, this one among them." in text(here.get("/account/"))

    here.post("/accounts/logout/")

    assert devices.get().session_key == elsewhere.session.session_key
    assert "In this browser alone." in text(elsewhere.get("/account/"))


def test_a_session_that_ran_out_takes_its_browser_along(devices: Any, client: Client) -> None:
    people.reader()
    log_in(client, "reader@example.org")
    pass_time(client, 30 * DAY)

    client.get("/")

    assert not devices.exists()


def test_the_clean_up_forgets_the_browsers_of_sessions_that_are_gone(devices: Any) -> None:
    people.reader()
    gone, kept = Client(), Client()
    log_in(gone, "reader@example.org")
    log_in(kept, "reader@example.org")
    Session.objects.filter(session_key=gone.session.session_key).update(
        expire_date=timezone.now() - timedelta(seconds=1)
    )

    call_command("clearsessions")

    assert devices.get().session_key == kept.session.session_key
