"""What may be kept by whom, and the security headers: one test per kind of visitor."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.utils import timezone

from conditions import publishing
from tests import every_url, factories, people

pytestmark = pytest.mark.django_db

PRIVATE = "private, no-store"


@pytest.fixture
def address() -> str:
    return factories.published().get_absolute_url()


def directives(response) -> set[str]:
    return set(response.headers["Cache-Control"].split(", "))


def assert_public(response):
    assert directives(response) == {"public", "max-age=0", "s-maxage=10"}
    assert response.headers["ETag"].startswith('"')
    assert "Set-Cookie" not in response.headers
    assert not response.cookies
    assert b"csrfmiddlewaretoken" not in response.content


def assert_private(response):
    assert response.headers["Cache-Control"] == PRIVATE
    assert "ETag" not in response.headers
    assert "Last-Modified" not in response.headers


@pytest.mark.parametrize(
    "path", ["", "/", "/conditions/", "/privacy/", "/accessibility/", "/how-we-write/"]
)
def test_what_a_visitor_gets_may_be_shared_for_seconds(address, client, path):
    assert_public(client.get(path or address))


def test_a_cookie_of_another_kind_does_not_matter(address, client):
    client.cookies["analytics"] = "1"

    assert_public(client.get(address))


def test_a_reader_gets_nothing_that_may_be_kept(address, client):
    client.force_login(people.reader())

    assert_private(client.get(address))


def test_a_forged_session_cookie_gets_nothing_that_may_be_kept(address, client):
    client.cookies["sessionid"] = "forged"

    assert_private(client.get(address))


def test_a_messages_cookie_gets_nothing_that_may_be_kept(address, client):
    client.cookies["messages"] = "anything"

    assert_private(client.get(address))


@pytest.mark.parametrize("path", ["/nothing-here/", "/conditions/none/"])
def test_an_error_page_is_not_kept(client, path):
    response = client.get(path)

    assert response.status_code == HTTPStatus.NOT_FOUND
    assert_private(response)


def test_account_and_admin_pages_are_never_kept(address, client):
    client.force_login(people.admin())
    for path in ("/accounts/email/", "/accounts/password/change/", "/admin/", "/accounts/logout/"):
        assert_private(client.get(path))


def test_every_response_without_a_public_view_is_private():
    edition = factories.published()
    public_routes = {
        "", "conditions/", "conditions/<slug:slug>/", "figures/<int:pk>/<str:file>",
        "codes/", "codes/<str:key>/", "sitemap.xml", "sitemap-<slug:section>.xml", "robots.txt",
        "how-we-write/", "privacy/", "accessibility/",
    }  # fmt: skip
    for route, addresses in every_url.addresses(edition).items():
        if route not in public_routes:
            for path in addresses:
                assert Client().get(path).headers["Cache-Control"] == PRIVATE, path


def test_a_known_page_is_not_sent_again(address, client):
    tag = client.get(address).headers["ETag"]

    response = client.get(address, headers={"if-none-match": tag})

    assert response.status_code == HTTPStatus.NOT_MODIFIED
    assert "public" in response.headers["Cache-Control"]


def test_the_tag_of_the_teaser_does_not_hold_for_a_reader(address, client):
    tag = client.get(address).headers["ETag"]
    client.force_login(people.reader())

    response = client.get(address, headers={"if-none-match": tag})

    assert response.status_code == HTTPStatus.OK
    assert factories.CANARY in response.content.decode()


def test_a_date_does_not_turn_a_page_into_not_modified(address, client):
    later = (timezone.now() + timedelta(days=1)).strftime("%a, %d %b %Y %H:%M:%S GMT")

    response = client.get(address, headers={"if-modified-since": later})

    assert response.status_code == HTTPStatus.OK


def test_a_new_edition_has_another_tag(address, client):
    before = client.get(address).headers["ETag"]
    factories.published(factories.condition(), causes="Now somebody knows the cause.")

    assert client.get(address).headers["ETag"] != before


def test_a_page_is_kept_no_longer_than_until_the_next_publication(address, client):
    edition = factories.approved(factories.condition(), causes="Another cause.")
    publishing.schedule(edition, at=timezone.now() + timedelta(seconds=5), by=factories.editor())

    response = client.get(address)

    assert directives(response) <= {"public", "max-age=0", *(f"s-maxage={n}" for n in range(5))}


def test_compressed_pages_have_a_tag_of_their_own_and_a_steady_one(address, client):
    plain = client.get(address)
    first, second = (client.get(address, headers={"accept-encoding": "gzip"}) for _ in range(2))

    assert first.headers["Content-Encoding"] == "gzip"
    assert first.headers["ETag"] == second.headers["ETag"] != plain.headers["ETag"]
    assert first.headers["ETag"].startswith('"')
    assert "Accept-Encoding" in first.headers["Vary"]


def test_a_head_request_tells_what_a_get_would(address, client):
    head, get = client.head(address), client.get(address)

    assert head.content == b""
    assert head.headers["Cache-Control"] == get.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["", "/accounts/login/", "/nothing-here/", "/health/live"])
def test_security_headers_are_on_every_response(address, client, path):
    headers = client.get(path or address).headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
