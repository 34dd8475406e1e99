"""Nobody learns from the account pages whether an address has an account."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.test import Client

from tests import people
from tests.account_steps import (
    CONFIRM,
    LOG_IN_BY_CODE,
    LOG_IN_CODE,
    RESET,
    RESET_CODE,
    TREATMENT,
    log_in,
    sign_up,
    text,
)

pytestmark = pytest.mark.django_db

KNOWN, UNKNOWN = "aaaaaa@example.org", "bbbbbb@example.org"


class CountingHasher(MD5PasswordHasher):
    hashed = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).hashed += 1
        return super().encode(password, salt)


@pytest.fixture
def hashed(settings: Any) -> Iterator[Callable[[], int]]:
    """How many passwords were hashed since it was last asked: the work that takes the time."""
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]

    def since_last_time() -> int:
        count, CountingHasher.hashed = CountingHasher.hashed, 0
        return count

    return since_last_time


def seen(response: Any, email: str) -> tuple[object, ...]:
    """All that a stranger sees of an answer, without what differs at random."""
    body = re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]*', r"\1", text(response))
    headers = {
        name: value.replace(email, "ADDRESS").replace(email.replace("@", "%40"), "ADDRESS")
        for name, value in response.headers.items()
        if name not in {"Content-Length", "Expires"}
    }
    return response.status_code, body.replace(email, "ADDRESS"), headers, sorted(response.cookies)


def walk(email: str, act: Callable[[Client], Any], then: str) -> list[tuple[object, ...]]:
    """An act, the page after it, a wrong code, the page once more."""
    client = Client()
    answers = [act(client)]
    answers.append(client.get(then, {"next": TREATMENT}))
    answers += [client.post(then, {"code": "BBBB-BBBB", "next": TREATMENT}) for _ in range(3)]
    answers.append(client.get("/accounts/login/"))
    return [seen(answer, email) for answer in answers]


def test_signing_up_with_a_taken_address_looks_and_costs_the_same(
    hashed: Callable[[], int],
) -> None:
    people.reader(KNOWN)
    walks, costs = [], []
    for email in (KNOWN, UNKNOWN):
        hashed()
        mail.outbox.clear()
        walks.append(
            walk(email, lambda client, e=email: sign_up(client, e, next=TREATMENT), CONFIRM)
        )
        costs.append((hashed(), len(mail.outbox), mail.outbox[0].to == [email]))

    assert walks[0] == walks[1]
    assert costs == [(1, 1, True), (1, 1, True)]


@pytest.mark.parametrize(
    "person", [people.reader, people.unverified_reader, people.deactivated_reader]
)
def test_a_taken_address_stays_the_account_that_it_was(
    client: Client, person: Callable[..., Any]
) -> None:
    user = person(KNOWN)
    before = user.password

    sign_up(client, KNOWN, password1="a password of a stranger")

    user.refresh_from_db()
    assert user.password == before
    assert mail.outbox[0].subject == "You already have an account at Nosology"


def test_asking_for_another_code_sends_a_mail_in_either_case(hashed: Callable[[], int]) -> None:
    people.reader(KNOWN)
    walks, costs = [], []
    for email in (KNOWN, UNKNOWN):
        client = Client()
        sign_up(client, email)
        client.get(CONFIRM)
        cache.clear()  # ten seconds later
        hashed()
        mail.outbox.clear()
        again = client.post(CONFIRM, {"action": "resend"})
        walks.append([seen(again, email), seen(client.get(CONFIRM), email)])
        costs.append((hashed(), len(mail.outbox)))

    assert walks[0] == walks[1]
    assert costs == [(0, 1), (0, 1)]


@pytest.mark.parametrize(("page", "then"), [(RESET, RESET_CODE), (LOG_IN_BY_CODE, LOG_IN_CODE)])
def test_asking_for_a_code_looks_and_costs_the_same_for_an_unknown_address(
    hashed: Callable[[], int], page: str, then: str
) -> None:
    people.reader(KNOWN)
    walks, costs = [], []
    for email in (KNOWN, UNKNOWN):
        hashed()
        mail.outbox.clear()
        data = {"email": email, "next": TREATMENT}
        walks.append(walk(email, lambda client, d=data: client.post(page, d), then))
        costs.append((hashed(), len(mail.outbox), mail.outbox[0].to == [email]))

    assert walks[0] == walks[1]
    assert costs == [(0, 1, True), (0, 1, True)]


def test_a_wrong_password_looks_and_costs_the_same_for_an_unknown_address(
    hashed: Callable[[], int],
) -> None:
    people.reader(KNOWN)
    answers, costs = [], []
    for email in (KNOWN, UNKNOWN):
        hashed()
        answers.append(seen(log_in(Client(), email, "not the password"), email))
        costs.append(hashed())

    assert answers[0] == answers[1]
    assert costs == [1, 1]


def test_changing_to_a_taken_address_looks_the_same(client: Client) -> None:
    people.reader(KNOWN)
    client.force_login(people.reader("reader@example.org"))
    client.post("/accounts/reauthenticate/", {"password": people.PASSWORD})
    answers = []
    for email in (KNOWN, UNKNOWN):
        asked = client.post("/accounts/email/", {"email": email, "action_add": ""})
        answers.append((seen(asked, email), seen(client.get(CONFIRM), email)))

    assert answers[0] == answers[1]
    assert [len(message.to) for message in mail.outbox] == [1, 1]
