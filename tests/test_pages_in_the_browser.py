"""Every kind of page in Chromium: accessible, quiet in the console, at home on any screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from conditions import cataloguing
from conditions.models import Condition, Edition
from tests import browsing, factories, people, second_factor_pages, starter
from tests.icd10cm_files import SMALL
from tests.second_factor_steps import confirm_password
from tests.starter import OSSIFICATION

VISITOR = (
    "/",
    "/conditions/",
    OSSIFICATION,
    "/conditions/asthma/",
    "/conditions/type-2-diabetes/",
    "/conditions/bone-in-the-calf/",  # withdrawn
    f"{OSSIFICATION}report/",
    f"{OSSIFICATION}report/sent/",
    "/conditions/bone-in-the-calf/report/",
    "/codes/",
    "/codes/chapter-2/",
    "/codes/M60-M63/",
    "/codes/M62/",  # a category with notes of its own
    "/codes/M61.562/",  # with the article of M61.56
    "/codes/T36.0X1A/",
    "/codes/M61.58X/",  # unknown, followed as far as it goes
    "/search/",
    "/search/?q=pain",
    "/search/?q=migrane",  # corrected
    "/search/?q=m61569",
    "/search/?q=M61.58X",  # no such code
    "/search/?q=ossification&kind=code&chapter=chapter-2",
    "/search/?q=nothing-at-all",
    f"/search/?q={'a' * 201}",  # too long
    "/how-we-write/",
    "/privacy/",
    "/accessibility/",
    "/no-such-page/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/login/code/",
    "/accounts/password/reset/",
    "/accounts/inactive/",
    "/accounts/google/login/",
    "/accounts/oidc/sso/login/",
    "/accounts/3rdparty/login/cancelled/",
    "/accounts/3rdparty/login/error/",
)
READER = (
    OSSIFICATION,
    "/conditions/migraine/",
    "/conditions/migraine/report/",
    "/accounts/logout/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/reauthenticate/",
    "/account/",
    "/account/data/",
    "/account/delete/",
    "/admin/",  # 403
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/",
    "/accounts/2fa/webauthn/add/",
    "/accounts/sessions/",
    "/accounts/3rdparty/",
)
OWNER = (
    "2fa/",
    "2fa/reauthenticate/",
    "2fa/totp/deactivate/",
    "2fa/recovery-codes/",
    "2fa/recovery-codes/",  # shown once
    "2fa/recovery-codes/generate/",
    "2fa/webauthn/",
    "2fa/webauthn/reauthenticate/",
    "2fa/webauthn/keys/<int:pk>/edit/",
    "2fa/webauthn/keys/<int:pk>/remove/",
)
STAFF = (
    "/admin/",
    "/admin/conditions/condition/",
    "/admin/conditions/edition/",
    "/admin/conditions/problemreport/",
)
IS_WIDE = "document.documentElement.scrollWidth > innerWidth"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
ADMIN_RULES = RULES[:-1]  # Django's own admin markup does not follow every best practice


@pytest.fixture(autouse=True)
def _content(live_server):
    call_command("load_icd10cm", folder=SMALL, stdout=StringIO())
    factories.withdrawn(factories.condition("bone-in-the-calf", "M61.561"))
    starter.load()
    ossification = Condition.objects.get(codings__code="M61.569")
    cataloguing.set_codes(ossification, codes=["M61.569", "M61.56"], by=None)


@contextmanager
def visit(
    browser: Browser, base_url: str, *, user=None, **options
) -> Iterator[tuple[Page, list[str]]]:
    """A page in a fresh profile, logged in as `user`, and what it complains about."""
    complaints: list[str] = []
    with browser.new_context(base_url=base_url, **options) as context:
        if user:
            client = Client()
            client.force_login(user)
            confirm_password(client)
            client.post("/accounts/reauthenticate/", {"password": people.PASSWORD})
            cookie = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": base_url}])
        yield browsing.new_page(context, complaints), complaints


def everybody() -> list[tuple[User | None, tuple[str, ...]]]:
    """Who looks at which pages."""
    draft = factories.draft(factories.condition("a-draft", "I10.0"))
    live = Edition.objects.live().filter(state="approved").first()
    editions = tuple(f"/admin/conditions/edition/{each.pk}/change/" for each in (draft, live))
    report = f"/admin/conditions/problemreport/{factories.report(live).pk}/change/"
    owner = second_factor_pages.owner(email="owner@example.org")
    owned = tuple(f"/accounts/{second_factor_pages.filled_in(route)}" for route in OWNER)
    return [
        (None, VISITOR),
        (people.reader(), READER),
        (owner, owned),
        (people.admin(), (*STAFF, *editions, report)),
    ]


def violations(page: Page, rules: tuple[str, ...]) -> list[str]:
    # The open state too: what is in a closed list is not checked.
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": list(rules)}})
    return [
        f"{page.url} {each['id']}: {node['html'][:150]} {node.get('failureSummary', '')}"
        for each in found.response["violations"]
        for node in each["nodes"]
    ]


@pytest.mark.parametrize(("width", "scheme"), [(375, "dark"), (1280, "light")])
def test_axe_finds_nothing_on_any_page(browser, live_server, width, scheme):
    options = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    found = []
    for user, paths in everybody():
        # axe adds a style element of its own, which the policy of the site would refuse.
        with visit(browser, live_server.url, user=user, bypass_csp=True, **options) as (page, _):
            for path in paths:
                page.goto(path)
                found += violations(page, ADMIN_RULES if user and user.is_staff else RULES)

    assert found == []


def test_no_page_complains_or_asks_another_host(browser, live_server):
    found = []
    for user, paths in everybody():
        with visit(browser, live_server.url, user=user) as (page, complaints):
            for path in paths:
                page.goto(path, wait_until="networkidle")
            # Chromium reports the status of pages that are errors on purpose.
            found += [each for each in complaints if "status of 40" not in each]

    assert found == []


@pytest.mark.parametrize("width", [320, 375, 768])
def test_no_public_page_scrolls_sideways(browser, live_server, width):
    with visit(browser, live_server.url, viewport={"width": width, "height": 800}) as (page, _):
        for path in VISITOR:
            page.goto(path)
            assert not page.evaluate(IS_WIDE), path


def test_the_notes_of_a_code_need_no_scrolling_on_a_phone(browser, live_server):
    with visit(browser, live_server.url, viewport={"width": 320, "height": 800}) as (page, _):
        page.goto("/codes/M62/")
        table = page.locator("#notes .table-wrap")
        assert not table.evaluate("box => box.scrollWidth > box.clientWidth")


def test_doubled_text_does_not_scroll_sideways(browser, live_server):
    phone = {"viewport": {"width": 375, "height": 800}, "bypass_csp": True}
    with visit(browser, live_server.url, **phone) as (page, _):
        for path in VISITOR:
            page.goto(path)
            page.add_style_tag(content="html{font-size:200%}")
            assert not page.evaluate(IS_WIDE), path


def test_the_keyboard_reaches_the_gate_with_a_visible_focus(browser, live_server):
    with visit(browser, live_server.url) as (page, _):
        page.goto(OSSIFICATION)
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
        page.locator("#diagnosis a").first.focus()
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("!!document.activeElement.closest('.gate')"):
                break

        focused = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert page.evaluate("!!document.activeElement.closest('.gate')")
        assert focused == "solid"


def test_the_handout_holds_the_text_and_not_the_furniture(browser, live_server):
    with visit(browser, live_server.url) as (page, _):
        page.goto(OSSIFICATION)
        page.emulate_media(media="print")

        expect(page.locator(".print-head")).to_be_visible()
        expect(page.locator(".print-gate")).to_be_visible()
        expect(page.locator(".urgent")).to_be_visible()
        for hidden in (".site-head", ".site-foot", ".toc", ".gate"):
            expect(page.locator(hidden)).to_be_hidden()
