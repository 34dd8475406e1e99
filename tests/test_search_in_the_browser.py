"""The search field in Chromium: its suggestions by keyboard, mouse and touch; without script."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from io import StringIO
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from playwright.sync_api import Page, Route, expect

from tests import starter
from tests.icd10cm_files import SMALL
from tests.starter import OSSIFICATION

SUGGEST = "**/api/v1/suggest?*"
ANY = re.compile("")
ANSWER = [
    {
        "kind": "condition",
        "name": "Ossification",
        "title": "Other ossification of muscle, unspecified lower leg",
        "code": "M61.569",
        "url": OSSIFICATION,
        "is_it": True,
    },
    {
        "kind": "code",
        "name": "Other ossification of muscle",
        "title": "Other ossification of muscle",
        "code": "M61.5",
        "url": "/codes/M61.5/",
        "is_it": False,
    },
    {
        "kind": "code",
        "name": "<b>Muscles</b>",
        "title": "Diseases of the musculoskeletal system",
        "code": "chapter-2",
        "url": "/codes/chapter-2/",
        "is_it": False,
    },
]


@pytest.fixture(autouse=True)
def _content(live_server):
    call_command("load_icd10cm", folder=SMALL, stdout=StringIO())
    starter.load()


def suggestions(page: Page, found: list[dict] = ANSWER) -> list[str]:
    """Have every query answered by `found`; the queries, as they are asked."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        query = parse_qs(urlsplit(route.request.url).query)["q"][0]
        asked.append(query)
        route.fulfill(json={"query": query, "suggestions": found})

    page.route(SUGGEST, answer)
    return asked


def field(page: Page):
    return page.get_by_role("combobox")


def type_in(page: Page, text: str = "oss", path: str = "/conditions/") -> None:
    page.goto(path)
    field(page).press_sequentially(text)


def expect_active(page: Page, name: str) -> None:
    """A screen reader is told of the option called `name`; without one, of the field itself."""
    chosen = page.locator("[role=option][aria-selected=true]")
    if not name:
        expect(chosen).to_have_count(0)
        expect(field(page)).not_to_have_attribute("aria-activedescendant", ANY)
        return
    expect(chosen).to_have_count(1)
    expect(chosen).to_have_text(re.compile(f"^{re.escape(name)}"))
    expect(field(page)).to_have_attribute("aria-activedescendant", str(chosen.get_attribute("id")))


def test_suggestions_are_a_list_under_the_field(page: Page):
    suggestions(page)
    page.goto("/conditions/")
    expect(field(page)).to_have_attribute("aria-expanded", "false")

    type_in(page)

    expect(page.get_by_role("listbox", name="Suggestions")).to_be_visible()
    expect(field(page)).to_have_attribute("aria-expanded", "true")
    controlled = field(page).get_attribute("aria-controls")
    expect(page.get_by_role("listbox")).to_have_attribute("id", str(controlled))
    expect(page.get_by_role("option")).to_have_text(
        [
            re.compile("^Go to OssificationArticle: Other ossification.*M61.569$"),
            re.compile("^Other ossification of muscleM61.5$"),
            re.compile("^<b>Muscles</b>Diseases of the musculoskeletal systemChapter 2$"),
        ]
    )
    expect(page.locator("[aria-live=polite]")).to_have_text("3 suggestions")
    expect_active(page, "")


def test_arrows_go_through_the_list_and_back_to_the_field(page: Page):
    suggestions(page)
    type_in(page)
    expect(page.get_by_role("listbox")).to_be_visible()

    names = ["Go to Ossification", "Other ossification of muscle", "<b>Muscles</b>", ""]
    for name in names:
        page.keyboard.press("ArrowDown")
        expect_active(page, name)
    for name in (*reversed(names[:-1]), ""):
        page.keyboard.press("ArrowUp")
        expect_active(page, name)
    expect(field(page)).to_be_focused()


def test_enter_opens_the_option(page: Page):
    suggestions(page)
    type_in(page)
    expect(page.get_by_role("listbox")).to_be_visible()

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(re.escape(OSSIFICATION) + "$"))


def test_enter_without_an_option_searches(page: Page):
    suggestions(page)
    type_in(page, "ossification")
    expect(page.get_by_role("listbox")).to_be_visible()

    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/search/\?q=ossification$"))
    expect(field(page)).to_have_value("ossification")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_escape_closes_the_list_and_keeps_the_text(page: Page):
    suggestions(page)
    type_in(page)
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("ArrowDown")

    page.keyboard.press("Escape")

    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(field(page)).to_have_attribute("aria-expanded", "false")
    expect(field(page)).to_have_value("oss")
    expect_active(page, "")

    page.keyboard.press("ArrowDown")

    expect(page.get_by_role("listbox")).to_be_visible()
    expect_active(page, "Go to Ossification")


def test_home_end_and_letters_belong_to_the_text(page: Page):
    suggestions(page)
    type_in(page)
    expect(page.get_by_role("listbox")).to_be_visible()

    def caret() -> int:
        return field(page).evaluate("each => each.selectionStart")

    for key, at in (("Home", 0), ("End", 3), ("ArrowLeft", 2), ("ArrowRight", 3)):
        page.keyboard.press("ArrowDown")
        page.keyboard.press(key)
        expect_active(page, "")
        assert caret() == at, key
    page.keyboard.press("ArrowDown")
    page.keyboard.press("i")
    expect_active(page, "")


