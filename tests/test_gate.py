"""Who reads the full treatment, and what those read who do not."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from conditions.gate import may_read_treatment
from tests import factories, people
from tests.factories import CANARY
from tests.icd10cm_files import SMALL
from tests.watched_client import WatchedClient

pytestmark = pytest.mark.django_db

GATE_LINE = "To see full information about treatment please"


@pytest.fixture
def address() -> str:
    return factories.published().get_absolute_url()


def page(client: Client, address: str, cookie: str | None = None) -> str:
    """The page as text; `cookie` is the raw header, as a forger would send it."""
    raw = {"HTTP_COOKIE": cookie} if cookie is not None else {}
    response = client.get(address, **raw)
    assert response.status_code == HTTPStatus.OK
    return response.content.decode()


def session_of(user) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


def test_a_visitor_reads_the_teaser_and_is_asked_in(address):
    html = page(WatchedClient(), address)

    assert "Treatment eases the pain." in html
    target = f"?next={address}%23treatment"
    assert (
        f'{GATE_LINE} <a href="/accounts/signup/{target}">Sign up</a> '
        f'or <a href="/accounts/login/{target}">Log in</a>'
    ) in html
    assert "The first days" in html
    assert CANARY not in html


def test_a_verified_reader_reads_all_of_it(address, client):
    client.force_login(people.reader())

    html = page(client, address)

    assert f"last word is {CANARY}" in html
    assert GATE_LINE not in html
    assert f"A source called {CANARY}" in html


def test_warnings_and_urgent_help_stand_above_the_gate(address, client):
    html = page(client, address)

    assert html.index("chest pain") < html.index(GATE_LINE)
    assert html.index("makes the pain worse") < html.index(GATE_LINE)


def test_who_has_not_confirmed_the_address_is_told_so(address):
    client = WatchedClient()
    client.force_login(people.unverified_reader())

    html = page(client, address)

    assert "Confirm your email address to read on" in html
    assert CANARY not in html


def test_who_is_switched_off_while_logged_in_is_told_so(address):
    user = people.reader()
    client = WatchedClient()
    client.force_login(user)
    user.is_active = False
    user.save()

    html = page(client, address)

    assert "This account is switched off" in html
    assert CANARY not in html


def test_an_address_that_is_no_longer_confirmed_shuts_the_gate(address):
    user = people.reader()
    client = WatchedClient()
    client.force_login(user)
    EmailAddress.objects.filter(user=user).update(verified=False)

    assert CANARY not in page(client, address)


def test_a_confirmed_address_of_another_name_does_not_count(address):
    user = people.unverified_reader()
    EmailAddress.objects.create(user=user, email="other@example.org", verified=True)
    client = WatchedClient()
    client.force_login(user)

    assert CANARY not in page(client, address)


def test_a_changed_password_ends_the_other_sessions(address):
    user = people.reader()
    client = WatchedClient()
    client.force_login(user)
    user.set_password("another long passphrase")
    user.save()

    assert CANARY not in page(client, address)


def test_an_expired_session_shows_the_teaser(address):
    cookie = session_of(people.reader())
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    assert CANARY not in page(WatchedClient(), address, f"sessionid={cookie}")


def test_a_logged_out_session_shows_the_teaser(address, client):
    client.force_login(people.reader())
    cookie = client.cookies["sessionid"].value
    client.post("/accounts/logout/")

    assert CANARY not in page(WatchedClient(), address, f"sessionid={cookie}")


@pytest.mark.parametrize("cookie", [
    "sessionid=forged",
    "sessionid=",
    "sessionid=; sessionid=",
    "xsessionid={valid}; sessionid=bogus",
    "xsessionid={valid}",
    "sessionid2={valid}",
    "SESSIONID={valid}",
    "sessionid={valid}x",
    "sessionid=x{valid}",
    "a=sessionid={valid}",
    'a="; sessionid={valid}"; sessionid=bogus',
    "is_member=1; member=true; user=1",
    "sessionid={valid}; sessionid=bogus",
])  # fmt: skip
def test_a_cookie_that_is_not_the_session_shows_the_teaser(address, cookie):
    valid = session_of(people.reader())

    assert CANARY not in page(WatchedClient(), address, cookie.format(valid=valid))


def test_without_a_rule_in_the_settings_nobody_reads_on(address, client, settings):
    settings.MAY_READ_TREATMENT = None
    client.force_login(people.reader())

    assert CANARY not in page(client, address)


def test_a_rule_must_say_true_and_nothing_like_it(settings):
    settings.MAY_READ_TREATMENT = f"{__name__}.vague_rule"

    assert may_read_treatment(AnonymousUser(), None) is False


def vague_rule(user, condition):
    return "yes"


@pytest.mark.parametrize("with_codes", [False, True])
def test_a_page_with_the_full_text_takes_at_most_ten_queries(
    address, client, with_codes, django_assert_max_num_queries
):
    if with_codes:
        call_command("load_icd10cm", folder=SMALL, stdout=StringIO())
    client.force_login(people.reader())
    with django_assert_max_num_queries(10):
        page(client, address)  # nothing rendered yet
    with django_assert_max_num_queries(7):
        page(client, address)


def test_a_withdrawn_condition_shows_its_notice_and_no_text(client):
    edition = factories.withdrawn()
    client.force_login(people.reader())

    html = page(client, edition.get_absolute_url())

    assert "We found a mistake." in html
    assert "noindex" in html
    assert "Treatment eases the pain." not in html
    assert CANARY not in html


@pytest.mark.parametrize("state", ["draft", "approved"])
def test_what_is_not_published_has_no_page(client, state):
    edition = getattr(factories, state)()
    client.force_login(people.reader())

    assert client.get(edition.get_absolute_url()).status_code == HTTPStatus.NOT_FOUND
