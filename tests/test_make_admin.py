"""`manage.py make_admin`: from nothing, from an existing account, on a terminal and without."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.management.commands import make_admin
from accounts.models import User
from tests import people
from tests.account_steps import log_in

pytestmark = pytest.mark.django_db

PASSWORD = "the long password of an administrator"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def _no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    monkeypatch.delenv("ADMIN_PASSWORD", raising=False)


@pytest.fixture
def password_given(_no_terminal: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMIN_PASSWORD", PASSWORD)


def answer(
    monkeypatch: pytest.MonkeyPatch, passwords: Iterable[str], address: str = "boss@example.org"
) -> None:
    """Sit at a terminal and type."""
    typed = iter(passwords)
    monkeypatch.delenv("ADMIN_PASSWORD", raising=False)
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("builtins.input", lambda prompt: address)
    monkeypatch.setattr(make_admin, "getpass", lambda prompt: next(typed))


def run(*args: str, **options: Any) -> str:
    said = io.StringIO()
    call_command("make_admin", *args, stdout=said, **options)
    return said.getvalue().strip()


@pytest.mark.usefixtures("password_given")
def test_a_new_administrator_can_open_the_admin_at_once(client: Client) -> None:
    assert run("--email", "Boss@Example.org") == "boss@example.org is an administrator now."

    assert log_in(client, "boss@example.org", PASSWORD, next="/admin/").status_code == 302
    assert client.get("/admin/").status_code == 200
    assert User.objects.get().emailaddress_set.get().verified


def test_on_a_terminal_it_asks_for_address_and_password(
    monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    answer(monkeypatch, [PASSWORD, PASSWORD])

    run()

    log_in(client, "boss@example.org", PASSWORD)
    assert client.get("/admin/").status_code == 200


def test_on_a_terminal_a_refused_password_is_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(monkeypatch, ["short", PASSWORD, "something else", PASSWORD, PASSWORD])

    run()

    said = capsys.readouterr().err
    assert "too short" in said
    assert "The two passwords differ. Try again." in said
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.usefixtures("password_given")
def test_a_second_time_changes_nothing() -> None:
    run("boss@example.org")
    before = User.objects.values().get()

    said = run("boss@example.org")

    assert said == "boss@example.org was an administrator already. The password stays as it is."
    assert User.objects.values().get() == before
    assert User.objects.get().emailaddress_set.count() == 1


@pytest.mark.usefixtures("password_given")
def test_a_reader_with_a_confirmed_address_is_promoted_and_keeps_the_password() -> None:
    people.reader("boss@example.org")

    run("boss@example.org")

    user = User.objects.get()
    assert user.is_superuser
    assert user.is_staff
    assert user.check_password(people.PASSWORD)


@pytest.mark.usefixtures("password_given")
def test_who_signed_up_with_the_address_of_another_gets_no_rights_by_it() -> None:
    """The password of an unconfirmed account may be a stranger's: it is replaced."""
    people.unverified_reader("boss@example.org")

    assert "The password is the new one." in run("boss@example.org")

    assert not User.objects.get().check_password(people.PASSWORD)
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.usefixtures("password_given")
def test_a_switched_off_account_is_switched_on_and_it_says_so() -> None:
    people.deactivated_reader("boss@example.org")

    assert "was switched off and is on again" in run("boss@example.org")
    assert User.objects.get().is_active


@pytest.mark.usefixtures("_no_terminal")
def test_without_a_terminal_it_says_which_variable_holds_the_password() -> None:
    with pytest.raises(CommandError, match="environment variable ADMIN_PASSWORD"):
        run("boss@example.org")
    with pytest.raises(CommandError, match="Give the address"):
        run()
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("address", "password", "complaint"),
    [
        ("boss", PASSWORD, "'boss' is not an email address"),
        ("boss@example.org", "short", "ADMIN_PASSWORD: This password is too short"),
        ("boss@example.org", "boss@example.org", "too similar to the"),
    ],
)
@pytest.mark.usefixtures("_no_terminal")
def test_what_is_not_right_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, address: str, password: str, complaint: str
) -> None:
    monkeypatch.setenv("ADMIN_PASSWORD", password)

    with pytest.raises(CommandError, match=complaint):
        run(address)
    assert not User.objects.exists()


def test_stopping_at_the_terminal_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, [])

    def stop(prompt: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(make_admin, "getpass", stop)
    with pytest.raises(CommandError, match="Nothing was changed"):
        run()
    assert not User.objects.exists()
