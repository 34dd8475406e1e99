"""The page on which an edition is written: what it keeps, what it refuses, what it never loses."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from conditions import publishing
from conditions.edition_rows import read_text
from conditions.models import Edition, Event, State
from conditions.text import BODIES
from tests import factories, people
from tests.admin_pages import filled_in, logged_in, messages_of, page_of, staff_with

pytestmark = pytest.mark.django_db

OTHER_SVG = factories.SVG.replace(b"M1 1h38", b"M3 3h34")


@pytest.fixture
def author():
    return factories.author()


@pytest.fixture
def desk(author):
    return logged_in(author)


@pytest.fixture
def draft(author) -> Edition:
    return factories.draft()


def fresh(edition: Edition) -> Edition:
    return Edition.objects.get(pk=edition.pk)


def text_of(edition: Edition):
    return read_text(fresh(edition))


def shortcomings(response) -> dict[str, str]:
    return {each.label: each.message for each in response.context["manuscript"].shortcomings()}


# ── Saving ────────────────────────────────────────────────────────────────────────────────────
def test_saving_the_page_as_it_stands_changes_no_word(desk, draft):
    before = text_of(draft)

    response = desk.post(page_of(draft), filled_in(desk, page_of(draft)), follow=True)

    assert messages_of(response) == ["Bone in the calf, edition 1 was saved."]
    assert text_of(draft) == before


def test_every_field_is_saved(desk, author, draft):
    form = filled_in(desk, page_of(draft))
    bodies = {body: f"New words of {body.replace('_', ' ')}." for body in BODIES}
    form |= bodies | {
        "symptoms": "![](calf.svg)",
        "full_treatment": "![](secret.svg)",
        "title": "Another title",
        "description": "Another description.",
        "also_known_as": "one\r\n\r\n two ",
        "covers": "first\r\nsecond",
        "review_due": "2031-02-03",
        "change_note": "New wording.",
        "references-0-key": "other-2022",
        "references-0-citation": "Other. 2022.",
        "references-0-doi": "10.1000/xyz",
        "references-0-pmid": "123",
        "references-0-url": "https://example.org/a",
        "figures-0-alt": "Another alternative",
        "figures-0-labels": "bone\r\nmuscle",
    }

    desk.post(page_of(draft), form)

    text, saved = text_of(draft), fresh(draft)
    expected = bodies | {"symptoms": "![](calf.svg)", "full_treatment": "![](secret.svg)"}
    assert {body: getattr(text, body) for body in BODIES} == expected
    assert (text.title, text.description) == ("Another title", "Another description.")
    assert (text.also_known_as, text.covers) == (("one", "two"), ("first", "second"))
    source, drawing = text.references[0], text.figures[0]
    assert (source.key, source.citation, source.doi) == (
        "other-2022",
        "Other. 2022.",
        "10.1000/xyz",
    )
    assert (source.pmid, source.url) == ("123", "https://example.org/a")
    assert (drawing.file, drawing.alt, drawing.labels) == (
        "calf.svg",
        "Another alternative",
        ("bone", "muscle"),
    )
    assert (saved.review_due, saved.change_note) == (date(2031, 2, 3), "New wording.")
    event = Event.objects.first()
    assert (event.action, event.actor_id, event.edition_id) == ("saved", author.pk, draft.pk)


def test_line_breaks_of_browsers_and_indentation_are_kept_as_markdown_means_them(desk, draft):
    form = filled_in(desk, page_of(draft)) | {"causes": "    code\r\n\r\n- one\r\n- two\r\n"}

    desk.post(page_of(draft), form)

    assert text_of(draft).causes == "    code\n\n- one\n- two"


def test_saving_takes_an_edition_out_of_review(desk, draft):
    publishing.submit(draft, by=None)
    form = filled_in(desk, page_of(draft))

    desk.post(page_of(draft), form)

    assert fresh(draft).state == State.DRAFT


# ── Rows ──────────────────────────────────────────────────────────────────────────────────────
def test_rows_are_added_and_deleted(desk, draft):
    form = filled_in(desk, page_of(draft)) | {
        "references-0-DELETE": "on",
        "references-2-key": "third-2023",
        "references-2-citation": "Third. 2023.",
    }

    desk.post(page_of(draft), form)

    assert [source.key for source in text_of(draft).references] == ["gated-2021", "third-2023"]


def test_a_key_stands_in_one_row_alone(desk, draft):
    form = filled_in(desk, page_of(draft)) | {"references-2-key": "open-2020"}

    response = desk.post(page_of(draft), form)

    assert "stands here twice" in response.content.decode()
    assert len(text_of(draft).references) == 2


def test_a_row_without_a_key_is_refused_and_what_was_typed_stays(desk, draft):
    form = filled_in(desk, page_of(draft)) | {"references-2-citation": "A lonely citation."}

    response = desk.post(page_of(draft), form)

    assert "key" in response.context["manuscript"].references.errors[2]
    assert "A lonely citation." in response.content.decode()


def test_a_deleted_row_is_not_looked_at(desk, draft):
    form = filled_in(desk, page_of(draft)) | {
        "references-0-key": "",
        "references-0-DELETE": "on",
    }

    desk.post(page_of(draft), form)

    assert [source.key for source in text_of(draft).references] == ["gated-2021"]


# ── Figures ───────────────────────────────────────────────────────────────────────────────────
def upload(data: bytes = OTHER_SVG, name: str = "x.svg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="image/svg+xml")


def test_a_figure_is_uploaded(desk, draft):
    form = filled_in(desk, page_of(draft)) | {
        "figures-2-file": "new.svg",
        "figures-2-section": "causes",
        "figures-2-upload": upload(),
    }

    desk.post(page_of(draft), form)

    row = draft.figures.get(file="new.svg")
    assert (row.section, row.position) == ("causes", 2)
    assert b"M3 3h34" in bytes(row.picture.data)


def test_a_figure_keeps_its_picture_when_nothing_is_uploaded_even_under_a_new_name(desk, draft):
    before = draft.figures.get(file="calf.svg").picture_id
    form = filled_in(desk, page_of(draft)) | {"figures-0-file": "leg.svg"}

    desk.post(page_of(draft), form)

    assert draft.figures.get(file="leg.svg").picture_id == before


def test_an_upload_replaces_the_kept_picture(desk, draft):
    form = filled_in(desk, page_of(draft)) | {"figures-0-upload": upload()}

    desk.post(page_of(draft), form)

    assert b"M3 3h34" in bytes(draft.figures.get(file="calf.svg").picture.data)


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"upload": b"<svg><script/></svg>"}, "upload", "is not used in figures"),
        ({"upload": b""}, "upload", "no well-formed SVG"),
        ({"file": "Bone.SVG"}, "file", "Write a-z"),
        ({"file": "../a.svg"}, "file", "Write a-z"),
        ({"file": "calf.png"}, "file", "another kind"),
        ({"picture": ""}, "upload", "Choose the picture"),
        ({"picture": "0" * 64}, "upload", "Choose the picture"),
    ],
)
def test_a_figure_that_cannot_be_shown_is_refused_at_its_field(desk, draft, change, field, words):
    given = {
        f"figures-0-{name}": upload(value) if name == "upload" else value
        for name, value in change.items()
    }

    response = desk.post(page_of(draft), filled_in(desk, page_of(draft)) | given)

    assert words in str(response.context["manuscript"].figures.errors[0][field])
    assert draft.figures.get(file="calf.svg")


def test_an_upload_is_not_lost_to_an_error_elsewhere(desk, draft):
    form = filled_in(desk, page_of(draft)) | {"title": "", "figures-0-upload": upload()}
    response = desk.post(page_of(draft), form)
    kept = response.context["manuscript"].figures.forms[0]["picture"].value()
    form |= {"title": "Now with a title", "figures-0-picture": kept}
    del form["figures-0-upload"]

    desk.post(page_of(draft), form)

    assert b"M3 3h34" in bytes(draft.figures.get(file="calf.svg").picture.data)


def test_a_picture_of_a_draft_opens_on_the_desk_and_runs_nothing(desk, draft):
    row = draft.figures.get(file="calf.svg")

    response = desk.get(f"/admin/conditions/edition/{draft.pk}/figures/{row.pk}/")

    assert response.content == bytes(row.picture.data)
    assert response.headers["Content-Type"] == "image/svg+xml"
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")


# ── Errors ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "x" * 201),
        ("description", "x" * 301),
        ("also_known_as", "x" * 201),
        ("review_due", "soon"),
        ("change_note", "x" * 301),
        ("overview", "a\x00b"),
    ],
)
def test_what_cannot_be_stored_is_refused_at_its_field_and_nothing_typed_is_lost(
    desk, draft, field, value
):
    form = filled_in(desk, page_of(draft)) | {"causes": "A long morning's work.", field: value}

    response = desk.post(page_of(draft), form)

    manuscript = response.context["manuscript"]
    assert field in manuscript.form.errors
    assert "A long morning&#x27;s work." in response.content.decode()
    assert manuscript.form[field].value() == value
    assert text_of(draft).causes == "Nobody knows the whole cause."


def test_what_is_not_complete_is_saved_and_listed_by_field(desk, draft):
    form = filled_in(desk, page_of(draft)) | {"overview": "", "causes": "As said.[@nowhere]"}

    response = desk.post(page_of(draft), form, follow=True)

    assert text_of(draft).overview == ""
    found = shortcomings(response)
    assert found["Overview"] == "This is empty: write it."
    assert "[@nowhere] is not among the references" in found["Causes"]
    assert 'href="#id_overview"' in response.content.decode()


def test_a_complete_draft_says_nothing_of_the_kind(desk, draft):
    assert "Not complete yet" not in desk.get(page_of(draft)).content.decode()


def test_a_draft_that_cannot_be_rendered_still_opens(desk):
    edition = factories.draft(causes="[" * 40)

    assert "Causes" in shortcomings(desk.get(page_of(edition)))
    read = desk.get(f"/admin/conditions/edition/{edition.pk}/read/")
    assert "Too many" in read.content.decode()


# ── Two people ────────────────────────────────────────────────────────────────────────────────
def test_the_later_of_two_saves_is_refused_with_its_text_kept(desk, draft):
    colleague = logged_in(factories.editor())
    form = filled_in(desk, page_of(draft)) | {"causes": "Mine."}
    colleague.post(page_of(draft), filled_in(colleague, page_of(draft)) | {"causes": "Theirs."})

    response = desk.post(page_of(draft), form)

    assert response.status_code == 409
    page = response.content.decode()
    assert "Somebody else saved this draft" in page
    assert response.context["manuscript"].form["causes"].value() == "Mine."
    assert text_of(draft).causes == "Theirs."


def test_a_refused_save_stays_refused_when_it_is_sent_again(desk, draft):
    form = filled_in(desk, page_of(draft)) | {"causes": "Mine."}
    publishing.save_draft(draft, text=factories.complete_text(causes="Theirs."), by=None)

    for _attempt in range(2):
        assert desk.post(page_of(draft), form).status_code == 409

    assert text_of(draft).causes == "Theirs."


@pytest.mark.parametrize("saved_at", ["", "yesterday"])
def test_a_page_without_its_time_is_refused(desk, draft, saved_at):
    form = filled_in(desk, page_of(draft)) | {"saved_at": saved_at, "causes": "Mine."}

    response = desk.post(page_of(draft), form)

    assert response.context["manuscript"].has_errors
    assert text_of(draft).causes != "Mine."


# ── Fixed editions ────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("make", [factories.approved, factories.published, factories.withdrawn])
def test_a_fixed_edition_is_read_as_html_and_not_written(desk, make):
    edition = make()

    page = desk.get(page_of(edition)).content.decode()

    assert 'id="edition_form"' not in page
    assert 'name="overview"' not in page
    assert "A patch of bone grows where none should be." in page
    assert f"Later {factories.CANARY}</h3>" in page
    assert "Open Body. An open source. 2020." in page
    assert desk.post(page_of(edition), {"title": "Other"}).status_code == 403
    assert fresh(edition).title == "Bone in the calf"


def test_the_page_of_a_fixed_edition_shows_its_figures_before_any_reader_gets_them(desk):
    edition = factories.approved()
    row = edition.figures.get(file="calf.svg")

    page = desk.get(page_of(edition)).content.decode()

    assert f"/admin/conditions/edition/{edition.pk}/figures/{row.pk}/#figure" in page


def test_a_draft_may_be_read_as_a_page(desk, draft):
    page = desk.get(f"/admin/conditions/edition/{draft.pk}/read/").content.decode()

    assert "A patch of bone grows where none should be." in page
    assert "<textarea" not in page


def test_an_address_that_runs_a_script_is_no_link(desk, draft):
    form = filled_in(desk, page_of(draft)) | {"references-0-url": "javascript:alert(1)"}
    desk.post(page_of(draft), form)

    page = desk.get(f"/admin/conditions/edition/{draft.pk}/read/").content.decode()

    assert "javascript:" not in page


# ── The list, and who may ─────────────────────────────────────────────────────────────────────
def test_the_list_of_editions_is_filtered_by_state(desk):
    factories.published()
    factories.draft(factories.condition("other", "I10"), title="Other")

    rows = desk.get("/admin/conditions/edition/?state__exact=draft").context["cl"].result_list

    assert [row.title for row in rows] == ["Other"]


def test_who_may_only_look_reads_a_draft_and_changes_nothing(draft):
    desk = logged_in(staff_with("view_edition"))

    page = desk.get(page_of(draft)).content.decode()

    assert "A patch of bone" in page
    assert "<form" not in page.split('<div id="content-main">')[1]
    assert desk.post(page_of(draft), {}).status_code == 403


def test_who_may_nothing_gets_nothing(draft):
    desk = logged_in(staff_with())
    figure = draft.figures.get(file="calf.svg")

    for rest in ("change/", "read/", f"figures/{figure.pk}/", "history/"):
        address = f"/admin/conditions/edition/{draft.pk}/{rest}"
        assert desk.get(address).status_code == 403, rest
    assert desk.get("/admin/conditions/edition/").status_code == 403


def test_an_edition_is_neither_added_nor_deleted_by_djangos_own_pages(draft):
    desk = logged_in(people.admin())

    assert desk.get("/admin/conditions/edition/add/").status_code == 403
    assert desk.post(f"/admin/conditions/edition/{draft.pk}/delete/").status_code == 403
    assert fresh(draft)


def test_a_readers_account_does_not_reach_the_desk(draft):
    response = logged_in(people.reader()).get(page_of(draft))

    assert response.status_code in (302, 403)
    assert "A patch of bone" not in response.content.decode()


def test_no_page_of_the_desk_is_stored(desk, draft):
    for address in (
        page_of(draft),
        "/admin/",
        "/admin/conditions/condition/",
        "/admin/conditions/event/",
        f"/admin/conditions/edition/{draft.pk}/read/",
    ):
        assert desk.get(address).headers["Cache-Control"] == "private, no-store", address
