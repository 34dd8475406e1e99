"""Two people on one draft: the later save is refused, both texts are kept and can be joined."""

from __future__ import annotations

from datetime import date

import pytest

from conditions import publishing
from conditions.edition_rows import read_text
from conditions.models import Edition
from conditions.text import Source
from conditions.word_diff import compared
from tests import factories
from tests.admin_pages import filled_in, logged_in, page_of, without_full_treatment
from tests.factories import CANARY

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return logged_in(factories.author())


@pytest.fixture
def draft() -> Edition:
    return factories.draft()


def save_theirs(draft: Edition, review_due: date | None = None, **text) -> None:
    theirs = factories.complete_text(**text)
    publishing.save_draft(draft, text=theirs, by=factories.editor(), review_due=review_due)


def refused(desk, draft, *, theirs, **mine):
    """The form as it was sent, and the page it was answered with."""
    form = filled_in(desk, page_of(draft)) | mine
    save_theirs(draft, **theirs)
    response = desk.post(page_of(draft), form)
    assert response.status_code == 409
    return form, response.context["clash"], response.content.decode()


def text_of(draft: Edition):
    return read_text(Edition.objects.get(pk=draft.pk))


def test_each_field_that_differs_is_shown_twice_with_who_changed_it(desk, draft):
    _form, clash, page = refused(
        desk,
        draft,
        theirs={"causes": "Theirs.", "diagnosis": "By MRI."},
        causes="Mine.",
        teaser="My teaser.",
    )

    told = {each.name: each.changed_by for each in clash.differences}
    assert told == {"causes": "both", "diagnosis": "them", "teaser": "me"}
    assert clash.saved_by == "editor@example.org"
    for words in ("Theirs", "Mine", "MRI", "My", "Saved by them", "Typed by you"):
        assert words in page
    assert '<span class="vh">[removed] </span>' in page
    assert '<span class="vh">[added] </span>' in page


def test_mine_is_saved_over_theirs_only_by_the_button_that_says_so(desk, draft):
    form, clash, _page = refused(desk, draft, theirs={"causes": "Theirs."}, causes="Mine.")

    assert desk.post(page_of(draft), form).status_code == 409
    assert text_of(draft).causes == "Theirs."
    assert desk.post(page_of(draft), form | {"over": clash.over}).status_code == 302
    assert text_of(draft).causes == "Mine."


def test_theirs_is_taken_field_by_field(desk, draft):
    other = (Source("open-2020", "Changed by them. 2020."), Source("gated-2021", "G. 2021."))
    form, clash, _page = refused(
        desk,
        draft,
        theirs={
            "causes": "Theirs.",
            "references": other,
            "review_due": date(2031, 2, 3),
            "diagnosis": "Theirs too.",
        },
        causes="Mine.",
        teaser="My teaser.",
    )
    taken = ["causes", "references", "review_due", "figures"]

    desk.post(page_of(draft), form | {"over": clash.over, "take": taken})

    text = text_of(draft)
    assert (text.causes, text.teaser, text.references) == ("Theirs.", "My teaser.", other)
    assert text.diagnosis == "By examination and X-ray."
    assert Edition.objects.get(pk=draft.pk).review_due == date(2031, 2, 3)


def test_a_third_save_in_between_is_not_written_over_unseen(desk, draft):
    form, clash, _page = refused(desk, draft, theirs={"causes": "Theirs."}, causes="Mine.")
    save_theirs(draft, causes="Theirs, again.")

    response = desk.post(page_of(draft), form | {"over": clash.over})

    assert response.status_code == 409
    assert "again" in response.content.decode()
    assert text_of(draft).causes == "Theirs, again."


def test_ticks_without_the_button_take_nothing(desk, draft):
    form = filled_in(desk, page_of(draft)) | {"causes": "Mine.", "take": ["causes"]}

    desk.post(page_of(draft), form)

    assert text_of(draft).causes == "Mine."


@pytest.mark.parametrize("opened", ["", "{", "[1]", '{"causes": 1}'])
def test_a_page_that_does_not_know_what_it_showed_says_both(desk, draft, opened):
    _form, clash, _page = refused(
        desk, draft, theirs={"causes": "Theirs."}, causes="Mine.", opened=opened
    )

    assert {each.changed_by for each in clash.differences} == {"both"}


def test_without_the_permission_the_two_texts_hold_nothing_gated(draft):
    desk = logged_in(without_full_treatment())
    gated = f"Theirs {CANARY}.[@gated-2021]\n\n![](secret.svg)"

    form, clash, page = refused(
        desk, draft, theirs={"full_treatment": gated, "causes": "Theirs."}, causes="Mine."
    )
    took = ["full_treatment", "figures", "references"]
    answer = desk.post(page_of(draft), form | {"over": clash.over, "take": took})

    assert CANARY not in page
    assert [each.name for each in clash.differences] == ["causes"]
    assert answer.status_code == 302
    assert text_of(draft).full_treatment == gated
    assert len(text_of(draft).figures) == 2


def test_a_gated_source_is_not_told_to_who_cites_its_key_in_a_refused_text(draft):
    desk = logged_in(without_full_treatment())
    form = filled_in(desk, page_of(draft)) | {"causes": "Mine.[@gated-2021]"}
    save_theirs(draft, causes="Theirs.")

    page = desk.post(page_of(draft), form).content.decode()

    # Refused before the two texts are compared, and what was typed stays.
    assert "a source of a part of the edition that you may not read" in page
    assert "Mine.[@gated-2021]" in page
    assert CANARY not in page
    assert text_of(draft).causes == "Theirs."


# ── Words ─────────────────────────────────────────────────────────────────────────────────────
def plain(html: str) -> str:
    for kind in ("removed", "added"):
        html = html.replace(f'<span class="vh">[{kind}] </span>', "")
    return html


@pytest.mark.parametrize(
    ("old", "new", "left", "right"),
    [
        ("a bone", "a bone", "a bone", "a bone"),
        ("a bone", "a big bone", "a bone", "a <ins>big </ins>bone"),
        ("one\ntwo", "one\n2", "one\n<del>two</del>", "one\n<ins>2</ins>"),
        ("", "new", "", "<ins>new</ins>"),
        ("<b>", "<i>", "&lt;<del>b</del>&gt;", "&lt;<ins>i</ins>&gt;"),
    ],
)
def test_words_that_differ_are_marked(old, new, left, right):
    assert tuple(plain(text) for text in compared(old, new)) == (left, right)


def test_long_texts_without_a_common_word_are_marked_as_a_whole():
    old, new = (" ".join(f"{mark}{n}" for n in range(3000)) for mark in "ab")

    assert plain(compared(old, new)[1]) == f"<ins>{new}</ins>"
