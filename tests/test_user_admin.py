"""Accounts in the admin: made, changed and switched off there."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests import people
from tests.account_steps import CONFIRM, code_in_last_mail, is_logged_in, log_in, text

pytestmark = pytest.mark.django_db

LIST = "/admin/accounts/user/"
PASSWORD = "a long password for a colleague"


@pytest.fixture
def boss(client: Client) -> Client:
    client.force_login(people.admin())
    return client


def add(boss: Client, email: str = "Colleague@Example.org") -> Any:
    data = {"email": email, "password1": PASSWORD, "password2": PASSWORD}
    return boss.post(f"{LIST}add/", {**data, "usable_password": "true"})


def change(boss: Client, user: User, **data: Any) -> Any:
    return boss.post(f"{LIST}{user.pk}/change/", {"email": user.email, "is_active": "on", **data})


def test_a_colleague_made_in_the_admin_confirms_the_address_at_the_first_log_in(
    boss: Client,
) -> None:
    assert add(boss).status_code == 302
    user = User.objects.get(email="colleague@example.org")
    assert user.emailaddress_set.get().email == user.email

    browser = Client()
    assert log_in(browser, user.email, PASSWORD).headers["Location"] == CONFIRM
    browser.post(CONFIRM, {"code": code_in_last_mail()})
    assert is_logged_in(browser)


def test_an_address_makes_one_account_in_any_case(boss: Client) -> None:
    people.reader("colleague@example.org")

    assert "Another account has this address." in text(add(boss))
    assert User.objects.filter(email__iexact="colleague@example.org").count() == 1


def test_a_changed_address_changes_in_both_places_and_has_to_be_confirmed(boss: Client) -> None:
    user = people.reader()

    assert change(boss, user, email="New@example.org").status_code == 302

    user.refresh_from_db()
    row = user.emailaddress_set.get()
    assert (user.email, row.email) == ("new@example.org", "new@example.org")
    assert (row.primary, row.verified) == (True, False)


def test_changing_something_else_leaves_the_address_confirmed(boss: Client) -> None:
    user = people.reader()

    assert change(boss, user, first_name="Maria").status_code == 302

    user.refresh_from_db()
    assert user.first_name == "Maria"
    assert user.emailaddress_set.get().verified


def test_an_account_is_switched_off_by_a_tick(boss: Client) -> None:
    user = people.reader()
    browser = Client()
    browser.force_login(user)

    boss.post(f"{LIST}{user.pk}/change/", {"email": user.email})

    assert browser.get("/accounts/email/").headers["Location"].startswith("/accounts/login/")


def test_a_row_is_never_deleted(boss: Client) -> None:
    reader = people.reader()

    assert (
        boss.post(f"/admin/accounts/user/{reader.pk}/delete/", {"post": "yes"}).status_code == 403
    )
    assert "delete_selected" not in text(boss.get("/admin/accounts/user/"))


def test_list_and_form_show_whether_the_address_is_confirmed(boss: Client) -> None:
    user = people.unverified_reader()

    assert 'alt="False"' in text(boss.get(LIST, {"q": user.email}))
    assert "Address confirmed" in text(boss.get(f"{LIST}{user.pk}/change/"))
    assert boss.get(f"{LIST}add/").status_code == 200


def test_addresses_have_no_page_of_their_own_to_disagree_on(boss: Client) -> None:
    assert boss.get("/admin/account/emailaddress/").status_code == 404
