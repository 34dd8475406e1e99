"""Authenticator apps and recovery codes: what they open, and what is refused."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from accounts.models import User
from tests import factories, people
from tests.account_steps import (
    LOG_IN,
    LOG_IN_BY_CODE,
    LOG_IN_CODE,
    QUOTED,
    RESET,
    RESET_CODE,
    RESET_PASSWORD,
    TREATMENT,
    code_in_last_mail,
    is_logged_in,
    log_in,
    text,
)
from tests.second_factor_steps import (
    ADD_PASSKEY,
    AUTHENTICATE,
    FACTORS,
    REAUTHENTICATE,
    RECOVERY,
    REMOVE_APP,
    SET_UP_APP,
    app_code,
    confirm_password,
    give_app,
    recovery_codes,
    wrong_code,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Any) -> Any:
    """What waits for the end of a transaction happens, as it does outside of tests."""
    return partial(django_capture_on_commit_callbacks, execute=True)


@pytest.fixture
def app_user() -> User:
    return give_app(people.reader())


@pytest.fixture
def confirmed(client: Client) -> Client:
    """A reader who has just given the password once more."""
    client.force_login(people.reader())
    confirm_password(client)
    return client


def secret_on(page: Any) -> str:
    return str(page.context["form"].secret)


# ── The authenticator app ─────────────────────────────────────────────────────────────────────
def test_an_app_is_set_up_with_the_code_it_shows(confirmed: Client, committed: Any) -> None:
    page = confirmed.get(SET_UP_APP)
    secret = secret_on(page)

    assert " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)) in text(page)
    assert "<svg " in text(page)
    assert "data:image" not in text(page)
    assert "issuer=Nosology" in text(page)

    with committed():
        answer = confirmed.post(SET_UP_APP, {"code": app_code(secret)})

    assert answer.headers["Location"] == RECOVERY
    assert mail.outbox[-1].subject == "An authenticator app was set up for your account at Nosology"


def test_a_wrong_code_sets_up_nothing_and_keeps_the_secret(confirmed: Client) -> None:
    secret = secret_on(confirmed.get(SET_UP_APP))

    refused = confirmed.post(SET_UP_APP, {"code": "12"})

    assert secret_on(refused) == secret
    assert "This was not accepted" in text(refused)
    assert not Authenticator.objects.exists()


def test_who_has_an_app_is_asked_for_its_code_and_goes_on_where_they_wanted(
    client: Client, app_user: User
) -> None:
    asked = log_in(client, app_user.email, next=TREATMENT)
    assert asked.headers["Location"] == AUTHENTICATE
    assert not is_logged_in(client)

    answer = client.post(AUTHENTICATE, {"code": app_code()})

    assert answer.headers["Location"] == TREATMENT
    assert is_logged_in(client)


@pytest.mark.parametrize("later", [-1, 1])
def test_the_code_before_and_after_count_for_those_who_type_slowly(
    client: Client, app_user: User, later: int
) -> None:
    log_in(client, app_user.email)
    client.post(AUTHENTICATE, {"code": app_code(later=later)})
    assert is_logged_in(client)


@pytest.mark.parametrize("later", [-3, 3])
def test_an_older_or_later_code_is_refused(client: Client, app_user: User, later: int) -> None:
    log_in(client, app_user.email)
    assert "This was not accepted" in text(
        client.post(AUTHENTICATE, {"code": app_code(later=later)})
    )
    assert not is_logged_in(client)


def test_a_code_that_was_used_is_refused_for_as_long_as_it_counts(app_user: User) -> None:
    code = app_code(later=1)
    for client in (first := Client(), second := Client()):
        log_in(client, app_user.email)
        client.post(AUTHENTICATE, {"code": code})
    assert is_logged_in(first)
    assert not is_logged_in(second)


def test_five_wrong_codes_close_the_log_in_even_for_the_right_one(
    client: Client, app_user: User
) -> None:
    log_in(client, app_user.email)
    for _ in range(5):
        client.post(AUTHENTICATE, {"code": wrong_code()})

    refused = client.post(AUTHENTICATE, {"code": app_code()})

    assert "Too many tries" in text(refused)
    assert not is_logged_in(client)


def test_no_other_way_in_goes_round_the_second_factor(client: Client, app_user: User) -> None:
    client.post(LOG_IN_BY_CODE, {"email": app_user.email})
    assert client.post(LOG_IN_CODE, {"code": code_in_last_mail()}).headers["Location"] == (
        AUTHENTICATE
    )
    assert not is_logged_in(client)

    reset = Client()
    reset.post(RESET, {"email": app_user.email})
    reset.post(RESET_CODE, {"code": code_in_last_mail()})
    new = {"password1": "another long password", "password2": "another long password"}
    assert reset.post(RESET_PASSWORD, new).headers["Location"] == AUTHENTICATE
    assert not is_logged_in(reset)


def test_half_a_log_in_opens_no_full_treatment(client: Client, app_user: User) -> None:
    edition = factories.published()
    log_in(client, app_user.email)

    assert factories.CANARY not in text(client.get(edition.get_absolute_url()))


@pytest.mark.parametrize("page", [AUTHENTICATE])
def test_a_log_in_that_was_not_begun_starts_again(client: Client, page: str) -> None:
    response = client.get(page, {"next": TREATMENT}, follow=True)
    assert response.redirect_chain[-1][0] == f"{LOG_IN}?next={QUOTED}"
    assert "was not finished in time" in text(response)


def test_removing_the_app_takes_the_recovery_codes_along(client: Client, app_user: User) -> None:
    client.force_login(app_user)
    confirm_password(client)
    assert "It is your only second proof" in text(client.get(REMOVE_APP))

    client.post(REMOVE_APP)

    assert not Authenticator.objects.exists()
    assert mail.outbox[-1].subject == (
        "The authenticator app was removed from your account at Nosology"
    )


# ── Nothing changes without the password ──────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "page", [SET_UP_APP, ADD_PASSKEY, REMOVE_APP, RECOVERY, f"{RECOVERY}generate/"]
)
def test_pages_that_change_or_show_second_factors_ask_for_the_password(
    client: Client, page: str
) -> None:
    user = people.reader()
    if page not in {SET_UP_APP, ADD_PASSKEY}:
        give_app(user)
    client.force_login(user)

    tries = [client.get(page)] if page == RECOVERY else [client.get(page), client.post(page)]
    for response in tries:
        assert response.headers["Location"].startswith("/accounts/reauthenticate/?next=")
    assert Authenticator.objects.count() in {0, 2}


@pytest.mark.parametrize("page", [SET_UP_APP, ADD_PASSKEY])
def test_an_address_that_is_not_confirmed_gets_no_second_factor(client: Client, page: str) -> None:
    """A stranger could otherwise shut the owner of an address out for good."""
    client.force_login(people.unverified_reader())
    confirm_password(client)

    response = client.get(page, follow=True)

    assert response.redirect_chain[-1][0] == FACTORS
    assert "Confirm your email address first." in text(response)


def test_a_visitor_is_sent_to_log_in(client: Client) -> None:
    for page in (FACTORS, SET_UP_APP, ADD_PASSKEY, RECOVERY, REAUTHENTICATE):
        assert client.get(page).headers["Location"].startswith(LOG_IN), page


# ── Recovery codes ────────────────────────────────────────────────────────────────────────────
def test_recovery_codes_are_shown_once(client: Client, app_user: User) -> None:
    client.force_login(app_user)
    confirm_password(client)
    codes = recovery_codes(app_user)

    first, second = text(client.get(RECOVERY)), text(client.get(RECOVERY))

    assert all(code in first for code in codes)
    assert 'download="recovery-codes.txt" href="data:text/plain' in first
    assert not any(code in second for code in codes)
    assert client.get(f"{RECOVERY}download/").status_code == 403


def test_recovery_codes_come_as_a_file_that_says_what_they_are_for(
    client: Client, app_user: User
) -> None:
    client.force_login(app_user)
    confirm_password(client)

    response = client.get(f"{RECOVERY}download/")

    assert response.headers["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert text(response).splitlines()[:2] == [
        "Recovery codes for Nosology, http://localhost:8000",
        "Account: reader@example.org",
    ]
    assert text(response).strip().splitlines()[-10:] == recovery_codes(app_user)


def test_a_recovery_code_opens_one_log_in(app_user: User) -> None:
    code = recovery_codes(app_user)[0]
    for client in (first := Client(), second := Client()):
        log_in(client, app_user.email)
        client.post(AUTHENTICATE, {"code": code})
    assert is_logged_in(first)
    assert not is_logged_in(second)
    assert len(recovery_codes(app_user)) == 9


def test_new_recovery_codes_end_the_old_ones(
    client: Client, app_user: User, committed: Any
) -> None:
    old = recovery_codes(app_user)
    client.force_login(app_user)
    confirm_password(client)

    with committed():
        assert client.post(f"{RECOVERY}generate/").headers["Location"] == RECOVERY

    assert not set(old) & set(recovery_codes(app_user))
    assert mail.outbox[-1].subject == "New recovery codes for your account at Nosology"


def test_nobody_makes_recovery_codes_without_a_second_factor(confirmed: Client) -> None:
    refused = confirmed.post(f"{RECOVERY}generate/")
    assert "Add one of these first." in text(refused)
    assert not Authenticator.objects.exists()
