"""The preview of a section that is being written: who gets it, what it shows, what it refuses."""

from __future__ import annotations

import pytest
from django.test import Client

from conditions.admin import preview as previews
from conditions.models import Edition, Event
from tests import factories
from tests.admin_pages import logged_in, staff_with, without_full_treatment
from tests.watched_client import WatchedClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Edition:
    return factories.draft()


def asked(client: Client, edition: Edition, body: str = "Text.", field: str = "causes", **more):
    address = f"/admin/conditions/edition/{edition.pk}/preview/"
    return client.post(address, {"field": field, "body": body, **more})


def test_it_shows_what_readers_would_get_with_the_references_of_the_unsaved_page(draft):
    desk = logged_in(factories.author())

    answer = asked(desk, draft, "**Bone**[@new-2024]", key=["other", "new-2024"])

    assert answer.json()["problem"] == ""
    assert "<strong>Bone</strong>" in answer.json()["html"]
    assert 'href="#ref-1"' in answer.json()["html"]
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_it_shows_the_figures_of_its_own_section(draft):
    desk = logged_in(factories.author())

    assert "/figures/" in asked(desk, draft, "![](calf.svg)", "symptoms").json()["html"]
    assert "is missing" in asked(desk, draft, "![](secret.svg)", "symptoms").json()["html"]


def test_it_stores_nothing(draft):
    before = (Event.objects.count(), draft.saved_at)

    asked(logged_in(factories.author()), draft, "Something quite new.")

    draft.refresh_from_db()
    assert (Event.objects.count(), draft.saved_at) == before
    assert draft.section_body("causes") == "Nobody knows the whole cause."


def test_markup_and_addresses_that_run_scripts_do_not_get_through(draft):
    hostile = "<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>"

    html = asked(logged_in(factories.author()), draft, hostile).json()["html"]

    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html


def test_a_body_over_the_caps_is_refused_in_words(draft):
    answer = asked(logged_in(factories.author()), draft, "x" * 20_001)

    assert "Shorten it" in answer.json()["problem"]
    assert "html" not in answer.json()


@pytest.mark.parametrize("rights", [(), ("view_edition",), ("approve_edition", "view_edition")])
def test_it_is_for_those_who_may_write(draft, rights):
    assert asked(logged_in(staff_with(*rights)), draft).status_code == 403


def test_a_visitor_is_sent_to_log_in(draft, client):
    assert asked(client, draft).status_code == 302


def test_a_fixed_edition_has_no_preview():
    assert asked(logged_in(factories.author()), factories.published()).status_code == 403


def test_the_full_treatment_needs_its_permission_and_is_never_read(draft):
    desk = WatchedClient()
    desk.force_login(without_full_treatment())

    assert asked(desk, draft, field="full_treatment").status_code == 403
    assert asked(desk, draft, "[@gated-2021]", key="gated-2021").status_code == 200


def test_an_unknown_field_is_refused(draft):
    assert asked(logged_in(factories.author()), draft, field="title").status_code == 400


def test_it_is_asked_by_post_with_a_token(draft):
    desk = Client(enforce_csrf_checks=True)
    desk.force_login(factories.author())

    assert asked(desk, draft).status_code == 403
    assert desk.get(f"/admin/conditions/edition/{draft.pk}/preview/").status_code == 405


def test_each_person_has_so_many_a_minute(draft, monkeypatch):
    monkeypatch.setattr(previews, "MOST_PER_MINUTE", 2)
    monkeypatch.setattr(previews.time, "time", lambda: 4_000_000_000.0)
    desk = logged_in(factories.author())

    answers = [asked(desk, draft) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "Too many previews" in answers[2].json()["problem"]
    assert answers[2].headers["Retry-After"] == "20"
    assert asked(logged_in(factories.editor()), draft).status_code == 200
