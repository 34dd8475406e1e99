"""The desk in Chromium: under the strict policy, by assistive technology, on a telephone."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from conditions import publishing
from conditions.models import Alias, Edition, WantedCode
from tests import factories, people
from tests.icd10cm_files import SMALL

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")


def log_in(page: Page, site: str) -> Page:
    client = Client()
    client.force_login(people.admin())
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": site}])
    return page


@pytest.fixture
def desk(page: Page, live_server) -> Page:
    """A page on which an administrator is logged in, under the policy of the site."""
    return log_in(page, live_server.url)


@pytest.fixture
def unguarded_desk(browser: Browser, live_server) -> Iterator[Page]:
    """The same without the policy: axe adds a style element of its own."""
    with browser.new_context(base_url=live_server.url, bypass_csp=True) as context:
        yield log_in(context.new_page(), live_server.url)


def editions() -> list[Edition]:
    """One of each kind of page."""
    in_review = factories.draft(factories.condition("in-review", "I10"))
    publishing.submit(in_review, by=None)
    waiting = factories.approved(factories.condition("waiting", "I11"))
    return [
        factories.published(),
        factories.draft(factories.condition("d", "I12")),
        in_review,
        waiting,
    ]


def pages() -> list[str]:
    made = editions()
    call_command("load_icd10cm", folder=SMALL, stdout=StringIO())
    alias = Alias.objects.create(name="bony calf", code_id="M61.56", kind="lay")
    WantedCode.objects.create(day=timezone.localdate(), code_id="T36.0X1A", times=1234)
    return [
        "/admin/",
        "/admin/conditions/condition/",
        "/admin/conditions/condition/add/",
        f"/admin/conditions/condition/{made[0].condition_id}/change/",
        "/admin/conditions/edition/",
        *(f"/admin/conditions/edition/{edition.pk}/change/" for edition in made),
        f"/admin/conditions/edition/{made[1].pk}/read/",
        "/admin/conditions/event/",
        "/admin/conditions/alias/",
        "/admin/conditions/alias/add/",
        f"/admin/conditions/alias/{alias.pk}/change/",
        "/admin/conditions/wantedcode/",
        "/admin/conditions/code/",
    ]


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": list(RULES), "resultTypes": ["violations"]})
    return [
        f"{each['id']}: {node['html'][:100]}"
        for each in found.response["violations"]
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("width", [1280, 375])
def test_no_page_of_the_desk_has_a_barrier(unguarded_desk, width):
    unguarded_desk.set_viewport_size({"width": width, "height": 800})
    for address in pages():
        unguarded_desk.goto(address)

        assert violations(unguarded_desk) == [], address


def test_no_page_of_the_desk_complains_or_is_wider_than_a_telephone(desk):
    desk.set_viewport_size({"width": 375, "height": 800})
    for address in pages():
        desk.goto(address, wait_until="networkidle")

        assert not desk.evaluate("document.documentElement.scrollWidth > innerWidth"), address


def test_a_reference_is_added_by_script_and_saved(desk):
    edition = factories.draft()
    desk.goto(f"/admin/conditions/edition/{edition.pk}/change/")

    desk.get_by_role("button", name="Add another reference").click()
    row = desk.locator("#references-4")
    row.get_by_label("Key").fill("new-2024")
    row.get_by_label("Citation").fill("New. 2024.")
    desk.get_by_role("button", name="Save draft").click()

    expect(desk.get_by_text("was saved.")).to_be_visible()
    assert edition.references.filter(key="new-2024", citation="New. 2024.").exists()


def test_the_drawing_of_a_draft_is_seen_on_its_page(desk):
    edition = factories.draft()

    with desk.expect_response(lambda response: "/figures/" in response.url) as figure:
        desk.goto(f"/admin/conditions/edition/{edition.pk}/read/")

    assert figure.value.status == 200
    expect(desk.get_by_role("img", name="A calf", exact=True)).to_be_visible()


def test_an_article_is_scheduled_with_the_browsers_own_date_field(desk):
    edition = factories.approved()
    desk.goto(f"/admin/conditions/edition/{edition.pk}/change/")

    year = timezone.now().year + 2
    desk.get_by_label("Goes live at").fill(f"{year}-01-01T12:00")
    desk.get_by_role("button", name="Schedule").click()

    expect(desk.get_by_text("was scheduled")).to_be_visible()
    assert Edition.objects.get(pk=edition.pk).publish_at.year == year
