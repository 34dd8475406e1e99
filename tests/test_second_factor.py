"""Passkeys, authenticator apps and recovery codes: what they open, and what is refused."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from accounts.models import User
from accounts.sealing import SealBroken, seal, unseal
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
    LOG_IN_BY_PASSKEY,
    REAUTHENTICATE,
    REAUTHENTICATE_BY_PASSKEY,
    RECOVERY,
    REMOVE_APP,
    SECRET,
    SET_UP_APP,
    app_code,
    confirm_password,
    give_app,
    give_passkey,
    options_in,
    recovery_codes,
    wrong_code,
)
from tests.soft_passkey import SoftPasskey

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


# ── Passkeys ──────────────────────────────────────────────────────────────────────────────────
def add(client: Client, passkey: SoftPasskey, **data: Any) -> Any:
    options = options_in(client.get(ADD_PASSKEY))
    credential = json.dumps(passkey.registration(options, **data))
    return client.post(
        ADD_PASSKEY, {"name": "Phone", "passwordless": "on", "credential": credential}
    )


def log_in_by(client: Client, passkey: SoftPasskey, user: User, **data: Any) -> Any:
    asked = client.get(LOG_IN_BY_PASSKEY, headers={"accept": "application/json"})
    options = asked.json()["request_options"]
    credential = passkey.assertion(options, user_handle=str(user.pk), **data)
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

    credential = passkey.assertion(old, user_handle=str(user.pk))
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


# ── What the database holds ───────────────────────────────────────────────────────────────────
def raw_rows() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM mfa_authenticator")
        return str(cursor.fetchall())


def test_a_copy_of_the_database_tells_no_secret(app_user: User) -> None:
    seed = unseal(Authenticator.objects.get(type="recovery_codes").data["seed"])

    rows = raw_rows()

    assert SECRET not in rows
    assert seed not in rows
    assert not any(code in rows for code in recovery_codes(app_user))
    assert unseal(Authenticator.objects.get(type="totp").data["secret"]) == SECRET


def test_a_new_key_still_opens_what_the_old_one_sealed(
    settings: Any, client: Client, app_user: User
) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a-new-key-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789"

    log_in(client, app_user.email)
    client.post(AUTHENTICATE, {"code": app_code()})

    assert is_logged_in(client)


def test_after_resealing_the_old_key_can_go(
    settings: Any, app_user: User, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = recovery_codes(app_user)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a-new-key-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789"

    call_command("reseal_second_factors")

    assert capsys.readouterr().out.startswith("2 sealed under SECRET_KEY")
    settings.SECRET_KEY_FALLBACKS = []
    assert recovery_codes(app_user) == codes
    assert unseal(Authenticator.objects.get(type="totp").data["secret"]) == SECRET


def test_resealing_without_the_old_key_changes_nothing(settings: Any, app_user: User) -> None:
    before = raw_rows()
    settings.SECRET_KEY = "a-new-key-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789"

    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("reseal_second_factors")
    assert raw_rows() == before


def test_what_cannot_be_opened_is_an_error_that_says_why(settings: Any) -> None:
    """Never an empty secret, from which anybody could compute the codes."""
    sealed = seal(SECRET)
    settings.SECRET_KEY = "a-new-key-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789"

    with pytest.raises(SealBroken, match="SECRET_KEY_FALLBACKS"):
        unseal(sealed)


def test_each_sealing_looks_different() -> None:
    assert seal(SECRET) != seal(SECRET)
