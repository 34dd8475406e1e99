"""`manage.py reset_second_factor`: the way back in for who lost everything."""

from __future__ import annotations

import io
import logging

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from tests import people
from tests.account_steps import is_logged_in, log_in
from tests.second_factor_steps import SECRET, give_app, give_passkey, log_in_with_second_factor

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    said = io.StringIO()
    call_command("reset_second_factor", *arguments, stdout=said)
    return said.getvalue().strip()


def test_every_second_factor_goes_and_every_session_ends(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    user = people.reader()
    log_in_with_second_factor(client, user)
    give_passkey(user)
    other = give_app(people.reader("other@example.org"))

    with caplog.at_level(logging.WARNING, "accounts.second_factor"):
        said = run("Reader@Example.org")

    assert said.startswith("reader@example.org has no second factor any more")
    assert {row.user for row in Authenticator.objects.all()} == {other}
    assert not is_logged_in(client)
    assert caplog.messages == [f"Second factor of user {user.pk} was reset; 1 sessions ended."]
    log_in(client, user.email)
    assert is_logged_in(client)


def test_the_person_is_told(client: Client) -> None:
    give_app(people.reader())
    run("reader@example.org")

    (message,) = mail.outbox
    assert message.to == ["reader@example.org"]
    assert message.subject == "The second proof of your account at Nosology was removed"
    assert "logged you out" in str(message.body)
    assert SECRET not in str(message.body)


def test_a_second_time_removes_and_sends_nothing() -> None:
    give_app(people.reader())
    run("reader@example.org")

    assert "Nothing was removed" in run("reader@example.org")
    assert len(mail.outbox) == 1


def test_an_address_nobody_has_is_told_in_one_line() -> None:
    give_app(people.reader())
    with pytest.raises(CommandError, match="There is no account with the address redaer@"):
        run("redaer@example.org")
    assert Authenticator.objects.exists()


def test_without_an_address_it_says_what_is_missing() -> None:
    with pytest.raises(CommandError, match="EMAIL"):
        run()


def test_mail_that_fails_does_not_undo_it_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    give_app(people.reader())

    def fail(*_args: object, **_kwargs: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", fail)

    with pytest.raises(CommandError, match="tell them yourself"):
        run("reader@example.org")
    assert not Authenticator.objects.exists()
