"""Guessing is slowed down, for all workers together, and the reader is told what else to do."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.test import Client

from tests import people
from tests.account_steps import (
    CONFIRM,
    LOG_IN_BY_CODE,
    LOG_IN_CODE,
    QUOTED,
    TREATMENT,
    code_in_last_mail,
    is_logged_in,
    log_in,
    sign_up,
    text,
)

pytestmark = pytest.mark.django_db


def test_the_limits_stand_in_the_database_where_all_workers_see_them() -> None:
    assert isinstance(caches["default"], DatabaseCache)


def test_five_wrong_passwords_close_an_account_s_log_in_for_every_browser() -> None:
    people.reader()
    for turn in range(5):
        browser = Client(REMOTE_ADDR=f"192.0.2.{turn}")
        assert log_in(browser, "reader@example.org", "a guess").status_code == 200

    for address in ("192.0.2.77", "192.0.2.78"):
        refused = log_in(Client(REMOTE_ADDR=address), "reader@example.org", next=TREATMENT)
        assert refused.status_code == 429
        assert "Too many tries" in text(refused)
        assert f'href="{LOG_IN_BY_CODE}?next={QUOTED}"' in text(refused)


def test_who_is_locked_out_by_a_stranger_gets_in_by_code(client: Client) -> None:
    people.reader()
    for _ in range(6):
        log_in(Client(), "reader@example.org", "a guess")

    client.post(LOG_IN_BY_CODE, {"email": "reader@example.org", "next": TREATMENT})
    response = client.post(LOG_IN_CODE, {"code": code_in_last_mail(), "next": TREATMENT})

    assert response.headers["Location"] == TREATMENT
    assert is_logged_in(client)


def guesses_from(address: str) -> list[int]:
    """Ten guesses at ten accounts: only the limit per network address can stop the next one."""
    clients = [Client(REMOTE_ADDR=address) for _ in range(10)]
    return [
        log_in(client, f"{turn}@example.org", "a guess").status_code
        for turn, client in enumerate(clients)
    ]


def test_a_made_up_forwarding_header_does_not_help_a_guesser() -> None:
    assert set(guesses_from("192.0.2.1")) == {200}

    for claimed in ("198.51.100.1", "198.51.100.2, 198.51.100.3", "127.0.0.1"):
        client = Client(REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=claimed)
        assert log_in(client, "other@example.org", "a guess").status_code == 429
    assert log_in(Client(REMOTE_ADDR="192.0.2.2"), "o@example.org", "a guess").status_code == 200


def test_behind_a_proxy_each_reader_is_counted_alone(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    first = [log_in_through_proxy("198.51.100.1", turn) for turn in range(11)]

    assert first == [200] * 10 + [429]
    assert log_in_through_proxy("198.51.100.2", 99) == 200
    assert log_in_through_proxy("203.0.113.5, 198.51.100.1", 99) == 429, "only the last is trusted"


def log_in_through_proxy(claimed: str, turn: int) -> int:
    client = Client(REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=claimed)
    return int(log_in(client, f"{turn}@example.org", "a guess").status_code)


def test_a_second_code_within_ten_seconds_is_refused_and_the_first_still_works(
    client: Client,
) -> None:
    sign_up(client, next=TREATMENT)

    refused = client.post(CONFIRM, {"action": "resend", "next": TREATMENT})
    assert refused.status_code == 429
    assert "its code still works" in text(refused)

    client.post(CONFIRM, {"code": code_in_last_mail(), "next": TREATMENT})
    assert is_logged_in(client)


def test_confirming_with_the_password_is_limited_too(client: Client) -> None:
    client.force_login(people.reader())
    page = "/accounts/reauthenticate/"

    answers = [client.post(page, {"password": "a guess"}).status_code for _ in range(6)]

    assert answers == [200] * 5 + [429]
