"""A new password: forgotten, changed, or set for the first time."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client

from tests import people
from tests.account_steps import (
    QUOTED,
    RESET,
    RESET_CODE,
    RESET_PASSWORD,
    TREATMENT,
    code_in_last_mail,
    is_logged_in,
    log_in,
    text,
    wrong_code,
)

pytestmark = pytest.mark.django_db

NEW = "another heron by another weir"


def ask(client: Client, email: str = "reader@example.org") -> None:
    client.post(RESET, {"email": email, "next": TREATMENT})


def test_after_a_forgotten_password_the_reader_stands_at_the_treatment_logged_in(
    client: Client,
) -> None:
    user = people.reader()
    ask(client)

    confirmed = client.post(RESET_CODE, {"code": code_in_last_mail(), "next": TREATMENT})
    assert confirmed.headers["Location"] == f"{RESET_PASSWORD}?next={QUOTED}"
    done = client.post(RESET_PASSWORD, {"password1": NEW, "password2": NEW, "next": TREATMENT})

    assert done.headers["Location"] == TREATMENT
    assert is_logged_in(client)
    user.refresh_from_db()
    assert user.check_password(NEW)


def test_the_code_page_says_how_long_the_code_lives(client: Client) -> None:
    people.reader()
    ask(client)

    page = text(client.get(RESET_CODE, {"next": TREATMENT}))

    assert "reader@example.org</strong>. It works for 10 minutes." in page
    assert f'name="next" value="{TREATMENT}"' in page


def test_without_the_code_no_password_can_be_set(client: Client) -> None:
    user = people.reader()
    ask(client)

    client.post(RESET_PASSWORD, {"password1": NEW, "password2": NEW})

    user.refresh_from_db()
    assert user.check_password(people.PASSWORD)


def test_three_wrong_codes_end_it_and_keep_the_way_back(client: Client) -> None:
    people.reader()
    ask(client)
    for _ in range(2):
        client.post(RESET_CODE, {"code": wrong_code(), "next": TREATMENT})

    ended = client.post(RESET_CODE, {"code": wrong_code(), "next": TREATMENT}, follow=True)

    assert ended.redirect_chain == [(f"/accounts/login/?next={QUOTED}", 302)]
    assert "Too many tries." in text(ended)


def test_a_new_password_keeps_the_rules(client: Client) -> None:
    people.reader()
    ask(client)
    client.post(RESET_CODE, {"code": code_in_last_mail()})

    page = client.post(RESET_PASSWORD, {"password1": "short", "password2": "short"})

    assert "Use at least 10 characters." in text(page)


def test_a_switched_off_account_gets_no_code(client: Client) -> None:
    people.deactivated_reader()
    ask(client, "deactivated@example.org")

    assert mail.outbox[0].subject == "There is no account at Nosology with this address"


def test_a_changed_password_ends_the_other_sessions_and_is_told_by_mail(client: Client) -> None:
    user = people.reader()
    other = Client()
    other.force_login(user)
    client.force_login(user)

    data = {"oldpassword": people.PASSWORD, "password1": NEW, "password2": NEW}
    response = client.post("/accounts/password/change/", data, follow=True)

    assert "Your password is changed." in text(response)
    assert client.get("/accounts/email/").status_code == 200
    assert other.get("/accounts/email/").status_code == 302
    assert mail.outbox[0].subject == "Your password at Nosology was changed"


def test_changing_the_password_asks_for_the_one_in_use(client: Client) -> None:
    client.force_login(people.reader())

    data = {"oldpassword": "guess", "password1": NEW, "password2": NEW}
    response = client.post("/accounts/password/change/", data)

    assert "This is not your current password." in text(response)


def test_an_account_without_a_password_can_set_one(client: Client) -> None:
    user = people.reader(password=None)
    client.force_login(user)
    assert client.get("/accounts/password/change/").headers["Location"].endswith("/set/")

    client.post("/accounts/password/set/", {"password1": NEW, "password2": NEW})

    assert log_in(Client(), user.email, NEW).status_code == 302
