"""Second factors in Chromium: passkeys with a virtual authenticator, apps, codes and sessions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import CDPSession, Page, expect

from accounts.models import User
from tests import browsing, people
from tests.people import PASSWORD
from tests.second_factor_steps import app_code, give_app, recovery_codes

AUTHENTICATOR = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(autouse=True)
def _here(live_server: Any, settings: Any) -> None:
    """Passkeys belong to the host of SITE_URL; browsers allow them on http://localhost alone."""
    settings.SITE_URL = live_server.url


@pytest.fixture
def device(page: Page) -> Iterator[CDPSession]:
    """A device that keeps passkeys and whose owner always agrees."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    yield session
    session.detach()


def log_in(
    page: Page, email: str = "reader@example.org", address: str = "/accounts/login/"
) -> None:
    page.goto(address)
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Log in").click()


def confirm(page: Page) -> None:
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def log_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.locator("main").get_by_role("button", name="Log out").click()
    expect(page.get_by_role("link", name="Log in").first).to_be_visible()


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def enrol(page: Page) -> str:
    """Set up an app from what the page shows, and give its secret."""
    secret = page.locator("#secret").inner_text().replace(" ", "")
    page.get_by_role("textbox", name="Code").fill(app_code(secret))
    page.get_by_role("button", name="Set up the app").click()
    heading(page, "Recovery codes")
    return secret


def test_a_passkey_is_added_and_opens_the_log_in_from_then_on(
    page: Page, device: CDPSession
) -> None:
    people.reader()
    log_in(page)
    page.goto("/accounts/2fa/")
    page.get_by_role("link", name="Add a passkey").click()
    confirm(page)
    heading(page, "Add a passkey")
    page.get_by_label("Name").fill("My laptop")
    page.get_by_role("button", name="Add the passkey").click()
    heading(page, "Recovery codes")
    expect(page.locator(".secrets li")).to_have_count(10)
    page.get_by_role("link", name="I keep them safe").click()
    page.get_by_role("link", name="See your passkeys").click()
    expect(page.locator("main")).to_contain_text("My laptop")

    log_out(page)
    page.goto("/accounts/login/?next=/conditions/")
    page.get_by_role("button", name="Use a passkey").click()

    expect(page).to_have_url(re.compile("/conditions/$"))
    expect(page.get_by_role("link", name="Account")).to_be_visible()


def test_without_a_passkey_the_page_says_so_and_stays_usable(
    page: Page, device: CDPSession
) -> None:
    people.reader()
    page.goto("/accounts/login/")
    expect(page.locator("[data-passkey-failed]")).to_be_hidden()

    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_role("alert")).to_contain_text("Your browser gave no passkey")
    log_in(page)
    expect(page.get_by_role("link", name="Account")).to_be_visible()


def test_a_browser_without_passkeys_sees_no_button(page: Page) -> None:
    page.add_init_script("delete window.PublicKeyCredential")
    page.goto("/accounts/login/")
    expect(page.locator("#passkey_login")).to_be_hidden()
    expect(page.locator("main").get_by_role("button", name="Log in")).to_be_visible()


def test_an_app_is_set_up_and_asked_for_at_the_log_in(page: Page) -> None:
    people.reader()
    log_in(page)
    page.goto("/accounts/2fa/totp/activate/")
    confirm(page)
    expect(page.locator(".qr svg")).to_be_visible()
    secret = enrol(page)

    log_out(page)
    log_in(page, address="/accounts/login/?next=/conditions/")
    heading(page, "Confirm the log-in")
    page.locator("main").get_by_label("Code").fill("000000")
    page.locator("main").get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_contain_text("This was not accepted")
    # What was shown while it was set up may be used for the log-in still.
    page.locator("main").get_by_label("Code").fill(app_code(secret))
    page.locator("main").get_by_role("button", name="Log in").click()

    expect(page).to_have_url(re.compile("/conditions/$"))


def test_recovery_codes_are_downloaded_and_one_opens_the_log_in(page: Page) -> None:
    people.reader()
    log_in(page)
    page.goto("/accounts/2fa/totp/activate/")
    confirm(page)
    enrol(page)
    link = page.get_by_role("link", name="Download")
    with page.expect_download() as started:
        link.click()
    assert started.value.suggested_filename == "recovery-codes.txt"
    file = started.value.path().read_text()
    assert file == unquote(str(link.get_attribute("href")).partition(",")[2])
    codes = re.findall(r"^\d{8}$", file, re.MULTILINE)
    assert codes == recovery_codes(User.objects.get())
    expect(page.get_by_role("button", name="Print")).to_be_visible()

    log_out(page)
    log_in(page)
    page.locator("main").get_by_label("Code").fill(codes[0])
    page.locator("main").get_by_role("button", name="Log in").click()

    expect(page.get_by_role("link", name="Account")).to_be_visible()


def test_another_browser_is_logged_out_from_here(
    page: Page, browser: Any, live_server: Any
) -> None:
    people.reader()
    complaints: list[str] = []
    with browser.new_context(base_url=live_server.url) as context:
        other = browsing.new_page(context, complaints)
        log_in(other)
        expect(other.get_by_role("link", name="Account")).to_be_visible()

        log_in(page)
        page.goto("/accounts/sessions/")
        expect(page.locator(".rows li")).to_have_count(2)
        page.get_by_role("button", name="Log out Chrome").click()

        expect(page.get_by_role("status")).to_contain_text("is logged out")
        expect(page.locator(".rows li")).to_have_count(1)
        other.goto("/accounts/2fa/")
        heading(other, "Log in")
    assert complaints == []


def test_staff_are_led_to_a_second_factor_and_then_into_the_admin(
    page: Page, device: CDPSession, settings: Any
) -> None:
    settings.ADMIN_SECOND_FACTOR = True
    people.admin()
    log_in(page, "admin@example.org", "/accounts/login/?next=/admin/")
    expect(page.get_by_role("note")).to_contain_text("One step more before the admin")
    page.get_by_role("link", name="Add a passkey").click()
    confirm(page)
    page.get_by_role("button", name="Add the passkey").click()
    page.get_by_role("link", name="go on to the admin").click()
    expect(page).to_have_url(re.compile("/admin/$"))

    log_out(page)
    page.goto("/admin/conditions/condition/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(re.compile("/admin/conditions/condition/$"))


def test_staff_confirm_by_passkey_in_a_session_without_one(
    page: Page, device: CDPSession, settings: Any
) -> None:
    people.admin()
    log_in(page, "admin@example.org")
    page.goto("/accounts/2fa/webauthn/add/")
    confirm(page)
    page.get_by_role("button", name="Add the passkey").click()
    heading(page, "Recovery codes")
    settings.ADMIN_SECOND_FACTOR = True
    page.context.clear_cookies()

    log_in(page, "admin@example.org", "/accounts/login/?next=/admin/")
    heading(page, "Confirm the log-in")
    page.get_by_role("button", name="Use your passkey").click()

    expect(page).to_have_url(re.compile("/admin/$"))


def test_everything_but_passkeys_works_without_javascript(browser: Any, live_server: Any) -> None:
    user = give_app(people.reader())
    with browser.new_context(base_url=live_server.url, java_script_enabled=False) as context:
        page = context.new_page()
        log_in(page)
        page.locator("main").get_by_label("Code").fill(recovery_codes(user)[0])
        page.locator("main").get_by_role("button", name="Log in").click()
        page.goto("/accounts/2fa/webauthn/add/")
        confirm(page)
        expect(page.get_by_text("Passkeys need JavaScript")).to_be_visible()
        expect(page.get_by_role("button", name="Add the passkey")).to_be_hidden()
        page.goto("/accounts/sessions/")
        expect(page.locator(".rows li")).to_have_count(1)