def test_leaving_the_field_closes_the_list(page: Page):
    suggestions(page)
    type_in(page)
    expect(page.get_by_role("listbox")).to_be_visible()

    page.keyboard.press("Tab")

    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(page.get_by_role("button", name="Search")).to_be_focused()


def test_an_option_is_a_link_for_the_mouse(page: Page):
    suggestions(page)
    type_in(page)

    page.get_by_role("option").nth(1).click()

    expect(page).to_have_url(re.compile("/codes/M61.5/$"))


def test_an_option_opens_by_touch_and_is_large_enough(browser, live_server):
    phone = {"viewport": {"width": 375, "height": 700}, "has_touch": True, "is_mobile": True}
    with browser.new_context(base_url=live_server.url, **phone) as context:
        page = context.new_page()
        suggestions(page)
        type_in(page, path="/")
        expect(page.get_by_role("option")).to_have_count(len(ANSWER))
        for box in page.get_by_role("option").all():
            size = box.bounding_box()
            assert size
            assert size["height"] >= 44
            assert 0 <= size["x"] <= size["x"] + size["width"] <= 375

        page.get_by_role("option").first.tap()

        expect(page).to_have_url(re.compile(re.escape(OSSIFICATION) + "$"))


def test_one_letter_asks_nothing_and_quick_typing_asks_once(page: Page):
    asked = suggestions(page)
    page.clock.install(time=0)
    page.goto("/conditions/")
    page.clock.pause_at(60_000)  # quick, however slowly the keys come
    field(page).press_sequentially("o")
    page.clock.run_for(1000)
    field(page).press_sequentially("ssification")
    assert asked == []

    page.clock.run_for(1000)
    expect(page.get_by_role("listbox")).to_be_visible()
    assert asked == ["ossification"]

    field(page).fill("o")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_an_answer_that_comes_late_is_not_shown(page: Page):
    held: list[Callable[[], None]] = []

    def answer(route: Route) -> None:
        if "q=late" in route.request.url:
            held.append(lambda: route.fulfill(json={"query": "late", "suggestions": ANSWER}))
        else:
            route.fulfill(json={"query": "new", "suggestions": ANSWER[1:2]})

    page.route(SUGGEST, answer)
    page.goto("/conditions/")
    with page.expect_request(SUGGEST):
        field(page).fill("late")
    field(page).fill("new")
    expect(page.get_by_role("option")).to_have_count(1)
    held[0]()
    page.wait_for_timeout(200)

    expect(page.get_by_role("option")).to_have_count(1)


def test_an_answer_after_leaving_is_not_shown(page: Page):
    suggestions(page)
    page.goto("/conditions/")
    field(page).fill("ossif")
    page.keyboard.press("Tab")
    page.wait_for_timeout(400)

    expect(page.get_by_role("listbox")).to_be_hidden()


def test_nothing_found_is_said_and_shows_no_list(page: Page):
    suggestions(page, [])
    type_in(page)

    expect(page.locator("[aria-live=polite]")).to_have_text("No suggestions")
    expect(page.get_by_role("listbox")).to_be_hidden()


@pytest.mark.parametrize("body", [None, "no JSON", "{}"])
def test_a_fault_leaves_a_plain_field(page: Page, complaints, body):
    status = 200 if body else 500
    page.route(SUGGEST, lambda route: route.fulfill(status=status, body=body or json.dumps({})))
    page.goto("/conditions/")
    with page.expect_response(SUGGEST):
        field(page).press_sequentially("ossification")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/search/\?q=ossification$"))
    assert all("status of 500" in each for each in complaints)
    complaints.clear()


def test_searching_works_without_javascript(browser, live_server):
    phone = {"viewport": {"width": 375, "height": 800}, "java_script_enabled": False}
    with browser.new_context(base_url=live_server.url, **phone) as context:
        page = context.new_page()
        page.goto("/")
        page.get_by_role("searchbox").fill("osification")
        page.get_by_role("button", name="Search").click()
        expect(page.get_by_text("Showing results for ossification")).to_be_visible()
        page.get_by_text("Filter").first.click()
        page.get_by_role("link", name="Codes", exact=False).nth(1).click()
        expect(page).to_have_url(re.compile("kind=code"))
        page.get_by_role("searchbox").fill("")
        page.get_by_role("searchbox").fill("m61569")
        page.get_by_role("button", name="Search").click()
        page.get_by_role("link", name="M61.569 Other ossification").click()
        expect(page).to_have_url(re.compile("/codes/M61.569/$"))


@pytest.mark.parametrize(
    ("path", "width", "options"),
    [
        ("/conditions/", 1280, {"color_scheme": "light"}),
        ("/", 375, {"color_scheme": "dark"}),
        ("/", 768, {"contrast": "more"}),
        ("/conditions/", 320, {"forced_colors": "active"}),
    ],
)
def test_axe_finds_nothing_with_the_list_open(browser, live_server, path, width, options):
    # axe takes the colors that a page asks for as those that are shown.
    rules = {"color-contrast": {"enabled": "forced_colors" not in options}}
    options = {**options, "viewport": {"width": width, "height": 800}, "bypass_csp": True}
    with browser.new_context(base_url=live_server.url, **options) as context:
        page = context.new_page()
        suggestions(page)
        type_in(page, path=path)
        expect(page.get_by_role("listbox")).to_be_visible()
        page.keyboard.press("ArrowDown")

        found = Axe().run(page, options={"rules": rules}).response["violations"]

        assert [(each["id"], each["nodes"]) for each in found] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        style = "getComputedStyle(document.querySelector('[aria-selected=true]')).outlineStyle"
        assert page.evaluate(style) == "solid"
