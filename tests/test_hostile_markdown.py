"""Nothing an author writes becomes script, style, a foreign request or an anchor of the page."""

import re
from html.parser import HTMLParser

import pytest

from conditions.rendering import Citations, render
from tests.data.hostile_markdown import FAMILIES

TEXTS = [text for family in FAMILIES.values() for text in family]

ELEMENTS = {
    *("p", "br", "hr", "h3", "h4", "h5", "h6"),
    *("strong", "em", "code", "pre", "blockquote", "a", "abbr", "sup", "span"),
    *("ul", "ol", "li", "dl", "dt", "dd", "div", "section"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"class", "rel", "title", "role", "scope", "start", "tabindex", "aria-label"}
ADDRESS = re.compile(r"(https?://|mailto:|tel:)[^\s\\]*|/(?![/\\])[^\s\\]*")
ANCHOR = re.compile(r"(cite-)?causes-[\w:.-]+")
FRAGMENT = re.compile(r"#(ref-\d+|(cite-)?causes-[\w:.-]+)")


def rendered(text):
    return render(text, prefix="causes", citations=Citations(["known"]), lead=True)


class Inspector(HTMLParser):
    def __init__(self):
        super().__init__()
        self.offences = []

    def handle_starttag(self, tag, attrs):
        if tag not in ELEMENTS:
            self.offences.append(f"<{tag}>")
        for name, value in attrs:
            if not self.is_allowed(name, value or ""):
                self.offences.append(f"<{tag} {name}={value!r}>")

    def is_allowed(self, name, value):
        if name in ("id", "aria-labelledby"):
            return ANCHOR.fullmatch(value)
        if name == "href":
            return ADDRESS.fullmatch(value) or FRAGMENT.fullmatch(value)
        return name in ATTRIBUTES

    def handle_comment(self, data):
        self.offences.append(f"<!--{data}-->")

    def handle_decl(self, decl):
        self.offences.append(f"<!{decl}>")

    unknown_decl = handle_decl

    def handle_pi(self, data):
        self.offences.append(f"<?{data}>")


def offences(html):
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()
    return inspector.offences


def test_there_are_hostile_texts_of_every_family():
    assert all(FAMILIES.values())
    assert len(set(TEXTS)) == len(TEXTS) >= 220


@pytest.mark.parametrize("family", FAMILIES)
def test_only_allowed_elements_attributes_and_addresses_come_out(family):
    found = {text: offences(rendered(text)) for text in FAMILIES[family]}
    assert {text: what for text, what in found.items() if what} == {}


@pytest.mark.parametrize("family", FAMILIES)
def test_hostile_texts_stay_harmless_among_other_text(family):
    for text in FAMILIES[family]:
        around = f"- a *b\n\n{text}\n\nc* [d](/e {text} [f\n\n> {text}\n\n| {text} | g |\n|--|--|\n"
        assert offences(rendered(around)) == []


def test_all_hostile_texts_in_one_body_are_harmless():
    for family in FAMILIES.values():
        assert offences(rendered("\n\n".join(family))) == []


@pytest.mark.parametrize(
    "html",
    [
        "<script>",
        "<p onclick=x>",
        "<p style=x>",
        "<a href=javascript:x>",
        "<a href=//x>",
        "<p id=causes>",
        "<!--x-->",
        "<img>",
    ],
)
def test_the_inspector_notices(html):
    assert offences(html)


HOST = "http://reader.test"
# Ordinary links are not followed: where they lead is checked above. Any other address is.
FIRE_EVENTS = """() => {
  addEventListener("click", event => {
    const link = event.target.closest("a[href]");
    if (link && /^(https?|mailto|tel):$/.test(link.protocol)) event.preventDefault();
  }, true);
  for (const element of document.querySelectorAll("body *"))
    for (const name of ["click", "mouseover", "focus", "error", "load"])
      element.dispatchEvent(name === "click" || name === "mouseover"
        ? new MouseEvent(name, {bubbles: true, cancelable: true}) : new Event(name));
}"""


def what_happens(browser, html):
    """Everything a page made of `html` does, without any Content-Security-Policy."""
    happened = set()
    page = browser.new_page()

    def answer(route):
        if route.request.url == HOST + "/":
            route.fulfill(body=f"<!doctype html><title>x</title>{html}", content_type="text/html")
        else:
            happened.add(f"request {route.request.url}")
            route.abort()

    def dismiss(dialog):
        happened.add("dialog")
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.route("**/*", answer)
    page.goto(HOST + "/", wait_until="load")
    page.evaluate(FIRE_EVENTS)
    page.wait_for_timeout(300)  # for what an event has set off
    if page.evaluate("'__pwned' in window"):
        happened.add("script")
    page.close()
    return happened


@pytest.mark.browser
def test_no_hostile_text_does_anything_in_a_browser(browser):
    sections = "".join(f"<section>{rendered(text)}</section>" for text in TEXTS)
    assert what_happens(browser, f'<meta charset="utf-8">{sections}') == set()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("html", "effect"),
    [
        ("<script>alert(1)</script>", "dialog"),
        ("<svg onload=alert(1)></svg>", "dialog"),
        ("<script>window.__pwned=1</script>", "script"),
        ("<a href='javascript:void(window.__pwned=1)'>x</a>", "script"),
        ("<p onmouseover='window.__pwned=1'>x</p>", "script"),
        ("<p tabindex=0 onfocus='window.__pwned=1'>x</p>", "script"),
        ("<img src=http://evil.example/x>", "request http://evil.example/x"),
        ("<link rel=stylesheet href=//evil.example/x>", "request http://evil.example/x"),
    ],
)
def test_the_browser_harness_notices(browser, html, effect):
    assert effect in what_happens(browser, html)
