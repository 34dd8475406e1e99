"""The address of an account: confirming it, and changing it."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from tests import people
from tests.account_steps import CONFIRM, code_in_last_mail, log_in, text

pytestmark = pytest.mark.django_db

PAGE = "/accounts/email/"
NEW = "new@example.org"


@pytest.fixture
def reader(client: Client) -> User:
    """A reader who has just confirmed who they are."""
    user = people.reader()
    client.force_login(user)
    client.post("/accounts/reauthenticate/", {"password": people.PASSWORD})
    return user


def addresses(user: User) -> list[tuple[str, bool, bool]]:
    return list(user.emailaddress_set.values_list("email", "primary", "verified"))


def test_changing_the_address_asks_for_the_password_first(client: Client) -> None:
    client.force_login(people.reader())

    asked = client.post(PAGE, {"email": NEW, "action_add": ""})
    assert asked.headers["Location"] == "/accounts/reauthenticate/?next=%2Faccounts%2Femail%2F"
    assert mail.outbox == []

    data = {"password": people.PASSWORD, "next": PAGE}
    assert client.post("/accounts/reauthenticate/", data).headers["Location"] == CONFIRM
    assert mail.outbox[0].to == [NEW]


def test_the_old_address_stays_until_the_new_one_is_confirmed(client: Client, reader: User) -> None:
    client.post(PAGE, {"email": NEW, "action_add": ""})

    assert addresses(reader) == [("reader@example.org", True, True)]
    assert "Keep the address I have" in text(client.get(CONFIRM))
    assert log_in(Client(), "reader@example.org").headers["Location"] == "/"
    assert log_in(Client(), NEW).status_code == 200


def test_the_code_changes_the_address_in_both_places_and_tells_the_old_one(
    client: Client, reader: User
) -> None:
    client.post(PAGE, {"email": NEW, "action_add": ""})

    done = client.post(CONFIRM, {"code": code_in_last_mail()}, follow=True)

    assert done.redirect_chain == [(PAGE, 302)]
    assert f"{NEW} is confirmed." in text(done)
    reader.refresh_from_db()
    assert reader.email == NEW
    assert addresses(reader) == [(NEW, True, True)]
    assert mail.outbox[-1].to == ["reader@example.org"]
    assert mail.outbox[-1].subject == "The email address of your account at Nosology was changed"


def test_an_address_that_was_taken_meanwhile_is_refused_at_the_code(
    client: Client, reader: User
) -> None:
    client.post(PAGE, {"email": NEW, "action_add": ""})
    people.reader(NEW)

    answer = client.post(CONFIRM, {"code": code_in_last_mail()})

    assert "This address cannot be used." in text(answer)
    assert addresses(reader) == [("reader@example.org", True, True)]


def test_the_page_says_which_address_is_in_use(client: Client, reader: User) -> None:
    page = text(client.get(PAGE))

    assert "You log in with <strong>reader@example.org</strong>. It is confirmed." in page
    assert "style=" not in page


def test_an_unconfirmed_address_can_be_confirmed_from_the_page(client: Client) -> None:
    user = people.unverified_reader()
    client.force_login(user)
    assert "is not confirmed yet" in text(client.get(PAGE))

    sent = client.post(PAGE, {"email": user.email, "action_send": ""})
    assert sent.headers["Location"] == CONFIRM
    client.post(CONFIRM, {"code": code_in_last_mail()})

    assert addresses(user) == [(user.email, True, True)]


def test_one_s_own_address_is_no_change(client: Client, reader: User) -> None:
    answer = client.post(PAGE, {"email": "Reader@example.org", "action_add": ""})

    assert "This is your address already." in text(answer)
