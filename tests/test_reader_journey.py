"""A reader's way in Chromium: visitor, gate, account, full treatment, and out again."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from tests import people, starter
from tests.starter import OSSIFICATION

GATE_LINE = "To see full information about treatment please Sign up or Log in"
FULL = "#full-treatment"


@pytest.fixture(autouse=True)
def _content(live_server):
    starter.load()


def code_from_mail() -> str:
    found = re.search(r"^\s*([A-Z0-9]{4}-[A-Z0-9]{4})\s*$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found, mail.outbox[-1].body
    return found[1]


def log_in(page: Page, address: str = OSSIFICATION) -> None:
    page.goto(f"/accounts/login/?next={address}%23treatment")
    page.get_by_label("Email").fill("reader@example.org")
    page.get_by_label("Password").fill(people.PASSWORD)
    page.locator("main").get_by_role("button", name="Log in").click()


def assert_at_treatment(page: Page) -> None:
    expect(page).to_have_url(re.compile(re.escape(OSSIFICATION) + "#treatment$"))
    expect(page.get_by_role("heading", name="Treatment", exact=True)).to_be_in_viewport()
    expect(page.locator(FULL)).to_be_visible()
    expect(page.locator(".gate")).to_have_count(0)


def test_a_visitor_signs_up_and_stands_before_the_full_treatment(page: Page):
    page.goto(OSSIFICATION)
    expect(page.locator(".gate")).to_contain_text(GATE_LINE)
    expect(page.locator(FULL)).to_have_count(0)

    page.locator(".gate").get_by_role("link", name="Sign up", exact=True).click()
    page.get_by_label("Email").fill("new@example.org")
    page.get_by_label("Password").fill("a long and quiet passphrase")
    page.locator("main").get_by_role("button", name="Sign up free").click()
    page.locator("main").get_by_label("Code").fill(code_from_mail().lower())
    page.locator("main").locator("button.btn:not(.btn-line)").click()

    assert_at_treatment(page)


def test_a_reader_logs_in_by_password(page: Page):
    people.reader()
    page.goto(OSSIFICATION)
    page.locator(".gate").get_by_role("link", name="Log in", exact=True).first.click()
    page.get_by_label("Email").fill("reader@example.org")
    page.get_by_label("Password").fill(people.PASSWORD)
    page.locator("main").get_by_role("button", name="Log in").click()

    assert_at_treatment(page)


def test_a_reader_logs_in_by_code(page: Page):
    people.reader()
    page.goto(f"/accounts/login/code/?next={OSSIFICATION}%23treatment")
    page.get_by_label("Email").fill("reader@example.org")
    page.locator("main").locator("button.btn:not(.btn-line)").click()
    page.locator("main").get_by_label("Code").fill(code_from_mail())
    page.locator("main").locator("button.btn:not(.btn-line)").click()

    assert_at_treatment(page)


def test_after_log_out_the_back_button_shows_no_full_treatment(page: Page):
    people.reader()
    log_in(page)
    assert_at_treatment(page)

    page.get_by_role("link", name="Log out").click()
    page.locator("main").get_by_role("button", name="Log out").click()
    expect(page.get_by_role("link", name="Log in").first).to_be_visible()
    page.go_back()
    page.go_back()

    expect(page.locator(".gate")).to_be_visible()
    expect(page.locator(FULL)).to_have_count(0)


def test_after_log_in_no_teaser_from_before_is_shown(page: Page):
    people.reader()
    page.goto(OSSIFICATION)
    expect(page.locator(".gate")).to_be_visible()
    log_in(page, "/conditions/asthma/")

    page.goto(OSSIFICATION)

    expect(page.locator(FULL)).to_be_visible()


def test_everything_works_without_javascript(browser, live_server):
    people.reader()
    phone = {"viewport": {"width": 375, "height": 800}, "java_script_enabled": False}
    with browser.new_context(base_url=live_server.url, **phone) as context:
        page = context.new_page()
        log_in(page)
        assert_at_treatment(page)
        page.goto(OSSIFICATION)
        page.get_by_text("On this page").first.click()
        page.get_by_role("link", name="Diagnosis").click()
        expect(page).to_have_url(re.compile("#diagnosis$"))
