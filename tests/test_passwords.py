"""Passwords: 10 to 128 characters, none of the common ones, wherever one is set."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from tests import people
from tests.account_steps import (
    RESET,
    RESET_CODE,
    RESET_PASSWORD,
    SIGN_UP,
    code_in_last_mail,
    log_in,
    sign_up,
    text,
)

pytestmark = pytest.mark.django_db

LONGEST = "q7 " * 42 + "zz"
assert len(LONGEST) == 128
REFUSED = {
    "nine char": "at least 10 characters",
    LONGEST + "x": "at most 128 characters",
    "1234567890": "common|first that attackers try",
    "password123": "common|first that attackers try",
}
PLAIN = ("only small letters", "1029384756 1029384756", "ÄÖÜ äöü ñ 漢字 ☃☃", LONGEST)


def at_sign_up(client: Client, password: str) -> str:
    return text(client.post(SIGN_UP, {"email": "new@example.org", "password1": password}))


def at_change(client: Client, password: str) -> str:
    client.force_login(people.reader())
    data = {"oldpassword": people.PASSWORD, "password1": password, "password2": password}
    return text(client.post("/accounts/password/change/", data))


def at_first_setting(client: Client, password: str) -> str:
    client.force_login(people.reader(password=None))
    data = {"password1": password, "password2": password}
    return text(client.post("/accounts/password/set/", data))


def at_reset(client: Client, password: str) -> str:
    people.reader()
    client.post(RESET, {"email": "reader@example.org"})
    client.post(RESET_CODE, {"code": code_in_last_mail()})
    return text(client.post(RESET_PASSWORD, {"password1": password, "password2": password}))


def at_a_new_colleague(client: Client, password: str) -> str:
    client.force_login(people.admin())
    data = {"email": "new@example.org", "usable_password": "true"}
    both = {"password1": password, "password2": password}
    return text(client.post("/admin/accounts/user/add/", data | both))


def at_the_password_form_of_the_admin(client: Client, password: str) -> str:
    client.force_login(people.admin())
    page = f"/admin/accounts/user/{people.reader().pk}/password/"
    data = {"usable_password": "true", "password1": password, "password2": password}
    return text(client.post(page, data))


def at_make_admin(client: Client, password: str) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ADMIN_PASSWORD", password)
        try:
            call_command("make_admin", "new@example.org", stdout=StringIO())
        except CommandError as refused:
            return str(refused)
    return ""


PLACES: list[Callable[[Client, str], str]] = [
    at_sign_up,
    at_change,
    at_first_setting,
    at_reset,
    at_a_new_colleague,
    at_the_password_form_of_the_admin,
    at_make_admin,
]


@pytest.mark.parametrize("set_at", PLACES)
@pytest.mark.parametrize("password", REFUSED, ids=["short", "long", "common", "common-word"])
def test_a_bad_password_is_refused_in_words_everywhere(
    client: Client, set_at: Callable[[Client, str], str], password: str
) -> None:
    said = set_at(client, password)

    assert any(words in said for words in REFUSED[password].split("|")), said
    assert not any(user.check_password(password) for user in User.objects.all())


@pytest.mark.parametrize("set_at", PLACES)
@pytest.mark.parametrize("password", PLAIN, ids=["letters", "digits", "scripts", "longest"])
def test_any_kind_of_character_will_do(
    client: Client, set_at: Callable[[Client, str], str], password: str
) -> None:
    set_at(client, password)

    assert any(user.check_password(password) for user in User.objects.all())


def test_no_form_cuts_a_password_short(client: Client) -> None:
    assert "maxlength" not in text(client.get(SIGN_UP)).partition('name="password1"')[2][:200]
    sign_up(client, password1=LONGEST)

    user = User.objects.get()
    assert user.check_password(LONGEST)
    assert not user.check_password(LONGEST[:-1])
    assert "is not right" in text(log_in(Client(), user.email, LONGEST + "x"))


def test_spaces_at_the_ends_belong_to_the_password(client: Client, settings: Any) -> None:
    sign_up(client, password1="  between two spaces  ")

    assert User.objects.get().check_password("  between two spaces  ")
