"""What a copy of the database tells of second factors: nothing; and a change of the key."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from accounts.models import User
from accounts.sealing import SealBroken, seal, unseal
from tests import people
from tests.account_steps import (
    is_logged_in,
    log_in,
)
from tests.second_factor_steps import (
    AUTHENTICATE,
    SECRET,
    app_code,
    give_app,
    recovery_codes,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def app_user() -> User:
    return give_app(people.reader())


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
