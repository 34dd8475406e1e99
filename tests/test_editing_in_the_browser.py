"""Writing an edition in Chromium: toolbar, shortcuts, preview, counters, and two people at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from conditions import publishing
from conditions.edition_rows import read_text
from conditions.models import Edition
from tests import browsing, factories
from tests.test_admin_in_the_browser import log_in, violations

LOOKS = [(375, "light"), (375, "dark"), (1280, "light"), (1280, "dark")]


@pytest.fixture
def edition(live_server) -> Edition:
    return factories.draft()


@pytest.fixture
def desk(page: Page, live_server, edition) -> Page:
    """The page of a draft, open for an administrator, under the policy of the site."""
    log_in(page, live_server.url)
    page.goto(f"/admin/conditions/edition/{edition.pk}/change/")
    return page


def write(desk: Page, words: str, field: str = "Causes") -> None:
    """Put `words` in the field and select all of them."""
    area = desk.get_by_label(field, exact=True)
    area.fill(words)
    area.focus()
    desk.keyboard.press("ControlOrMeta+a")


def press(desk: Page, button: str, field: str = "Causes") -> None:
    bar = desk.get_by_role("toolbar", name=f"Formatting of {field}", exact=True)
    bar.get_by_role("button", name=button).click()


def expect_text(desk: Page, words: str, field: str = "Causes") -> None:
    """The field comes to hold `words`: a dialog is closed a moment after the click."""
    expect(desk.get_by_label(field, exact=True)).to_have_value(words)


# ── The toolbar ───────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("button", "made"),
    [
        ("Bold", "**a bone**"),
        ("Italic", "*a bone*"),
        ("Heading", "### a bone"),
        ("List", "- a bone"),
        ("Link", "[a bone](https://)"),
    ],
)
def test_a_button_marks_the_selection_and_undo_takes_it_back(desk, button, made):
    write(desk, "a bone")

    press(desk, button)

    expect_text(desk, made)
    desk.keyboard.press("ControlOrMeta+z")
    expect_text(desk, "a bone")


@pytest.mark.parametrize(
    ("key", "made"), [("b", "**a bone**"), ("i", "*a bone*"), ("k", "[a bone](https://)")]
)
def test_a_shortcut_does_what_its_button_does(desk, key, made):
    write(desk, "a bone")

    desk.keyboard.press(f"ControlOrMeta+{key}")

    expect_text(desk, made)


def test_a_table_stands_between_blank_lines(desk):
    write(desk, "Before.")

    press(desk, "Table")

    table = "Table: What it shows\n\n| First | Second |\n|---|---|\n| a | b |"
    expect_text(desk, f"Before.\n\n{table}")


def test_a_citation_is_chosen_from_the_rows_of_the_page_saved_or_not(desk):
    desk.locator("#id_references-2-key").fill("new-2024")
    write(desk, "As found.")

    press(desk, "Citation")
    choice = desk.get_by_role("combobox", name="Reference to cite")
    expect(choice.locator("option")).to_have_text(["open-2020", "gated-2021", "new-2024"])
    choice.select_option("new-2024")
    desk.get_by_role("button", name="Insert").click()

    expect_text(desk, "As found.[@new-2024]")


def test_a_figure_is_offered_in_its_own_section_alone(desk):
    write(desk, "As seen.", "Symptoms")
    press(desk, "Figure", "Symptoms")
    choice = desk.get_by_role("combobox", name="Figure to place")
    expect(choice.locator("option")).to_have_text(["calf.svg"])
    desk.get_by_role("button", name="Insert").click()
    expect_text(desk, "As seen.\n\n![](calf.svg)", "Symptoms")

    press(desk, "Figure", "Causes")
    expect(desk.get_by_text("There is none yet")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.get_by_label("Causes", exact=True)).to_be_focused()


def test_tab_leaves_the_field_and_arrows_move_within_the_toolbar(desk):
    bar = desk.get_by_role("toolbar", name="Formatting of Causes")
    bar.get_by_role("button", name="Bold").focus()
    for key, name in (("ArrowRight", "Italic"), ("End", "Figure"), ("ArrowRight", "Bold")):
        desk.keyboard.press(key)
        expect(bar.get_by_role("button", name=name)).to_be_focused()

    desk.keyboard.press("Tab")
    expect(desk.get_by_label("Causes", exact=True)).to_be_focused()
    desk.keyboard.press("Tab")
    expect(desk.get_by_label("Causes", exact=True)).not_to_be_focused()


def test_without_a_script_there_is_no_dead_control(browser: Browser, live_server, edition):
    with browser.new_context(base_url=live_server.url, java_script_enabled=False) as context:
        page = log_in(context.new_page(), live_server.url)
        page.goto(f"/admin/conditions/edition/{edition.pk}/change/")

        for hidden in (".toolbar", ".preview", ".counter", "dialog"):
            for each in page.locator(hidden).all():
                expect(each).to_be_hidden()
        page.get_by_label("Causes", exact=True).fill("Written without a script.")
        page.get_by_role("button", name="Save draft").click()
        expect(page.get_by_text("was saved.")).to_be_visible()
    assert read_text(Edition.objects.get(pk=edition.pk)).causes == "Written without a script."


# ── Preview, counters ─────────────────────────────────────────────────────────────────────────
def test_the_preview_shows_the_section_in_the_style_of_the_site(desk):
    preview = desk.get_by_role("region", name="Preview of Causes")
    expect(preview).to_be_hidden()

    write(desk, "### What is **known**\n\nLittle.[@open-2020]")

    heading = preview.get_by_role("heading", name="What is known")
    expect(heading).to_be_visible()
    expect(preview.get_by_role("link", name="Reference 1")).to_be_visible()
    family = heading.evaluate("each => getComputedStyle(each).fontFamily")
    assert family.startswith("Literata")
    write(desk, "Something else.")
    expect(preview.get_by_text("Something else.")).to_be_visible()
    expect(heading).to_be_hidden()


@pytest.mark.parametrize(("width", "beside"), [(1280, True), (375, False)])
def test_the_preview_stands_beside_the_field_where_there_is_room(desk, width, beside):
    desk.set_viewport_size({"width": width, "height": 800})
    area = desk.get_by_label("Causes", exact=True)
    area.focus()
    preview = desk.get_by_role("region", name="Preview of Causes")
    expect(preview.get_by_text("Nobody knows")).to_be_visible()

    field, shown = area.bounding_box(), preview.bounding_box()
    assert field
    assert shown
    assert (shown["x"] > field["x"] + field["width"]) is beside
    assert (shown["y"] > field["y"] + field["height"]) is not beside


def test_what_is_over_a_cap_is_said_and_the_last_preview_stays(desk):
    write(desk, "Fine words.")
    preview = desk.get_by_role("region", name="Preview of Causes")
    expect(preview.get_by_text("Fine words.")).to_be_visible()

    write(desk, "x" * 20_001)

    expect(preview.get_by_role("status")).to_contain_text("Shorten it")
    expect(desk.get_by_text("20,001 of 20,000 characters: 1 too many")).to_be_visible()
    expect(preview.get_by_text("Fine words.")).to_be_visible()


def test_too_many_previews_are_said_and_nothing_else_happens(desk, complaints, monkeypatch):
    monkeypatch.setattr("conditions.admin.preview.MOST_PER_MINUTE", 1)
    write(desk, "One.")
    preview = desk.get_by_role("region", name="Preview of Causes")
    expect(preview.get_by_role("status")).to_contain_text("Too many previews")

    expect_text(desk, "One.")
    # Chromium itself notes the status in its console.
    complaints[:] = [each for each in complaints if "status of 429" not in each]


def test_a_short_line_is_counted_too(desk):
    desk.get_by_label("Description").fill("x" * 280)

    expect(desk.get_by_text("280 of 300 characters: 20 left")).to_be_visible()


# ── Unsaved text ──────────────────────────────────────────────────────────────────────────────
def leave(desk: Page) -> list[str]:
    """Which warnings somebody gets who goes away, and stays."""
    asked: list[str] = []
    desk.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    desk.goto("/admin/")
    return asked


def test_who_leaves_unsaved_text_is_warned(desk):
    write(desk, "Not saved.")

    assert leave(desk) == ["beforeunload"]


def test_who_changed_nothing_or_took_it_back_is_not_warned(desk):
    write(desk, "Nobody knows the whole cause.")

    assert leave(desk) == []


def test_saving_does_not_warn(desk):
    asked: list[str] = []
    desk.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    write(desk, "Saved.")

    desk.get_by_role("button", name="Save draft").click()

    expect(desk.get_by_text("was saved.")).to_be_visible()
    assert asked == []


# ── Two people ────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def clash(desk, edition, complaints) -> Iterator[Page]:
    """The page after a refused save: both changed the causes, the other one the diagnosis too."""
    theirs = factories.complete_text(causes="Nobody knows the cause yet.", diagnosis="By MRI.")
    publishing.save_draft(edition, text=theirs, by=factories.editor())
    write(desk, "Nobody knows every cause.")
    desk.get_by_role("button", name="Save draft").click()
    expect(desk.get_by_role("heading", name="Two texts")).to_be_visible()
    yield desk
    # Chromium itself notes the status in its console.
    complaints[:] = [each for each in complaints if "status of 409" not in each]


def test_both_texts_are_shown_and_joined_field_by_field(clash, edition):
    both = clash.get_by_role("group", name="Causes")
    expect(both.locator("del").first).to_contain_text("the")
    expect(both.locator("ins").first).to_contain_text("every")
    expect(both.get_by_text("You both changed this.")).to_be_visible()
    theirs = clash.get_by_role("group", name="Diagnosis")
    expect(theirs.get_by_role("checkbox")).to_be_checked()

    clash.get_by_role("button", name="Save mine, with theirs where ticked").first.click()

    expect(clash.get_by_text("was saved.")).to_be_visible()
    text = read_text(Edition.objects.get(pk=edition.pk))
    assert (text.causes, text.diagnosis) == ("Nobody knows every cause.", "By MRI.")


def test_enter_in_a_line_writes_nothing_over(clash, edition):
    clash.get_by_label("Title:", exact=True).press("Enter")

    expect(clash.get_by_role("heading", name="Two texts")).to_be_visible()
    text = read_text(Edition.objects.get(pk=edition.pk))
    assert text.causes == "Nobody knows the cause yet."


def test_who_leaves_the_two_texts_is_warned(clash):
    clash.get_by_label("Title:", exact=True).press("End")

    assert leave(clash) == ["beforeunload"]


# ── The whole way, and its look ───────────────────────────────────────────────────────────────
def test_an_editor_writes_with_toolbar_and_preview_and_publishes(
    desk, browser, live_server, settings
):
    settings.SOLO_PUBLISHING = True
    write(desk, "Overuse", "Causes")
    press(desk, "Bold")
    desk.get_by_label("Causes", exact=True).press("End")
    desk.keyboard.type(" of a muscle.")
    press(desk, "Citation")
    desk.get_by_role("button", name="Insert").click()
    expect_text(desk, "**Overuse** of a muscle.[@open-2020]")
    preview = desk.get_by_role("region", name="Preview of Causes")
    expect(preview.get_by_text("Overuse")).to_have_css("font-weight", "650")
    for act in ("Save draft", "Submit for review", "Approve", "Publish now"):
        desk.get_by_role("button", name=act).click()

    expect(desk.get_by_text("was published")).to_be_visible()
    with browser.new_context(base_url=live_server.url) as visitor:
        page = browsing.new_page(visitor, [])
        page.goto("/conditions/bone-in-the-calf/")
        expect(page.locator("#causes strong")).to_have_text("Overuse")


def opened(page: Page, edition: Edition) -> Iterator[Page]:
    """The pages of the desk in turn, each as people see it while they work."""
    for address in (
        "/admin/",
        "/admin/conditions/condition/",
        "/admin/conditions/edition/",
        "/admin/accounts/user/",
        "/admin/accounts/user/add/",
        "/admin/auth/group/",
        f"/admin/conditions/edition/{edition.pk}/read/",
        f"/admin/conditions/edition/{edition.pk}/change/",
    ):
        page.goto(address)
        yield page
    page.get_by_label("Symptoms", exact=True).focus()
    expect(page.get_by_role("region", name="Preview of Symptoms").locator("p").last).to_be_visible()
    yield page
    publishing.save_draft(edition, text=factories.complete_text(causes="Theirs."), by=None)
    page.get_by_label("Causes", exact=True).fill("Mine.")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("heading", name="Two texts")).to_be_visible()
    yield page


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_no_page_has_a_barrier_in_any_look(browser, live_server, edition, width, scheme):
    size = {"width": width, "height": 800}
    options = {"viewport": size, "color_scheme": scheme, "bypass_csp": True}
    with browser.new_context(base_url=live_server.url, **options) as context:
        page = log_in(context.new_page(), live_server.url)
        for shown in opened(page, edition):
            assert violations(shown) == [], shown.url
            assert not shown.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.mark.parametrize("chosen", ["light", "dark"])
def test_the_theme_switch_of_the_admin_works(desk, chosen):
    desk.emulate_media(color_scheme="dark" if chosen == "light" else "light")
    desk.goto("/admin/")
    desk.evaluate("theme => localStorage.setItem('theme', theme)", chosen)
    desk.reload()

    color = {"light": "rgb(251, 252, 250)", "dark": "rgb(16, 24, 21)"}[chosen]
    expect(desk.locator("body")).to_have_css("background-color", color)
