"""The account in Chromium: download one's data, delete the account, log out on a phone."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests import people


@pytest.fixture
def reader(page: Page, live_server) -> Page:
    people.reader()
    log_in(page)
    return page


def log_in(page: Page) -> None:
    page.goto("/accounts/login/?next=/account/")
    page.get_by_label("Email").fill("reader@example.org")
    page.get_by_label("Password").fill(people.PASSWORD)
    page.locator("main").get_by_role("button", name="Log in").click()


def confirm(page: Page) -> None:
    page.get_by_label("Your password").fill(people.PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def test_a_reader_downloads_a_file_that_holds_the_address(reader: Page, tmp_path: Path):
    reader.get_by_role("link", name="Account", exact=True).click()
    reader.get_by_role("button", name="Download my data").click()
    confirm(reader)
    with reader.expect_download() as first:
        reader.get_by_role("button", name="Download the file").click()
    reader.goto("/account/")
    with reader.expect_download() as second:
        reader.get_by_role("button", name="Download my data").click()

    for download in (first.value, second.value):
        assert re.fullmatch(r"my-data-\d{4}-\d\d-\d\d\.json", download.suggested_filename)
        download.save_as(tmp_path / "data.json")
        held = json.loads((tmp_path / "data.json").read_text())
        assert held["account"]["email"] == "reader@example.org"
        assert len(held["sessions"]) == 1
    expect(reader.get_by_role("heading", name="My account", exact=True)).to_be_visible()


def test_a_reader_deletes_the_account_and_the_old_log_in_works_no_longer(reader: Page):
    reader.get_by_role("link", name="Delete my account…").click()
    confirm(reader)
    expect(reader.get_by_role("heading", name="What stays")).to_be_visible()
    reader.get_by_role("button", name="Delete my account for good").click()

    expect(reader.get_by_text("Your account is deleted.")).to_be_visible()
    expect(reader.get_by_role("link", name="Log in").first).to_be_visible()
    log_in(reader)
    expect(reader.get_by_role("alert")).to_contain_text("is not right")
    assert not User.objects.filter(email="reader@example.org").exists()


def test_a_reader_on_a_phone_logs_out_from_the_account_page(reader: Page):
    reader.set_viewport_size({"width": 375, "height": 800})
    header = reader.locator(".site-head")
    assert header.get_by_role("navigation").bounding_box()["height"] <= 60
    expect(header.get_by_role("link", name="Log out")).to_be_hidden()

    header.get_by_role("link", name="Account").click()
    reader.get_by_role("link", name="Log out here").click()
    reader.locator("main").get_by_role("button", name="Log out").click()

    expect(header.get_by_role("link", name="Log in")).to_be_visible()
