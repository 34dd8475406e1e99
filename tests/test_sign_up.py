"""From the gate through sign-up and the code to the full treatment."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.internal.flows import manage_email
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from tests import factories, people
from tests.account_steps import (
    ADDRESS,
    CONFIRM,
    LOG_IN,
    QUOTED,
    SIGN_UP,
    TREATMENT,
    code_in_last_mail,
    is_logged_in,
    sign_up,
    text,
    wrong_code,
)

pytestmark = pytest.mark.django_db


def test_after_sign_up_and_code_the_reader_stands_at_the_full_treatment(client: Client) -> None:
    factories.published()
    assert factories.CANARY not in text(client.get(TREATMENT))

    sent = sign_up(client, next=TREATMENT)
    assert sent.headers["Location"] == f"{CONFIRM}?next={QUOTED}"
    assert not is_logged_in(client)

    done = client.post(CONFIRM, {"code": code_in_last_mail(), "next": TREATMENT})
    assert done.headers["Location"] == TREATMENT
    assert factories.CANARY in text(client.get(TREATMENT))


def test_the_way_back_is_kept_when_the_code_page_was_opened_anew(client: Client) -> None:
    sign_up(client, next=TREATMENT)

    done = client.post(CONFIRM, {"code": code_in_last_mail()})

    assert done.headers["Location"] == TREATMENT


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)"],
)
def test_a_way_back_to_another_site_leads_to_the_home_page(client: Client, elsewhere: str) -> None:
    sign_up(client, next=elsewhere)

    done = client.post(CONFIRM, {"code": code_in_last_mail(), "next": elsewhere})

    assert done.headers["Location"] == "/"


def test_the_page_names_the_condition_one_goes_back_to(client: Client) -> None:
    factories.published(title="Bone in the calf")

    page = text(client.get(SIGN_UP, {"next": TREATMENT}))

    assert f'You will go back to <a href="{TREATMENT}">Bone in the calf</a>' in page
    assert f"{LOG_IN}?next={QUOTED}" in page


@pytest.mark.parametrize("path", ["/admin/", "/conditions/unknown/", "/nowhere"])
def test_any_other_page_of_the_site_is_called_where_you_were(client: Client, path: str) -> None:
    assert "You will go back to where you were." in text(client.get(SIGN_UP, {"next": path}))


def test_without_a_way_back_nothing_is_said_of_one(client: Client) -> None:
    assert "go back" not in text(client.get(SIGN_UP))
    assert "go back" not in text(client.get(SIGN_UP, {"next": "https://evil.example/"}))


def test_one_password_box_with_its_rule_beside_it(client: Client) -> None:
    page = text(client.get(SIGN_UP))

    assert page.count('type="password"') == 1
    assert "10 to 128 characters. Pasting and password managers are welcome." in page
    assert 'aria-describedby="id_password1_hint"' in page


@pytest.mark.parametrize(
    ("password", "advice"),
    [
        ("shortpass", "Use at least 10 characters."),
        ("password123", "one of the first that attackers try"),
        ("maria@example", "too much like your email address"),
    ],
)
def test_a_weak_password_is_refused_with_advice(client: Client, password: str, advice: str) -> None:
    response = sign_up(client, password1=password, next=TREATMENT)
    page = text(response)

    assert response.status_code == 200
    assert page.count(advice) == 2, "at the top and at the field"
    assert 'aria-describedby="id_password1_hint id_password1_error"' in page
    assert 'aria-invalid="true"' in page
    assert f'value="{ADDRESS}"' in page, "what was typed is kept"
    assert password not in page.replace(ADDRESS, "")
    assert f'name="next" value="{TREATMENT}"' in page
    assert not User.objects.exists()


def test_a_code_works_in_small_letters_without_its_dash(client: Client) -> None:
    sign_up(client)

    client.post(CONFIRM, {"code": code_in_last_mail().lower().replace("-", "")})

    assert is_logged_in(client)
    assert EmailAddress.objects.get().verified


def test_the_code_page_says_where_the_code_went_and_how_long_it_lives(client: Client) -> None:
    sign_up(client)

    page = text(client.get(CONFIRM))

    assert f"We sent a code to <strong>{ADDRESS}</strong>. It works for 15 minutes." in page
    assert 'autocomplete="one-time-code"' in page
    assert "Send a new code" in page


def test_the_third_wrong_code_leads_to_log_in_and_keeps_the_way_back(client: Client) -> None:
    sign_up(client, next=TREATMENT)
    for _ in range(2):
        page = client.post(CONFIRM, {"code": wrong_code(), "next": TREATMENT})
        assert "This is not the code we sent." in text(page)

    ended = client.post(CONFIRM, {"code": wrong_code(), "next": TREATMENT}, follow=True)

    assert ended.redirect_chain == [(f"{LOG_IN}?next={QUOTED}", 302)]
    assert "Too many tries." in text(ended)


def test_a_code_whose_time_is_over_leads_to_log_in_and_says_so(
    client: Client, settings: Any
) -> None:
    sign_up(client, next=TREATMENT)
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = -1

    ended = client.post(CONFIRM, {"code": code_in_last_mail(), "next": TREATMENT}, follow=True)

    assert ended.redirect_chain == [(f"{LOG_IN}?next={QUOTED}", 302)]
    assert "No code is waiting here" in text(ended)
    assert not EmailAddress.objects.get().verified


def test_a_new_code_takes_the_place_of_the_old_one(client: Client) -> None:
    sign_up(client, next=TREATMENT)
    old = code_in_last_mail()
    cache.clear()  # ten seconds later

    again = client.post(CONFIRM, {"action": "resend", "next": TREATMENT}, follow=True)
    assert f"We sent a new code to {ADDRESS}." in text(again)

    assert client.post(CONFIRM, {"code": old}).status_code == 200
    client.post(CONFIRM, {"code": code_in_last_mail(), "next": TREATMENT})
    assert is_logged_in(client)


def test_pressing_the_button_twice_makes_one_account(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.unverified_reader(ADDRESS)
    # Both presses pass the look-up before either account is written.
    monkeypatch.setattr(manage_email, "assess_unique_email", lambda *_, **__: True)

    response = sign_up(client, next=TREATMENT)

    assert response.headers["Location"] == f"{CONFIRM}?next={QUOTED}"
    assert User.objects.count() == 1
    assert text(client.get(CONFIRM, follow=True)).count("No code is waiting here") == 1


def test_an_address_is_one_account_in_any_case(client: Client) -> None:
    sign_up(client, email="Maria@Example.org")
    client.post(CONFIRM, {"code": code_in_last_mail()})

    assert User.objects.get().email == "maria@example.org"


def test_a_program_that_fills_in_everything_gets_no_account(client: Client, settings: Any) -> None:
    trap = settings.ACCOUNT_SIGNUP_FORM_HONEYPOT_FIELD

    response = sign_up(client, **{trap: "0123"})

    assert response.headers["Location"] == CONFIRM, "as for everybody else"
    assert not User.objects.exists()
    assert mail.outbox == []


def test_people_do_not_meet_the_trap(client: Client, settings: Any) -> None:
    trap = settings.ACCOUNT_SIGNUP_FORM_HONEYPOT_FIELD

    page = text(client.get(SIGN_UP))

    assert (
        f'<div class="vh" aria-hidden="true"><label for="id_{trap}">Leave this empty</label>'
        f'<input id="id_{trap}" name="{trap}" type="text" tabindex="-1" autocomplete="off"></div>'
    ) in page
