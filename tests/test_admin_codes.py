"""Codes at the desk: found and read, and offered to the codes of a condition."""

from __future__ import annotations

from http import HTTPStatus
from io import StringIO

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from tests import factories, people
from tests.icd10cm_files import SMALL

pytestmark = pytest.mark.django_db

SUGGEST = "/admin/conditions/code/suggest/"


@pytest.fixture
def tree() -> None:
    call_command("load_icd10cm", folder=SMALL, stdout=StringIO())


@pytest.fixture
def desk(tree, client):
    client.force_login(people.admin())
    return client


def suggested(client, typed: str) -> list[str]:
    return [row["key"] for row in client.get(SUGGEST, {"q": typed}).json()["codes"]]


@pytest.mark.parametrize("typed", ["M61.56", "m6156", "M61 56"])
def test_codes_are_suggested_by_their_beginning_however_typed(desk, typed):
    assert suggested(desk, typed) == ["M61.56", "M61.561", "M61.562", "M61.569"]


def test_codes_are_suggested_by_words_of_their_title(desk):
    assert "M61.562" in suggested(desk, "left leg ossification")
    assert suggested(desk, "no such words") == []
    assert suggested(desk, "  ") == []


def test_chapters_and_blocks_are_not_suggested(desk):
    assert all("-" not in key for key in suggested(desk, "muscle"))


def test_a_suggestion_says_which_condition_holds_the_code(desk):
    factories.condition("ossification", "M61.569")

    rows = desk.get(SUGGEST, {"q": "M61.569"}).json()["codes"]

    assert [row["holder"] for row in rows] == ["ossification"]


def test_suggestions_are_for_those_who_see_conditions(tree, client):
    assert client.get(SUGGEST, {"q": "M61"}).status_code == HTTPStatus.FOUND
    client.force_login(people.reader(is_staff=True))

    assert client.get(SUGGEST, {"q": "M61"}).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("typed", ["%", "'; --", "M" * 500, "\\", "~", "é"])
def test_odd_text_suggests_nothing_and_breaks_nothing(desk, typed):
    assert desk.get(SUGGEST, {"q": typed}).status_code == HTTPStatus.OK


def test_the_list_finds_codes_and_leads_to_their_pages(desk):
    html = desk.get("/admin/conditions/code/?q=lower+leg").content.decode()

    assert '<a href="/codes/M61.561/">M61.561</a>' in html
    assert desk.get("/admin/conditions/code/M61.561/change/").headers["Location"] == (
        "/codes/M61.561/"
    )


def test_codes_are_read_only(desk):
    assert desk.get("/admin/conditions/code/add/").status_code == HTTPStatus.FORBIDDEN
    assert desk.get("/admin/conditions/code/M61/delete/").status_code == HTTPStatus.FORBIDDEN


def test_a_code_that_is_not_in_the_classification_is_refused(desk):
    condition = factories.condition("ossification", "M61.569")

    response = desk.post(
        f"/admin/conditions/condition/{condition.pk}/change/", {"codes": "M61.569, M61.77"}
    )

    assert "ICD-10-CM has no code M61.77" in response.content.decode()
    assert [str(coding) for coding in condition.codings.all()] == ["M61.569"]


def test_before_the_codes_are_loaded_any_code_of_the_right_shape_is_taken(client):
    condition = factories.condition("ossification", "M61.569")
    client.force_login(people.admin())

    client.post(f"/admin/conditions/condition/{condition.pk}/change/", {"codes": "M61.77"})

    assert [str(coding) for coding in condition.codings.all()] == ["M61.77"]


def test_an_editor_finds_a_code_by_name_and_saves_it(page: Page, live_server, client):
    call_command("load_icd10cm", folder=SMALL, stdout=StringIO())
    condition = factories.condition("ossification", "M61.569")
    client.force_login(people.admin())
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page.goto(f"/admin/conditions/condition/{condition.pk}/change/")

    finder = page.get_by_label("Find a code by name")
    with page.expect_response("**/suggest/*"):
        finder.press_sequentially("left lower leg")
    option = page.locator("#codes-found option").first
    expect(option).to_have_attribute(
        "value", "M61.562 Other ossification of muscle, left lower leg"
    )
    finder.fill("M61.562 Other ossification of muscle, left lower leg")

    expect(page.get_by_label("ICD-10-CM codes")).to_have_value("M61.569, M61.562")
    expect(page.locator(".code-finder [role=status]")).to_have_text("M61.562 was added.")
    page.get_by_role("button", name="Save condition").click()
    expect(page.get_by_text("ossification was saved.")).to_be_visible()
