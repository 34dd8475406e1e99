"""Passkeys, by a device in software: what they open, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from accounts.models import User
from tests import people
from tests.account_steps import (
    LOG_IN,
    QUOTED,
    TREATMENT,
    is_logged_in,
    log_in,
    text,
)
from tests.second_factor_steps import (
    ADD_PASSKEY,
    AUTHENTICATE,
    LOG_IN_BY_PASSKEY,
    REAUTHENTICATE_BY_PASSKEY,
    RECOVERY,
    confirm_password,
    give_app,
    give_passkey,
    options_in,
)
from tests.soft_passkey import SoftPasskey

pytestmark = pytest.mark.django_db


@pytest.fixture
def confirmed(client: Client) -> Client:
    """A reader who has just given the password once more."""
    client.force_login(people.reader())
    confirm_password(client)
    return client


def add(client: Client, passkey: SoftPasskey, **data: Any) -> Any:
    options = options_in(client.get(ADD_PASSKEY))
    credential = json.dumps(passkey.registration(options, **data))
    return client.post(
        ADD_PASSKEY, {"name": "Phone", "passwordless": "on", "credential": credential}
    )


def log_in_by(client: Client, passkey: SoftPasskey, user: User, **data: Any) -> Any:
    asked = client.get(LOG_IN_BY_PASSKEY, headers={"accept": "application/json"})
    options = asked.json()["request_options"]
    credential = passkey.assertion(options, user_handle=user_pk_to_url_str(user), **data)
    sent = {"credential": json.dumps(credential), "next": TREATMENT}
    return client.post(LOG_IN_BY_PASSKEY, sent)


def test_a_passkey_is_added_and_opens_the_log_in_alone(confirmed: Client) -> None:
    passkey, user = SoftPasskey(), User.objects.get()

    assert add(confirmed, passkey).headers["Location"] == RECOVERY
    assert mail.outbox[-1].subject == "A passkey was added to your account at Nosology"

    browser = Client()
    assert log_in_by(browser, passkey, user).headers["Location"] == TREATMENT
    assert is_logged_in(browser)


def test_a_passkey_is_named_after_the_browser_until_somebody_renames_it(confirmed: Client) -> None:
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    page = confirmed.get(ADD_PASSKEY, headers={"user-agent": agent})
    assert 'value="Firefox on Linux"' in text(page)

    add(confirmed, SoftPasskey())
    row = Authenticator.objects.get(type="webauthn")
    edit = f"/accounts/2fa/webauthn/keys/{row.pk}/edit/"
    assert "at most 60" in text(confirmed.post(edit, {"name": "x" * 61}))
    confirmed.post(edit, {"name": "My key"})
    row.refresh_from_db()
    assert str(row) == "My key"


def test_a_passkey_of_another_site_is_refused(confirmed: Client) -> None:
    for passkey, origin in (
        (SoftPasskey(), "http://evil.example"),
        (SoftPasskey(), "http://localhost.evil.example"),
        (SoftPasskey("evil.example"), "http://localhost:8000"),
    ):
        refused = add(confirmed, passkey, origin=origin)
        assert "This was not accepted" in text(refused)
    assert not Authenticator.objects.exists()


def test_a_log_in_on_another_site_is_of_no_use_here(client: Client) -> None:
    user, passkey = people.reader(), SoftPasskey()
    give_passkey(user, passkey)

    refused = log_in_by(client, passkey, user, origin="https://evil.example")

    assert refused.headers["Location"] == f"{LOG_IN}?next={QUOTED}"
    assert "This was not accepted" in text(client.get(LOG_IN))
    assert not is_logged_in(client)


def test_a_passkey_opens_no_other_account(client: Client) -> None:
    passkey, mine, other = SoftPasskey(), people.reader(), people.reader("other@example.org")
    give_passkey(mine, passkey)
    give_passkey(other)

    log_in_by(client, passkey, other)

    assert not is_logged_in(client)


def test_an_answer_to_an_old_question_is_refused(client: Client) -> None:
    user, passkey = people.reader(), SoftPasskey()
    give_passkey(user, passkey)
    ask = {"accept": "application/json"}
    old = client.get(LOG_IN_BY_PASSKEY, headers=ask).json()["request_options"]
    client.get(LOG_IN_BY_PASSKEY, headers=ask)

    credential = passkey.assertion(old, user_handle=user_pk_to_url_str(user))
    client.post(LOG_IN_BY_PASSKEY, {"credential": json.dumps(credential)})

    assert not is_logged_in(client)


NONSENSE = ["", "{}", "[]", '"x"', "not json", '{"id": 1}', '{"id": "a", "rawId": "b"}']


@pytest.mark.parametrize("credential", NONSENSE)
def test_nonsense_instead_of_a_passkey_is_refused(confirmed: Client, credential: str) -> None:
    half_way = Client()
    log_in(half_way, give_app(people.reader("other@example.org")).email)
    give_passkey(User.objects.get(email="reader@example.org"))

    for client, page in (
        (Client(), LOG_IN_BY_PASSKEY),
        (half_way, AUTHENTICATE),
        (confirmed, REAUTHENTICATE_BY_PASSKEY),
        (confirmed, ADD_PASSKEY),
    ):
        assert client.post(page, {"credential": credential}).status_code == 400, page


def test_a_signature_by_another_key_is_refused(client: Client) -> None:
    user, passkey, forged = people.reader(), SoftPasskey(), SoftPasskey()
    give_passkey(user, passkey)
    forged.id = passkey.id

    log_in_by(client, forged, user)

    assert not is_logged_in(client)


def test_a_visit_to_the_address_of_passkeys_leads_to_the_log_in(client: Client) -> None:
    response = client.get(LOG_IN_BY_PASSKEY, {"next": TREATMENT}, follow=True)
    assert response.redirect_chain == [(f"{LOG_IN}?next={QUOTED}", 302)]
    assert "No code" not in text(response)


def test_a_switched_off_account_is_not_opened_by_its_passkey(client: Client) -> None:
    user, passkey = people.deactivated_reader(), SoftPasskey()
    give_passkey(user, passkey)

    assert log_in_by(client, passkey, user).headers["Location"] == "/accounts/inactive/"
    assert not is_logged_in(client)


def test_a_passkey_serves_after_the_password_too(client: Client) -> None:
    user, passkey = people.reader(), SoftPasskey()
    give_passkey(user, passkey)
    log_in(client, user.email)

    page = client.get(AUTHENTICATE)
    assert "Recovery code" in text(page)
    assert "authenticator app" not in text(page)
    credential = passkey.assertion(options_in(page))
    client.post(AUTHENTICATE, {"credential": json.dumps(credential)})

    assert is_logged_in(client)


def test_who_confirms_by_a_wrong_passkey_stays_on_the_page(client: Client) -> None:
    user, passkey = people.reader(), SoftPasskey()
    give_passkey(user, passkey)
    client.force_login(user)
    options = options_in(client.get(REAUTHENTICATE_BY_PASSKEY, {"next": TREATMENT}))

    sent = {"credential": json.dumps(SoftPasskey().assertion(options)), "next": TREATMENT}
    refused = client.post(REAUTHENTICATE_BY_PASSKEY, sent)
    assert refused.headers["Location"] == f"{REAUTHENTICATE_BY_PASSKEY}?next={QUOTED}"

    page = client.get(refused.headers["Location"])
    assert "This was not accepted" in text(page)
    sent["credential"] = json.dumps(passkey.assertion(options_in(page)))
    assert client.post(REAUTHENTICATE_BY_PASSKEY, sent).headers["Location"] == TREATMENT


def test_a_stranger_s_passkey_can_be_neither_renamed_nor_removed(confirmed: Client) -> None:
    row = give_passkey(people.reader("other@example.org"))
    for act in ("edit", "remove"):
        page = f"/accounts/2fa/webauthn/keys/{row.pk}/{act}/"
        assert confirmed.get(page).status_code == 404
        assert confirmed.post(page, {"name": "mine"}).status_code == 404
    row.refresh_from_db()
    assert str(row) == "Phone"


def test_a_passkey_is_removed(confirmed: Client) -> None:
    row = give_passkey(User.objects.get())
    page = f"/accounts/2fa/webauthn/keys/{row.pk}/remove/"
    assert "your recovery codes go with it" in text(confirmed.get(page))

    confirmed.post(page)

    assert not Authenticator.objects.exists()
    assert mail.outbox[-1].subject == "A passkey was removed from your account at Nosology"


def test_nobody_signs_up_by_passkey(client: Client) -> None:
    assert client.get("/accounts/signup/passkey/").status_code == 404
    assert client.get("/accounts/2fa/webauthn/signup/").status_code == 404
