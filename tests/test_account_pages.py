"""What holds for each account page: our look, the strict policy, no copies kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urljoin

import pytest
from django.test import Client

from tests import every_url, people, second_factor_pages
from tests.account_steps import (
    CONFIRM,
    LOG_IN_BY_CODE,
    LOG_IN_CODE,
    RESET,
    RESET_CODE,
    RESET_PASSWORD,
    code_in_last_mail,
    sign_up,
    text,
)

pytestmark = pytest.mark.django_db


def nobody(client: Client) -> None:
    pass


def reader(client: Client) -> None:
    client.force_login(people.reader())


def unverified(client: Client) -> None:
    client.force_login(people.unverified_reader())


def without_password(client: Client) -> None:
    client.force_login(people.reader(password=None))


def signed_up(client: Client) -> None:
    sign_up(client)


def asked_for_log_in_code(client: Client) -> None:
    people.reader()
    client.post(LOG_IN_BY_CODE, {"email": "reader@example.org"})


def asked_for_reset(client: Client) -> None:
    people.reader()
    client.post(RESET, {"email": "reader@example.org"})


def gave_reset_code(client: Client) -> None:
    asked_for_reset(client)
    client.post(RESET_CODE, {"code": code_in_last_mail()})


def confirmed(client: Client) -> None:
    reader(client)
    client.post("/accounts/reauthenticate/", {"password": people.PASSWORD})


# Every page, who stands before it, and its template.
PAGES: dict[str, tuple[Callable[[Client], None], str]] = {
    "login/": (nobody, "account/login.html"),
    "logout/": (reader, "account/logout.html"),
    "inactive/": (nobody, "account/account_inactive.html"),
    "signup/": (nobody, "account/signup.html"),
    "reauthenticate/": (reader, "account/reauthenticate.html"),
    "email/": (unverified, "account/email_change.html"),
    "confirm-email/": (signed_up, "account/confirm_email_verification_code.html"),
    "password/change/": (reader, "account/password_change.html"),
    "password/set/": (without_password, "account/password_set.html"),
    "password/reset/": (nobody, "account/password_reset.html"),
    "password/reset/confirm/": (asked_for_reset, "account/confirm_password_reset_code.html"),
    "password/reset/complete/": (gave_reset_code, "account/password_reset_from_key.html"),
    "password/reset/done/": (nobody, "account/password_reset_from_key_done.html"),
    "login/code/": (nobody, "account/request_login_code.html"),
    "login/code/confirm/": (asked_for_log_in_code, "account/confirm_login_code.html"),
    "/account/": (reader, "accounts/account.html"),
    "/account/data/": (confirmed, "accounts/data.html"),
    "/account/delete/": (confirmed, "accounts/delete.html"),
} | second_factor_pages.PAGES


def address(route: str) -> str:
    return urljoin("/accounts/", second_factor_pages.filled_in(route))


def routes_below(prefix: str) -> set[str]:
    return {route[len(prefix) :] for route in every_url.routes() if route.startswith(prefix)}


def test_every_account_page_is_listed_here() -> None:
    own = {f"/account/{route}" for route in routes_below("account/")}
    known = set(PAGES) | set(second_factor_pages.NO_PAGES)
    assert routes_below("accounts/") | own == known


def main_of(html: str) -> str:
    """Without the search field of every page."""
    return html[html.index("<main") : html.index("</main>")]


@pytest.mark.parametrize("route", PAGES)
def test_a_page_is_in_the_site_s_look_and_kept_by_nobody(client: Client, route: str) -> None:
    arrive, template = PAGES[route]
    arrive(client)

    response = client.get(address(route))
    html = text(response)

    assert response.status_code == second_factor_pages.NOT_200.get(route, 200)
    assert template in [used.name for used in response.templates]
    assert "allauth/layouts/base.html" in [used.name for used in response.templates]
    assert response.headers["Cache-Control"] == "private, no-store"
    assert '<meta name="robots" content="noindex">' in html
    assert html.count("<h1>") == 1
    assert "style=" not in html
    assert "placeholder=" not in main_of(html)
    code = r"<script(?![^>]*(src=|type=.application/json))"
    assert not re.search(rf"{code}|\son\w+=", html), "nothing inline"
    assert "e-mail" not in html


@pytest.mark.parametrize("route", PAGES)
def test_every_box_has_a_label_and_every_note_it_points_at_exists(
    client: Client, route: str
) -> None:
    PAGES[route][0](client)
    html = main_of(text(client.get(address(route))))

    boxes = re.findall(r"<input(?![^>]*type=\"hidden\")[^>]*>", html)
    for box in boxes:
        name = re.search(r'id="([^"]+)"', box)
        assert name, box
        assert f'<label for="{name[1]}">' in html
        for note in re.findall(r'aria-describedby="([^"]+)"', box):
            assert all(f'id="{part}"' in html for part in note.split())
    if boxes:
        assert "csrfmiddlewaretoken" in html


@pytest.mark.parametrize("page", [CONFIRM, LOG_IN_CODE, RESET_CODE, RESET_PASSWORD])
def test_a_code_page_without_a_code_waiting_leads_to_a_start_that_says_so(
    client: Client, page: str
) -> None:
    response = client.get(page, {"next": "/conditions/"}, follow=True)

    assert "next=%2Fconditions%2F" in response.redirect_chain[-1][0]
    assert "No code is waiting here" in text(response)


@pytest.mark.parametrize("page", ["login/", "signup/", "login/code/"])
def test_who_is_logged_in_is_taken_along(client: Client, page: str) -> None:
    client.force_login(people.reader())

    response = client.get(f"/accounts/{page}", {"next": "/conditions/"})

    assert response.headers["Location"] == "/conditions/"
