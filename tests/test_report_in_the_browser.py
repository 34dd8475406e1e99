"""A reader reports a problem and gets an answer, as both see it in Chromium."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client
from playwright.sync_api import Page, expect

from conditions.models import ProblemReport
from tests import factories


def log_in(page: Page, base_url: str) -> None:
    client = Client()
    client.force_login(factories.editor())
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": base_url}])


@pytest.mark.parametrize("width", [1280, 375])
def test_a_reader_reports_a_problem_and_gets_an_answer(page: Page, live_server, width):
    edition = factories.published()
    page.set_viewport_size({"width": width, "height": 800})

    page.goto(edition.get_absolute_url())
    assert page.context.cookies() == []
    page.get_by_role("link", name="Report a problem with this page").click()
    page.get_by_label("What kind of problem is it?").select_option("Something is wrong")
    page.get_by_label("What is the problem").fill("The second cause is the wrong way round.")
    page.get_by_label("Email address (optional)").fill("maria@example.org")
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_role("heading", name="Thank you for your report")).to_be_visible()
    page.get_by_role("link", name="Back to Bone in the calf").click()
    expect(page.get_by_role("heading", name="Bone in the calf", level=1)).to_be_visible()

    log_in(page, live_server.url)
    page.goto("/admin/")
    page.get_by_role("link", name="1 new report of problems").click()
    page.get_by_role("link", name=re.compile(r"^Report \d+$")).click()
    expect(page.get_by_text("the wrong way round")).to_be_visible()
    page.get_by_role("button", name="Take it up").click()
    page.get_by_label("Answer").fill("Thank you. A new edition is on its way.")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_text("was answered.")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_text("was closed.")).to_be_visible()

    assert [message.to for message in mail.outbox] == [["maria@example.org"]]
    assert "A new edition is on its way." in str(mail.outbox[0].body)
    assert ProblemReport.objects.get().state == "closed"


def test_what_was_typed_survives_an_error_and_the_error_is_read_first(page: Page):
    edition = factories.published()
    page.goto(f"{edition.get_absolute_url()}report/")

    page.get_by_label("What kind of problem is it?").select_option("missing")
    page.get_by_label("What is the problem").fill("A word is missing here.")
    page.get_by_label("Email address (optional)").fill("maria@example")  # a browser takes it
    page.get_by_role("button", name="Send the report").click()

    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("What is the problem")).to_have_value("A word is missing here.")
    expect(page.get_by_label("What kind of problem is it?")).to_have_value("missing")
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.get_by_label("Email address (optional)")).to_be_focused()


def test_the_trap_is_neither_seen_nor_reached_by_keyboard(page: Page):
    edition = factories.published()
    page.goto(f"{edition.get_absolute_url()}report/")
    page.get_by_label("What kind of problem is it?").focus()

    reached = []
    for _ in range(4):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.name || document.activeElement.type"))

    assert reached[:3] == ["text", "email", "submit"]
    box = page.locator("input[name=website]").bounding_box()
    assert box is None or page.locator(".vh", has=page.locator("input[name=website]")).evaluate(
        "box => box.offsetWidth <= 1 && box.offsetHeight <= 1"
    )


def test_the_link_is_not_printed(page: Page):
    page.goto(factories.published().get_absolute_url())
    page.emulate_media(media="print")

    expect(page.locator(".report-link")).to_be_hidden()
