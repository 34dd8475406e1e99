"""Log-in through Google and OpenID Connect: there when the environment says so, and only then."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.core import mail
from django.test import Client

from accounts.models import User
from tests import factories, people
from tests.account_steps import LOG_IN, QUOTED, TREATMENT, is_logged_in, text
from tests.second_factor_steps import AUTHENTICATE, confirm_password, give_app
from tests.test_settings import LOCAL, run

GOOGLE = "/accounts/google/login/"
OIDC = "/accounts/oidc/sso/login/"
CONNECTIONS = "/accounts/3rdparty/"
BOTH = {
    "GOOGLE_CLIENT_ID": "a",
    "GOOGLE_CLIENT_SECRET": "s3cret",
    "OIDC_SERVER_URL": "https://login.example.org/realms/clinic",
    "OIDC_CLIENT_ID": "b",
    "OIDC_CLIENT_SECRET": "s3cret",
}
SHOWN = """
import django
django.setup()
from django.conf import settings
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import get_resolver
print("providers:", *settings.SOCIALACCOUNT_PROVIDERS)
print("forms:", *settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"])
print("names:", *sorted(key for key in get_resolver().reverse_dict if isinstance(key, str)))
"""


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """An OpenID Connect server, as far as our requests see it. What it tells can be changed."""
    told: dict[str, Any] = {"sub": "7", "email": "maria@example.org", "email_verified": True}
    base = "http://127.0.0.1:1"
    pages = {
        f"{base}/.well-known/openid-configuration": {
            "issuer": base,
            "authorization_endpoint": f"{base}/authorize",
            "token_endpoint": f"{base}/token",
            "userinfo_endpoint": f"{base}/me",
        },
        f"{base}/token": {"access_token": "t", "token_type": "Bearer"},
        f"{base}/me": told,
    }

    def answer(_session: Any, _method: str, url: str, **_: Any) -> requests.Response:
        response = requests.Response()
        response.status_code = 200
        response.headers["content-type"] = "application/json"
        response.json = lambda **_: pages[url]  # type: ignore[method-assign]
        return response

    monkeypatch.setattr(requests.Session, "request", answer)
    return told


def come_back(client: Client, **start: str) -> Any:
    """To the service and back, as its log-in page sends people."""
    away = client.post(f"{OIDC}?next={QUOTED}" if not start else f"{OIDC}?process=connect")
    asked = parse_qs(urlsplit(away.headers["Location"]).query)
    return client.get(f"{OIDC}callback/", {"code": "c", "state": asked["state"][0]})


# ── The environment ───────────────────────────────────────────────────────────────────────────
@pytest.mark.once
def test_without_variables_nothing_of_it_exists() -> None:
    done = run("-c", SHOWN, **LOCAL)
    assert done.returncode == 0, done.stderr
    lines = dict(line.split(":", 1) for line in done.stdout.splitlines())
    assert lines["providers"].strip() == ""
    assert lines["forms"].split() == ["'self'"]
    assert "social" not in lines["names"]
    assert "google" not in lines["names"]
    assert "openid" not in lines["names"]


@pytest.mark.once
def test_with_them_the_policy_lets_forms_lead_there_and_nowhere_else() -> None:
    done = run("-c", SHOWN, **LOCAL, **BOTH)
    assert done.returncode == 0, done.stderr
    assert "providers: google openid_connect" in done.stdout
    assert "forms: 'self' https://accounts.google.com https://login.example.org\n" in done.stdout


@pytest.mark.once
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"GOOGLE_CLIENT_SECRET": ""}, "GOOGLE is set in part"),
        ({"OIDC_CLIENT_ID": ""}, "OIDC is set in part"),
        ({"OIDC_SERVER_URL": ""}, "OIDC is set in part"),
        ({"OIDC_SERVER_URL": "http://login.example.org"}, "with https"),
        ({"OIDC_SERVER_URL": "login.example.org"}, "with https"),
    ],
)
def test_half_a_configuration_stops_the_start(change: dict[str, str], said: str) -> None:
    done = run("manage.py", "check", **{**LOCAL, **BOTH, **change})
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "s3cret" not in done.stderr


# ── The pages ─────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_the_log_in_page_has_a_button_for_each_that_keeps_the_way(client: Client) -> None:
    page = text(client.get(LOG_IN, {"next": TREATMENT}))
    assert "Continue with Google" in page
    assert "Continue with Example Hospital" in page
    assert page.count(f"process=login&amp;next={QUOTED}") == 2


@pytest.mark.django_db
def test_a_button_leads_to_the_service_and_asks_for_the_address_alone(client: Client) -> None:
    away = urlsplit(client.post(GOOGLE).headers["Location"])
    asked = parse_qs(away.query)

    assert away.netloc == "accounts.google.com"
    assert set(asked["scope"][0].split()) == {"openid", "email"}
    assert asked["code_challenge_method"] == ["S256"]
    assert not SocialApp.objects.exists()


@pytest.mark.django_db
def test_a_link_alone_leads_nowhere(client: Client) -> None:
    """Or any page on the web could log people in."""
    assert client.get(GOOGLE).status_code == 200
    assert client.get(OIDC).status_code == 200


@pytest.mark.django_db
def test_a_service_that_does_not_answer_is_no_server_error(client: Client) -> None:
    response = client.post(OIDC, follow=True)
    assert response.status_code == 401
    assert "This log-in did not work" in text(response)


@pytest.mark.django_db
def test_an_unknown_service_is_not_found(client: Client) -> None:
    assert client.get("/accounts/oidc/other/login/").status_code == 404
    assert client.get("/accounts/google/login/token/").status_code == 404


@pytest.mark.django_db
@pytest.mark.usefixtures("service")
def test_somebody_new_reads_the_full_treatment_and_only_the_address_is_kept(
    client: Client, service: dict[str, Any]
) -> None:
    service |= {"name": "Maria Perez", "given_name": "Maria", "picture": "https://p.example/1"}
    edition = factories.published()

    assert come_back(client).headers["Location"] == TREATMENT

    user = User.objects.get(email="maria@example.org")
    assert (user.first_name, user.last_name) == ("", "")
    assert SocialAccount.objects.get().extra_data == {"email": "maria@example.org"}
    assert factories.CANARY in text(client.get(edition.get_absolute_url()))


@pytest.mark.django_db
def test_an_address_the_service_did_not_confirm_is_confirmed_by_us(
    client: Client, service: dict[str, Any]
) -> None:
    service["email_verified"] = False

    assert come_back(client).headers["Location"].startswith("/accounts/confirm-email/")

    assert not is_logged_in(client)
    assert mail.outbox[-1].to == ["maria@example.org"]


@pytest.mark.django_db
@pytest.mark.usefixtures("service")
def test_the_service_opens_no_account_that_was_made_with_a_password(client: Client) -> None:
    """Whoever runs the service could open any account by naming its address."""
    people.reader("maria@example.org")

    come_back(client)

    assert not is_logged_in(client)
    assert not SocialAccount.objects.exists()
    assert mail.outbox[-1].subject == "You already have an account at Nosology"


@pytest.mark.django_db
@pytest.mark.usefixtures("service")
def test_a_reader_connects_it_and_is_asked_for_the_second_factor_all_the_same(
    client: Client,
) -> None:
    user = people.reader()
    client.force_login(user)
    confirm_password(client)
    assert come_back(client, process="connect").headers["Location"] == CONNECTIONS
    page = text(client.get(CONNECTIONS))
    assert "maria@example.org" in page
    assert "was connected" in mail.outbox[-1].subject

    browser = Client()
    assert come_back(browser).headers["Location"] == TREATMENT
    give_app(user)
    other = Client()
    assert come_back(other).headers["Location"] == AUTHENTICATE
    assert not is_logged_in(other)


@pytest.mark.django_db
@pytest.mark.usefixtures("service")
def test_a_connection_is_removed(client: Client) -> None:
    client.force_login(people.reader())
    confirm_password(client)
    come_back(client, process="connect")

    client.post(CONNECTIONS, {"account": SocialAccount.objects.get().pk})

    assert not SocialAccount.objects.exists()
    assert "was removed" in mail.outbox[-1].subject


@pytest.mark.django_db
@pytest.mark.usefixtures("service")
def test_the_only_way_in_cannot_be_removed(client: Client) -> None:
    come_back(client)

    refused = client.post(CONNECTIONS, {"account": SocialAccount.objects.get().pk})

    assert "Set a password first" in text(refused)
    assert SocialAccount.objects.exists()


@pytest.mark.django_db
def test_an_answer_nobody_asked_for_is_refused(client: Client, service: dict[str, Any]) -> None:
    response = client.get(f"{OIDC}callback/", {"code": "c", "state": "forged"})
    assert "This log-in did not work" in text(response)
    assert not is_logged_in(client)


@pytest.mark.django_db
@pytest.mark.usefixtures("service")
def test_stopping_at_the_service_is_no_error(client: Client) -> None:
    away = client.post(OIDC)
    state = parse_qs(urlsplit(away.headers["Location"]).query)["state"][0]
    response = client.get(f"{OIDC}callback/", {"error": "access_denied", "state": state})
    assert "You stopped the log-in" in text(client.get(response.headers["Location"]))
