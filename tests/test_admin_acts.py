"""The buttons of an edition's page: which stand there, what they do, what they say when refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conditions import publishing
from conditions.admin.edition_acts import ACTS
from conditions.models import Edition, Event, MedicalReview, State
from tests import factories, people
from tests.admin_pages import (
    act_on,
    fields_of,
    filled_in,
    logged_in,
    messages_of,
    page_of,
    staff_with,
    without_full_treatment,
)

pytestmark = pytest.mark.django_db

REVIEW = {
    "review-reviewer_name": "Ada Example",
    "review-credentials": "MD",
    "review-reviewed_on": "2026-01-02",
    "review-next_due": "2031-01-02",
}


@pytest.fixture
def author():
    return logged_in(factories.author())


@pytest.fixture
def editor():
    return logged_in(factories.editor())


def in_review(**text) -> Edition:
    edition = factories.draft(**text)
    publishing.submit(edition, by=factories.author())
    return edition


def changes_requested() -> Edition:
    edition = in_review()
    publishing.request_changes(edition, by=factories.editor(), reason="More.")
    return edition


def scheduled() -> Edition:
    edition = factories.approved()
    publishing.schedule(edition, at=timezone.now() + timedelta(days=1), by=None)
    return edition


def fresh(edition: Edition) -> Edition:
    return Edition.objects.get(pk=edition.pk)


def offered(desk: Client, edition: Edition) -> list[str]:
    return [offer.name for offer in desk.get(page_of(edition)).context["offers"]]


def press(desk: Client, edition: Edition, name: str, **typed):
    """Send the act's form as it stands on the page, with what is typed into it."""
    form = filled_in(desk, page_of(edition), f"act-{name}")
    typed = {f"{name}-{field}": value for field, value in typed.items()}
    return desk.post(act_on(edition, name), form | typed, follow=True)


# ── Which buttons there are ───────────────────────────────────────────────────────────────────
FIXED_ACTS = ["review", "confirm-references"]


@pytest.mark.parametrize(
    ("make", "acts"),
    [
        (factories.draft, ["submit", "discard"]),
        (changes_requested, ["submit", "discard"]),
        (in_review, ["approve", "request-changes", "discard"]),
        (factories.approved, ["publish", "schedule", "restore", *FIXED_ACTS]),
        (scheduled, ["publish", "schedule", "restore", *FIXED_ACTS]),
        (factories.published, ["restore", *FIXED_ACTS, "withdraw"]),
        (factories.withdrawn, ["restore"]),
    ],
)
def test_each_state_offers_its_acts(editor, make, acts):
    assert offered(editor, make()) == acts


def test_an_old_edition_is_restored_and_neither_published_nor_withdrawn(editor):
    old = factories.published()
    factories.published(old.condition)

    assert offered(editor, old) == ["restore", *FIXED_ACTS]


def test_an_approved_edition_behind_a_newer_one_is_not_offered_to_be_published(editor):
    waiting = factories.approved()
    factories.published(waiting.condition)

    assert offered(editor, waiting) == ["restore", *FIXED_ACTS]


def test_nothing_is_restored_while_a_draft_is_open(editor):
    live = factories.published()
    draft = publishing.start_edition(condition=live.condition, by=None)

    assert "restore" not in offered(editor, live)
    assert page_of(draft) in editor.get(page_of(live)).content.decode()


def test_checked_references_are_not_offered_again(editor):
    edition = factories.published()

    press(editor, edition, "confirm-references")

    assert offered(editor, edition) == ["restore", "review", "withdraw"]


def test_each_permission_offers_its_own_acts():
    draft, review = factories.draft(), in_review_of_another()
    writer = logged_in(staff_with("change_edition", "view_fulltreatment", email="w@example.org"))
    approver = logged_in(staff_with("view_edition", "approve_edition", "view_fulltreatment"))
    publisher = logged_in(staff_with("view_edition", "approve_edition", email="p@example.org"))

    assert offered(writer, draft) == ["submit", "discard"]
    assert offered(writer, review) == ["discard"]
    assert offered(approver, draft) == []
    assert offered(approver, review) == ["approve", "request-changes"]
    assert offered(publisher, review) == ["request-changes"]


def in_review_of_another() -> Edition:
    edition = factories.draft(factories.condition("other", "I10"))
    publishing.submit(edition, by=None)
    return edition


