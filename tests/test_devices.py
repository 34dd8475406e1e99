"""Where somebody is logged in: what is kept of it, and how it ends."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.devices import NOWHERE, device_name, end_sessions
from tests import people
from tests.account_steps import is_logged_in, log_in, text
from tests.second_factor_steps import SESSIONS

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (Android 16; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
SAFARI = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/19.0 Safari/605.1.15"
)
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
CHROME_IOS = "AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0 Mobile/15E148 Safari/604.1"


def browser(agent: str, email: str = "reader@example.org", address: str = "192.0.2.7") -> Client:
    client = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
    log_in(client, email)
    return client


def row_of(client: Client) -> UserSession:
    return UserSession.objects.get(session_key=client.session.session_key)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox on Android"),
        (SAFARI, "Safari on Mac"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Edg/142.0.0.0", "Edge on Windows"),
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) {CHROME_IOS}",
            "Chrome on iPhone",
        ),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {CHROME}", "Chrome on Chromebook"),
        ("curl/8.14", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_has_a_name_that_people_know(agent: str, name: str) -> None:
    assert device_name(agent) == name


def test_neither_the_network_address_nor_the_version_is_kept() -> None:
    people.reader()
    row = row_of(browser(FIREFOX))

    assert row.user_agent == "Firefox on Android"
    assert row.ip == NOWHERE
    row.save()  # as a password change does
    row.refresh_from_db()
    assert row.user_agent == "Firefox on Android"


def test_the_page_lists_each_browser_and_marks_this_one() -> None:
    people.reader()
    here, _ = browser(FIREFOX), browser(SAFARI)

    html = text(here.get(SESSIONS))

    assert "Safari on Mac" in html
    assert html.count("This browser") == 1
    assert f"/accounts/sessions/{row_of(here).pk}/end/" not in html
    assert "192.0.2.7" not in html


def test_one_of_them_is_ended() -> None:
    people.reader()
    here, there, elsewhere = browser(FIREFOX), browser(SAFARI), browser("curl/8.14")

    answer = here.post(f"/accounts/sessions/{row_of(there).pk}/end/", follow=True)

    assert "Safari on Mac is logged out." in text(answer)
    assert [is_logged_in(each) for each in (here, there, elsewhere)] == [True, False, True]


def test_all_others_are_ended() -> None:
    people.reader()
    here, there, elsewhere = browser(FIREFOX), browser(SAFARI), browser("curl/8.14")

    answer = here.post(SESSIONS, follow=True)

    assert "You are logged out everywhere else." in text(answer)
    assert [is_logged_in(each) for each in (here, there, elsewhere)] == [True, False, False]


def test_nobody_ends_a_session_of_somebody_else() -> None:
    people.reader()
    people.reader("other@example.org")
    mine, theirs = browser(FIREFOX), browser(SAFARI, "other@example.org")

    answer = mine.post(f"/accounts/sessions/{row_of(theirs).pk}/end/", follow=True)

    assert is_logged_in(theirs)
    assert "is logged out" not in text(answer)


def test_the_session_in_use_is_not_ended_by_this_button() -> None:
    people.reader()
    here = browser(FIREFOX)
    here.post(f"/accounts/sessions/{row_of(here).pk}/end/")
    assert is_logged_in(here)


def test_ending_takes_a_button_and_a_log_in(client: Client) -> None:
    people.reader()
    page = f"/accounts/sessions/{row_of(browser(FIREFOX)).pk}/end/"

    assert client.post(page).headers["Location"].startswith("/accounts/login/")
    assert client.get(page).status_code == 405
    assert Client(enforce_csrf_checks=True).post(page).status_code == 403


def test_all_sessions_of_a_person_end_and_no_others() -> None:
    user, _ = people.reader(), people.reader("other@example.org")
    mine = [browser(FIREFOX), browser(SAFARI)]
    forced = Client()
    forced.force_login(user)  # a session without a row on its device
    other = browser(FIREFOX, "other@example.org")

    assert end_sessions(user) == 3

    assert not any(is_logged_in(each) for each in (*mine, forced))
    assert is_logged_in(other)
    assert Session.objects.count() == 1
