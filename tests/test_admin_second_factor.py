"""The admin's door: staff have used a second factor in this session, or do not come in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from config.local import only_here
from tests import people
from tests.account_steps import log_in, text
from tests.second_factor_steps import (
    AUTHENTICATE,
    FACTORS,
    REAUTHENTICATE,
    REAUTHENTICATE_BY_PASSKEY,
    REMOVE_APP,
    SET_UP_APP,
    app_code,
    confirm_password,
    give_app,
    give_passkey,
    log_in_with_second_factor,
    options_in,
    recovery_codes,
    wrong_code,
)
from tests.soft_passkey import SoftPasskey
from tests.test_settings import LOCAL, PUBLIC, run, setting

pytestmark = pytest.mark.django_db

DEEP = "/admin/conditions/condition/"
NEXT = "?next=%2Fadmin%2Fconditions%2Fcondition%2F"


@pytest.fixture(autouse=True)
def _asks(settings: Any) -> None:
    settings.ADMIN_SECOND_FACTOR = True


@pytest.fixture
def boss() -> User:
    return people.admin()


def led_to(client: Client, page: str = DEEP) -> str:
    """Where the admin leads somebody who is not let in."""
    chain = client.get(page, follow=True).redirect_chain
    assert chain, "let in"
    return next(url for url, _ in chain if not url.startswith("/admin/login/"))


def test_a_visitor_logs_in_on_the_site_s_own_page(client: Client) -> None:
    assert led_to(client) == f"/accounts/login/{NEXT}"


def test_a_reader_is_refused(client: Client) -> None:
    client.force_login(give_app(people.reader()))
    assert client.get(DEEP, follow=True).status_code == 403


def test_staff_without_a_second_factor_are_told_and_led_to_set_one_up(
    client: Client, boss: User
) -> None:
    client.force_login(boss)

    assert led_to(client) == f"{FACTORS}{NEXT}"
    page = text(client.get(FACTORS))
    assert "One step more before the admin." in page


@pytest.mark.django_db(transaction=True)
def test_setting_one_up_opens_the_admin(client: Client, boss: User) -> None:
    client.force_login(boss)
    confirm_password(client)
    secret = client.get(SET_UP_APP).context["form"].secret

    shown = client.post(SET_UP_APP, {"code": app_code(secret)}, follow=True)

    assert '<a class="btn" href="/admin/">' in text(shown)
    assert client.get(DEEP).status_code == 200
    assert "The admin is open to you" in text(client.get(FACTORS))


def test_a_second_factor_that_was_not_used_in_this_session_is_asked_for(
    client: Client, boss: User
) -> None:
    client.force_login(give_app(boss))

    assert led_to(client) == f"{REAUTHENTICATE}{NEXT}"
    refused = client.post(REAUTHENTICATE, {"code": wrong_code(), "next": DEEP})
    assert "This was not accepted" in text(refused)
    assert led_to(client) == f"{REAUTHENTICATE}{NEXT}"

    answer = client.post(REAUTHENTICATE, {"code": app_code(), "next": DEEP})
    assert answer.headers["Location"] == DEEP
    assert client.get(DEEP).status_code == 200


def test_a_recovery_code_serves_too(client: Client, boss: User) -> None:
    client.force_login(give_app(boss))
    code = recovery_codes(boss)[0]

    assert client.post(REAUTHENTICATE, {"code": code, "next": DEEP}).headers["Location"] == DEEP
    assert client.get(DEEP).status_code == 200


def test_who_has_a_passkey_is_asked_for_it_and_a_password_is_no_way_round(
    client: Client, boss: User
) -> None:
    passkey = SoftPasskey()
    give_passkey(boss, passkey)
    client.force_login(boss)
    assert led_to(client) == f"{REAUTHENTICATE_BY_PASSKEY}{NEXT}"

    page = client.get(REAUTHENTICATE_BY_PASSKEY, {"next": DEEP})
    assert "Use a code" in text(page)
    assert "Use your password" not in text(page)
    password = {"password": people.PASSWORD, "next": DEEP}
    client.post("/accounts/reauthenticate/", password)
    assert led_to(client) == f"{REAUTHENTICATE_BY_PASSKEY}{NEXT}"

    credential = passkey.assertion(options_in(client.get(REAUTHENTICATE_BY_PASSKEY)))
    sent = {"credential": json.dumps(credential), "next": DEEP}
    assert client.post(REAUTHENTICATE_BY_PASSKEY, sent).headers["Location"] == DEEP
    assert client.get(DEEP).status_code == 200


def test_who_used_it_at_the_log_in_is_not_asked_again(client: Client, boss: User) -> None:
    log_in_with_second_factor(client, boss)
    assert client.get(DEEP).status_code == 200


def test_it_counts_for_this_session_alone(client: Client, boss: User) -> None:
    log_in_with_second_factor(client, boss)
    other = Client()
    other.force_login(boss)
    assert led_to(other) == f"{REAUTHENTICATE}{NEXT}"


def test_the_use_of_somebody_else_does_not_count(client: Client, boss: User) -> None:
    """Another person logs in in the same browser, and the session is theirs from then on."""
    log_in_with_second_factor(client, boss)
    client.force_login(give_app(people.admin("second@example.org")))
    assert led_to(client) == f"{REAUTHENTICATE}{NEXT}"


def test_removing_it_closes_the_admin_at_once(client: Client, boss: User) -> None:
    log_in_with_second_factor(client, boss)
    confirm_password(client)

    client.post(REMOVE_APP)

    assert led_to(client) == f"{FACTORS}{NEXT}"


def test_the_use_of_a_second_factor_that_is_gone_does_not_count(client: Client, boss: User) -> None:
    log_in_with_second_factor(client, boss)
    Authenticator.objects.filter(type="totp").delete()
    give_passkey(boss)
    assert led_to(client) == f"{REAUTHENTICATE_BY_PASSKEY}{NEXT}"


def test_the_door_never_leads_to_itself_nor_to_another_site(client: Client, boss: User) -> None:
    log_in_with_second_factor(client, boss)
    for target in ("/admin/login/", "/admin/login/?next=/admin/", "https://evil.example/", ""):
        answer = client.get("/admin/login/", {"next": target})
        assert answer.headers["Location"] == "/admin/", target


def test_the_admin_takes_no_password_of_its_own(boss: User) -> None:
    client = Client()
    sent = {"username": boss.email, "password": people.PASSWORD, "next": DEEP}
    assert client.post("/admin/login/", sent).headers["Location"] == f"/accounts/login/{NEXT}"
    client.force_login(boss)
    assert client.post("/admin/login/", sent).headers["Location"] == f"{FACTORS}{NEXT}"


def test_half_a_log_in_does_not_reach_the_admin(client: Client, boss: User) -> None:
    assert log_in(client, give_app(boss).email).headers["Location"] == AUTHENTICATE
    assert led_to(client) == f"/accounts/login/{NEXT}"


def test_every_page_of_the_admin_is_behind_the_door(client: Client) -> None:
    """Also for staff with permissions, and for those pages that answer to scripts."""
    editor = people.editor()
    editor.user_permissions.set(Permission.objects.all())
    client.force_login(editor)
    pages = ["", "logout/", "password_change/", "autocomplete/", "jsi18n/", "r/1/1/"]
    models = [
        f"{model._meta.app_label}/{model._meta.model_name}/" for model in admin.site._registry
    ]
    for page in (*pages, *models, *(f"{model}add/" for model in models)):
        response = client.get(f"/admin/{page}")
        assert response.status_code in {302, 405}, page
        assert page == "logout/" or "/admin/login/" in response.headers["Location"], page


def test_where_only_this_machine_reaches_the_site_it_may_be_off(
    client: Client, settings: Any, boss: User
) -> None:
    settings.ADMIN_SECOND_FACTOR = False
    client.force_login(boss)
    assert client.get(DEEP).status_code == 200
    assert "One step more" not in text(client.get(FACTORS))


def test_what_people_keep_to_themselves_is_not_in_the_admin() -> None:
    private = {"Authenticator", "UserSession", "SocialAccount", "SocialApp", "SocialToken"}
    assert not {model.__name__ for model in admin.site._registry} & private


# ── When it may be off ────────────────────────────────────────────────────────────────────────
OFF = {"ADMIN_SECOND_FACTOR": "false"}


@pytest.mark.once
@pytest.mark.parametrize(
    "site",
    [LOCAL, {**LOCAL, "HOST": "0.0.0.0"}, {**PUBLIC, "HOST": "127.0.0.1"}],  # noqa: S104
)
def test_off_is_refused_where_others_might_reach_the_site(site: dict[str, str]) -> None:
    done = run("manage.py", "check", **{**site, **OFF})
    assert done.returncode == 1
    assert "ADMIN_SECOND_FACTOR is off" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.once
@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_off_is_fine_on_one_s_own_machine(host: str) -> None:
    assert setting("ADMIN_SECOND_FACTOR", **LOCAL, **OFF, HOST=host) == "False"


@pytest.mark.once
@pytest.mark.parametrize("site", [LOCAL, PUBLIC])
def test_left_alone_it_is_on(site: dict[str, str]) -> None:
    assert setting("ADMIN_SECOND_FACTOR", **site) == "True"


@pytest.mark.once
@pytest.mark.parametrize(
    ("host", "url", "only"),
    [
        ("127.0.0.1", "http://localhost:8000", True),
        ("0.0.0.0", "http://localhost:8000", False),  # noqa: S104  (is told apart)
        ("127.0.0.1", "https://conditions.example.org", False),
    ],
)
def test_make_run_switches_it_off_where_only_this_machine_reaches_the_site(
    monkeypatch: pytest.MonkeyPatch, host: str, url: str, only: bool
) -> None:
    monkeypatch.setenv("HOST", host)
    monkeypatch.setenv("SITE_URL", url)
    assert only_here() is only
