"""Pages for when something is not there, not allowed or broken."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.db import DatabaseError
from django.test import Client

from conditions import views
from tests import people

pytestmark = pytest.mark.django_db


def test_an_unknown_address_says_so_and_leads_on(client):
    response = client.get("/no/such/page/")

    assert response.status_code == HTTPStatus.NOT_FOUND
    assert "There is no page at this address" in response.content.decode()
    assert 'href="/conditions/"' in response.content.decode()


def test_a_reader_in_the_admin_is_told_that_it_is_not_for_them(client):
    client.force_login(people.reader())

    response = client.get("/admin/", follow=True)

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert "You cannot open this page" in response.content.decode()


def test_a_form_without_its_token_says_what_to_do():
    strict = Client(enforce_csrf_checks=True)

    response = strict.post("/accounts/login/", {"login": "a@example.org", "password": "x"})

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert "Please send the form again" in response.content.decode()


def test_a_fault_shows_a_plain_page_without_asking_the_database(client, monkeypatch):
    def broken(*args, **kwargs):
        raise DatabaseError("secret detail")

    monkeypatch.setattr(views, "index_by_letter", broken)
    client.raise_request_exception = False

    response = client.get("/conditions/")

    assert response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "Something went wrong" in response.content.decode()
    assert "secret detail" not in response.content.decode()
    assert response.headers["Cache-Control"] == "private, no-store"


def test_health_tells_whether_the_database_answers(client, monkeypatch):
    assert client.get("/health/live").content == b"live"
    assert client.get("/health/ready").content == b"ready"

    def gone(*args, **kwargs):
        raise DatabaseError

    monkeypatch.setattr("config.health.connection.cursor", gone)

    assert client.get("/health/ready").status_code == HTTPStatus.SERVICE_UNAVAILABLE