@pytest.mark.parametrize("name", ACTS)
def test_an_act_needs_its_permission(name):
    needed = ACTS[name].permissions
    assert needed
    edition = factories.draft()
    desk = logged_in(staff_with("view_edition"))

    assert desk.post(act_on(edition, name), {}).status_code == 403
    assert fresh(edition).state == State.DRAFT


@pytest.mark.parametrize("name", ACTS)
def test_an_act_is_no_link(editor, name):
    assert editor.get(act_on(factories.draft(), name)).status_code == 405


@pytest.mark.parametrize("name", ACTS)
def test_an_act_needs_the_token_of_its_form(name):
    edition = factories.draft()
    desk = Client(enforce_csrf_checks=True)
    desk.force_login(factories.editor())

    assert desk.post(act_on(edition, name), {}).status_code == 403


def test_an_unknown_act_is_not_found(editor):
    assert editor.post(act_on(factories.draft(), "explode")).status_code == 404


def test_every_verb_has_its_button():
    elsewhere = {"start_edition", "save_draft", "import_edition"}
    verbs = {
        name
        for name, value in vars(publishing).items()
        if callable(value)
        and getattr(value, "__module__", "") == publishing.__name__
        and not name.startswith("_")
    }

    assert {act.verb.__name__ for act in ACTS.values()} == verbs - elsewhere


# ── What they do ──────────────────────────────────────────────────────────────────────────────
def test_submitting_and_sending_back(author, editor):
    edition = factories.draft()

    said = messages_of(press(author, edition, "submit"))
    press(editor, edition, "request-changes", reason="Say more.")

    assert said == ["Bone in the calf, edition 1 was submitted for review."]
    assert fresh(edition).state == State.CHANGES_REQUESTED
    assert Event.objects.first().note == "Say more."


def test_an_incomplete_draft_is_refused_with_all_its_problems(author):
    edition = factories.draft(overview="", diagnosis="")

    said = messages_of(press(author, edition, "submit"))

    assert "Overview: This is empty: write it." in said
    assert "Diagnosis: This is empty: write it." in said
    assert fresh(edition).state == State.DRAFT


def test_a_reason_is_asked_for_and_the_page_stays(editor):
    edition = in_review()

    response = press(editor, edition, "request-changes", reason="")

    assert response.status_code == 200
    offer = next(each for each in response.context["offers"] if each.name == "request-changes")
    assert "reason" in offer.form.errors
    assert fresh(edition).state == State.IN_REVIEW


def test_what_was_typed_into_an_act_is_kept_when_it_is_refused(editor):
    edition = factories.published()

    response = press(editor, edition, "review", reviewer_name="Ada Example", reviewed_on="soon")

    assert 'value="Ada Example"' in response.content.decode()
    assert not MedicalReview.objects.exists()


def test_approving_publishing_and_withdrawing(editor):
    edition = in_review()

    press(editor, edition, "approve")
    assert fresh(edition).approver == factories.editor()
    press(editor, edition, "publish")
    assert edition.condition.live_edition() == edition
    press(editor, edition, "withdraw", notice="A mistake.", for_safety="on")

    withdrawn = fresh(edition)
    assert withdrawn.state == State.WITHDRAWN
    assert withdrawn.withdrawn_for_safety
    assert Event.objects.first().action == "withdrawn"


def test_only_the_text_that_was_on_the_page_is_approved(editor):
    edition = in_review()
    form = filled_in(editor, page_of(edition), "act-approve")
    publishing.save_draft(edition, text=factories.complete_text(causes="Other."), by=None)
    publishing.submit(edition, by=None)

    response = editor.post(act_on(edition, "approve"), form, follow=True)

    assert messages_of(response) == ["Somebody else saved this draft after you opened it."]
    assert fresh(edition).state == State.IN_REVIEW


def test_an_approval_without_the_time_of_its_page_is_refused(editor):
    edition = in_review()

    editor.post(act_on(edition, "approve"), {})

    assert fresh(edition).state == State.IN_REVIEW


