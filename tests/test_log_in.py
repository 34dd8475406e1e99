"""Logging in by password and by code, logging out, and the way into the admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from tests import people
from tests.account_steps import (
    CONFIRM,
    LOG_IN,
    LOG_IN_BY_CODE,
    LOG_IN_CODE,
    QUOTED,
    RESET,
    SIGN_UP,
    TREATMENT,
    code_in_last_mail,
    is_logged_in,
    log_in,
    text,
    wrong_code,
)

pytestmark = pytest.mark.django_db


def test_after_the_password_the_reader_stands_at_the_treatment(client: Client) -> None:
    people.reader()

    response = log_in(client, "Reader@Example.org", next=TREATMENT)

    assert response.headers["Location"] == TREATMENT
    assert is_logged_in(client)


def test_after_the_code_the_reader_stands_at_the_treatment(client: Client) -> None:
    people.reader()

    sent = client.post(LOG_IN_BY_CODE, {"email": "reader@example.org", "next": TREATMENT})
    assert sent.headers["Location"] == f"{LOG_IN_CODE}?next={QUOTED}"
    page = text(client.get(sent.headers["Location"]))
    assert f'name="next" value="{TREATMENT}"' in page
    assert "reader@example.org</strong>. It works for 10 minutes." in page

    done = client.post(LOG_IN_CODE, {"code": code_in_last_mail(), "next": TREATMENT})
    assert done.headers["Location"] == TREATMENT
    assert is_logged_in(client)


@pytest.mark.parametrize("page", [LOG_IN, LOG_IN_BY_CODE])
def test_every_other_way_from_the_page_keeps_the_way_back(client: Client, page: str) -> None:
    html = text(client.get(page, {"next": TREATMENT}))

    others = {LOG_IN: {LOG_IN_BY_CODE, SIGN_UP, RESET}, LOG_IN_BY_CODE: {LOG_IN, SIGN_UP}}
    for other in others[page]:
        assert f'href="{other}?next={QUOTED}"' in html
    assert f'name="next" value="{TREATMENT}"' in html


def test_the_header_of_an_account_page_carries_no_way_back(client: Client) -> None:
    header = text(client.get(LOG_IN, {"next": TREATMENT})).partition("<main")[0]

    assert f'href="{LOG_IN}"' in header
    assert "next=" not in header


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/"])
def test_logging_in_never_leads_to_another_site(client: Client, elsewhere: str) -> None:
    people.reader()

    assert log_in(client, "reader@example.org", next=elsewhere).headers["Location"] == "/"


def test_a_wrong_password_is_told_once_for_both_fields(client: Client) -> None:
    people.reader()

    response = log_in(client, "reader@example.org", "not the password", next=TREATMENT)

    assert response.status_code == 200
    assert "The email address or the password is not right." in text(response)
    assert 'value="reader@example.org"' in text(response)
    assert text(response).startswith("<!doctype html>")
    assert "<title>Error: Log in" in text(response)


def test_an_unconfirmed_address_gets_a_code_first(client: Client) -> None:
    people.unverified_reader()

    response = log_in(client, "unverified@example.org", next=TREATMENT)
    assert response.headers["Location"] == f"{CONFIRM}?next={QUOTED}"
    assert not is_logged_in(client)

    done = client.post(CONFIRM, {"code": code_in_last_mail(), "next": TREATMENT})
    assert done.headers["Location"] == TREATMENT
    assert is_logged_in(client)


def test_logging_in_by_code_confirms_the_address(client: Client) -> None:
    user = people.unverified_reader()

    client.post(LOG_IN_BY_CODE, {"email": user.email})
    client.post(LOG_IN_CODE, {"code": code_in_last_mail()})

    assert is_logged_in(client)
    assert user.emailaddress_set.get().verified


def test_three_wrong_log_in_codes_lead_back_to_the_start_with_the_way_back(
    client: Client,
) -> None:
    people.reader()
    client.post(LOG_IN_BY_CODE, {"email": "reader@example.org", "next": TREATMENT})
    for _ in range(2):
        client.post(LOG_IN_CODE, {"code": wrong_code(), "next": TREATMENT})

    ended = client.post(LOG_IN_CODE, {"code": wrong_code(), "next": TREATMENT}, follow=True)

    assert ended.redirect_chain == [(f"{LOG_IN_BY_CODE}?next={QUOTED}", 302)]
    assert "Too many tries." in text(ended)


def test_a_new_log_in_code_can_be_asked_for_from_the_code_page(client: Client) -> None:
    people.reader()
    client.post(LOG_IN_BY_CODE, {"email": "reader@example.org", "next": TREATMENT})

    start = f"{LOG_IN_BY_CODE}?next={QUOTED}"
    assert f'name="next" value="{start}"' in text(client.get(LOG_IN_CODE, {"next": TREATMENT}))
    response = client.post("/accounts/logout/", {"next": start}, follow=True)

    assert response.redirect_chain == [(start, 302)]


def test_a_switched_off_account_is_told_so(client: Client, settings: Any) -> None:
    settings.CONTACT_EMAIL = "help@example.org"
    people.deactivated_reader()

    response = client.post(
        LOG_IN, {"login": "deactivated@example.org", "password": people.PASSWORD}, follow=True
    )

    assert "This account is switched off" in text(response)
    assert "mailto:help@example.org" in text(response)
    assert not is_logged_in(client)


def test_without_the_tick_the_session_ends_with_the_browser(client: Client) -> None:
    people.reader()

    log_in(client, "reader@example.org")
    assert client.session.get_expire_at_browser_close()


def test_with_the_tick_the_session_lasts_as_long_as_the_page_says(client: Client) -> None:
    people.reader()
    assert "Until you have been away for 14 days." in text(client.get(LOG_IN))

    log_in(client, "reader@example.org", remember="on")

    assert not client.session.get_expire_at_browser_close()
    assert client.session.get_expiry_age() == 14 * 24 * 3600


def test_logging_out_asks_first_and_ends_the_session(client: Client) -> None:
    client.force_login(people.reader())
    assert "You are logged in as reader@example.org." in text(client.get("/accounts/logout/"))
    assert is_logged_in(client)

    response = client.post("/accounts/logout/", follow=True)

    assert not is_logged_in(client)
    assert "You are logged out." in text(response)


def test_accounts_without_anything_behind_it_leads_to_log_in(client: Client) -> None:
    assert client.get("/accounts/").headers["Location"] == LOG_IN


# ── The admin ─────────────────────────────────────────────────────────────────────────────────
def test_the_admin_sends_visitors_to_the_site_s_own_log_in(client: Client) -> None:
    response = client.get("/admin/", follow=True)

    assert response.redirect_chain[-1] == (f"{LOG_IN}?next=%2Fadmin%2F", 302)
    direct = client.get("/admin/login/")
    assert direct.headers["Location"].startswith(f"{LOG_IN}?next=")


def test_a_password_sent_to_the_admin_s_log_in_opens_nothing(client: Client) -> None:
    people.admin()

    client.post("/admin/login/", {"username": "admin@example.org", "password": people.PASSWORD})

    assert not is_logged_in(client)


def test_a_reader_who_opens_the_admin_is_refused_and_not_sent_in_a_circle(client: Client) -> None:
    client.force_login(people.reader())

    assert client.get("/admin/", follow=True).status_code == 403
    assert client.get("/admin/login/").status_code == 403


def test_an_administrator_comes_back_to_the_admin(client: Client) -> None:
    people.admin()

    response = log_in(client, "admin@example.org", next="/admin/")

    assert response.headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert mail.outbox == []
