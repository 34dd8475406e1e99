"""The account page, the file with one's data, and deleting the account."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from tests import people
from tests.account_steps import is_logged_in, log_in, text

pytestmark = pytest.mark.django_db

ACCOUNT, DATA, DELETE = "/account/", "/account/data/", "/account/delete/"
REAUTHENTICATE = "/accounts/reauthenticate/"


@pytest.fixture
def reader(client: Client) -> Client:
    client.force_login(people.reader())
    return client


def confirm(client: Client, **data: Any) -> Any:
    return client.post(REAUTHENTICATE, {"password": people.PASSWORD, **data})


@pytest.mark.parametrize("page", [ACCOUNT, DATA, DELETE])
def test_visitors_log_in_first(client: Client, page: str) -> None:
    assert client.get(page).headers["Location"] == f"/accounts/login/?next={page}"


def test_the_page_leads_to_all_one_can_do(reader: Client) -> None:
    page = text(reader.get(ACCOUNT))

    assert "reader@example.org" in page
    for address in ("email/", "password/change/", "logout/"):
        assert f'href="/accounts/{address}"' in page
    assert f'action="{DATA}"' in page
    assert f'href="{DELETE}"' in page
    assert "once you have been away for 14 days, and after 30 days in any case" in page


def test_staff_are_told_their_own_time(client: Client) -> None:
    client.force_login(people.author())

    assert "away for 12 hours, and after 30 days" in text(client.get(ACCOUNT))


def test_who_has_to_confirm_the_address_is_told(client: Client) -> None:
    client.force_login(people.unverified_reader())

    assert "It is not confirmed yet" in text(client.get(ACCOUNT))


def test_who_has_no_password_can_set_one(client: Client) -> None:
    client.force_login(people.reader(password=None))

    assert 'href="/accounts/password/set/"' in text(client.get(ACCOUNT))


def test_the_header_leads_to_the_account_and_to_log_out(reader: Client) -> None:
    header = text(reader.get("/accessibility/")).partition("</header>")[0]

    assert 'href="/account/"' in header
    assert 'href="/accounts/logout/"' in header
    assert "/account/" not in text(Client().get("/accessibility/"))


# ── Download ──────────────────────────────────────────────────────────────────────────────────
def test_the_download_asks_once_more_and_then_takes_one_click(reader: Client) -> None:
    assert reader.post(DATA).headers["Location"] == DATA
    assert reader.get(DATA).headers["Location"] == f"{REAUTHENTICATE}?next=%2Faccount%2Fdata%2F"
    assert confirm(reader, next=DATA).headers["Location"] == DATA

    response = reader.post(DATA)

    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Content-Disposition"].startswith('attachment; filename="my-data-')
    assert response.headers["Cache-Control"] == "private, no-store"
    assert json.loads(response.content)["account"]["email"] == "reader@example.org"


def test_a_link_from_elsewhere_downloads_nothing(reader: Client) -> None:
    confirm(reader)

    assert "Content-Disposition" not in reader.get(DATA).headers


# ── Delete ────────────────────────────────────────────────────────────────────────────────────
def test_deleting_asks_once_more_and_comes_back_to_what_it_means(reader: Client) -> None:
    assert reader.post(DELETE).headers["Location"] == DELETE
    assert reader.get(DELETE).headers["Location"] == f"{REAUTHENTICATE}?next=%2Faccount%2Fdelete%2F"
    assert confirm(reader, next=DELETE).headers["Location"] == DELETE
    assert User.objects.get().is_active

    page = text(reader.get(DELETE))
    assert "What goes" in page
    assert "What stays" in page
    assert "Delete my account for good" in page
    assert "What you wrote" not in page, "that is for staff"


def test_a_deleted_account_is_logged_out_told_by_mail_and_closed(reader: Client) -> None:
    confirm(reader)
    mail.outbox.clear()

    response = reader.post(DELETE)
    home = text(reader.get(response.headers["Location"]))

    assert response.cookies["sessionid"]["max-age"] == 0
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"', "the message has to arrive"
    assert "Your account is deleted." in home
    assert "Log in" in home
    assert not is_logged_in(reader)
    assert [(message.to, message.subject) for message in mail.outbox] == [
        (["reader@example.org"], "Your account at Nosology is deleted")
    ]
    assert "is not right" in text(log_in(Client(), "reader@example.org"))


def test_a_mail_that_fails_does_not_keep_the_account(
    reader: Client, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    confirm(reader)
    settings.EMAIL_BACKEND = "tests.test_account_mail.BrokenServer"

    assert reader.post(DELETE).headers["Location"] == "/"

    assert not User.objects.get().is_active
    assert "deleted without its notice" in caplog.text
    assert "reader@example.org" not in caplog.text


def test_the_last_administrator_is_told_why_it_does_not_work(client: Client) -> None:
    client.force_login(people.admin())
    confirm(client)

    page = text(client.get(DELETE))
    assert "You are the only administrator" in page
    assert "for good" not in page
    assert client.post(DELETE).headers["Location"] == DELETE
    assert User.objects.get().is_active


def test_staff_read_what_happens_to_their_work(client: Client) -> None:
    client.force_login(people.author())
    confirm(client)

    assert "What you wrote, approved and changed" in text(client.get(DELETE))