def test_a_time_is_given_in_the_sites_zone(editor, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    timezone.get_default_timezone.cache_clear()
    edition = factories.approved()
    page = editor.get(page_of(edition)).content.decode()

    year = timezone.now().year + 2
    press(editor, edition, "schedule", at=f"{year}-01-01T12:00")
    timezone.get_default_timezone.cache_clear()

    assert "Europe/Berlin" in page
    assert f"{fresh(edition).publish_at:%Y-%m-%d %H:%M %Z}" == f"{year}-01-01 11:00 UTC"


def test_a_time_past_is_refused_in_words(editor):
    edition = factories.approved()

    response = press(editor, edition, "schedule", at="2001-01-01T12:00")

    assert "That time is past" in messages_of(response)[0]
    assert fresh(edition).publish_at is None


def test_restoring_leads_to_the_new_draft(editor):
    old = factories.withdrawn()

    response = press(editor, old, "restore")

    new = Edition.objects.open().get()
    assert new.based_on == old
    assert response.redirect_chain[-1][0] == page_of(new)
    assert messages_of(response) == ["Bone in the calf, edition 2 was started."]


def test_discarding_asks_first_and_leads_to_the_condition(author):
    edition = factories.draft()
    assert "confirmed" in str(press(author, edition, "discard").context["offers"][1].form.errors)
    assert fresh(edition)

    response = press(author, edition, "discard", confirmed="on")

    assert not Edition.objects.exists()
    page = reverse("admin:conditions_condition_change", args=[edition.condition_id])
    assert response.redirect_chain[-1][0] == page
    assert messages_of(response) == ["Bone in the calf, edition 1 was discarded."]


def test_a_review_names_who_read_which_edition(editor):
    edition = factories.published()

    response = editor.post(act_on(edition, "review"), REVIEW, follow=True)

    review = MedicalReview.objects.get()
    assert (review.edition, review.reviewed_on) == (edition, date(2026, 1, 2))
    assert "Medically reviewed 2026-01-02 by Ada Example, MD." in response.content.decode()


def test_confirmed_references_show_who_looked(editor):
    edition = factories.published()

    response = press(editor, edition, "confirm-references")

    assert "References checked" in response.content.decode()
    assert fresh(edition).references_checked_by == factories.editor()


# ── Who wrote it does not release it ──────────────────────────────────────────────────────────
def test_a_contributor_has_no_button_to_approve_and_reads_why(author):
    edition = in_review()

    page = author.get(page_of(edition))

    assert "approve" not in [offer.name for offer in page.context["offers"]]
    assert "somebody else has to approve it" in page.content.decode()


def test_a_contributor_who_sends_the_form_all_the_same_is_told(author):
    edition = in_review()
    sent = {"approve-saved_at": edition.saved_at.isoformat()}

    response = author.post(act_on(edition, "approve"), sent, follow=True)

    assert messages_of(response) == [
        "You wrote part of this edition: somebody else has to approve it."
    ]
    assert fresh(edition).state == State.IN_REVIEW


def test_even_an_administrator_does_not_approve_their_own_work():
    admin = people.admin()
    edition = factories.draft(by=admin)
    publishing.submit(edition, by=admin)
    sent = {"approve-saved_at": edition.saved_at.isoformat()}

    logged_in(admin).post(act_on(edition, "approve"), sent)

    assert fresh(edition).state == State.IN_REVIEW


def test_on_a_site_of_one_person_the_author_approves_and_the_page_says_so(author, settings):
    settings.SOLO_PUBLISHING = True
    edition = in_review()
    assert "lets one person approve their own work" in author.get(page_of(edition)).content.decode()

    response = press(author, edition, "approve")

    assert fresh(edition).solo
    assert "who wrote part of it" in response.content.decode()


def test_who_cannot_read_all_of_it_does_not_release_it():
    edition = in_review()
    desk = logged_in(without_full_treatment())
    sent = {"approve-saved_at": edition.saved_at.isoformat()}

    assert desk.post(act_on(edition, "approve"), sent).status_code == 403


# ── Too late ──────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", ["submit", "approve", "request-changes", "publish", "discard"])
def test_an_act_that_is_no_longer_possible_is_a_message_and_no_error(editor, name):
    edition = factories.published()
    sent = {
        "approve-saved_at": edition.saved_at.isoformat(),
        "request-changes-reason": "More.",
        "discard-confirmed": "on",
    }

    response = editor.post(act_on(edition, name), sent, follow=True)

    assert response.status_code == 200
    assert len(messages_of(response)) == 1
    assert fresh(edition).state == State.APPROVED


def test_an_act_on_what_was_discarded_is_not_found(editor):
    edition = factories.draft()
    address = act_on(edition, "submit")
    publishing.discard(edition, by=None)

    assert editor.post(address).status_code == 404


def test_an_act_whose_form_has_errors_on_a_fixed_edition_shows_the_page(editor):
    edition = factories.published()

    response = editor.post(act_on(edition, "withdraw"), {"withdraw-notice": ""})

    assert "errors" in response.content.decode()
    assert fields_of(response.content.decode(), "act-withdraw")
