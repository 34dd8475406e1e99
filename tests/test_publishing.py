"""Every verb of publishing: what it does, what it refuses, its event, and who comes second."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone

from conditions import publishing
from conditions.acts import (
    Incomplete,
    NotPossibleNow,
    OpenEditionExists,
    OwnApproval,
    PublishingRefused,
    StaleEdition,
)
from conditions.edition_rows import read_text
from conditions.models import Edition, Event, MedicalReview, State
from conditions.signals import edition_published
from conditions.text import EditionText
from tests import factories, people

pytestmark = pytest.mark.django_db


def twin(edition: Edition) -> Edition:
    """The same row as somebody else sees it, read at the same moment."""
    return Edition.objects.get(pk=edition.pk)


def in_review(**text) -> Edition:
    edition = factories.draft(**text)
    publishing.submit(edition, by=factories.author())
    return edition


def last_event() -> Event:
    return Event.objects.first()


def said(event: Event) -> tuple:
    return event.action, event.actor_id, event.condition_id, event.edition_id


def live(edition: Edition) -> Edition | None:
    return edition.condition.live_edition()


# ── Start ─────────────────────────────────────────────────────────────────────────────────────
def test_a_first_edition_starts_empty_with_the_slug_as_its_title():
    condition, author = factories.condition(), factories.author()

    edition = publishing.start_edition(condition=condition, by=author)

    assert (edition.number, edition.state, edition.author_id) == (1, State.DRAFT, author.pk)
    assert read_text(edition) == EditionText(title=condition.slug, description="")
    assert said(last_event()) == ("started", author.pk, condition.pk, edition.pk)


def test_a_later_edition_starts_with_all_of_the_live_one():
    live_one = factories.published()

    edition = publishing.start_edition(condition=live_one.condition, by=None)

    assert (edition.number, edition.based_on, edition.author) == (2, live_one, None)
    assert read_text(edition) == read_text(live_one)
    assert [row.picture_id for row in edition.figures.all()] == [
        row.picture_id for row in live_one.figures.all()
    ]
    assert last_event().note == "based on edition 1"


def test_a_second_open_edition_is_refused():
    edition = factories.draft()

    with pytest.raises(OpenEditionExists):
        publishing.start_edition(condition=edition.condition, by=None)

    assert Event.objects.filter(action="started").count() == 1


def test_an_open_edition_in_another_language_is_no_obstacle():
    edition = factories.draft()

    spanish = publishing.start_edition(condition=edition.condition, by=None, language="es")

    assert (spanish.number, spanish.language) == (1, "es")


# ── Save ──────────────────────────────────────────────────────────────────────────────────────
def test_saving_replaces_the_text_and_moves_the_time():
    edition, author = factories.draft(), factories.author()
    before = edition.saved_at
    text = factories.complete_text(title="Another title", also_known_as=("a", "b"))

    publishing.save_draft(
        edition,
        text=text,
        by=author,
        saved_at=before,
        review_due=date(2030, 1, 1),
        change_note="Wording.",
    )

    assert read_text(twin(edition)) == text
    assert edition.saved_at > before
    assert (edition.review_due, edition.change_note) == (date(2030, 1, 1), "Wording.")
    assert said(last_event()) == ("saved", author.pk, edition.condition_id, edition.pk)


def test_of_two_who_save_the_same_draft_the_second_is_refused_and_nothing_is_written():
    edition = factories.draft()
    first, second = twin(edition), twin(edition)
    publishing.save_draft(
        first, text=factories.complete_text(title="First"), by=None, saved_at=first.saved_at
    )
    events = Event.objects.count()

    with pytest.raises(StaleEdition):
        publishing.save_draft(
            second,
            text=factories.complete_text(title="Second"),
            by=None,
            saved_at=edition.saved_at,
        )

    assert twin(edition).title == "First"
    assert Event.objects.count() == events


@pytest.mark.parametrize("state", ["approved", "published", "withdrawn"])
def test_a_fixed_edition_is_not_saved(state):
    edition = getattr(factories, state)()
    before = read_text(edition)

    with pytest.raises(NotPossibleNow):
        publishing.save_draft(edition, text=replace(before, overview="Other."), by=None)

    assert read_text(twin(edition)) == before


def test_saving_takes_an_edition_out_of_review():
    edition = in_review()

    publishing.save_draft(edition, text=factories.complete_text(), by=None)

    assert twin(edition).state == State.DRAFT


def test_a_figure_without_a_picture_is_refused():
    edition = factories.draft()
    text = read_text(edition)
    missing = replace(text.figures[0], file="missing.svg")

    with pytest.raises(PublishingRefused, match=r"Upload the picture for missing\.svg"):
        publishing.save_draft(edition, text=replace(text, figures=(missing,)), by=None)


# ── Discard ───────────────────────────────────────────────────────────────────────────────────
def test_a_discarded_draft_is_gone_and_its_events_stay():
    edition, author = factories.draft(), factories.author()
    pk, condition = edition.pk, edition.condition

    publishing.discard(edition, by=author)

    assert not Edition.objects.filter(pk=pk).exists()
    assert said(last_event()) == ("discarded", author.pk, condition.pk, pk)
    assert Event.objects.filter(edition_id=pk, action="started").exists()


def test_an_approved_edition_is_not_discarded_even_by_somebody_who_saw_it_open():
    edition = in_review()
    stale = twin(edition)
    publishing.approve(edition, by=factories.editor())

    with pytest.raises(NotPossibleNow, match="approved"):
        publishing.discard(stale, by=None)

    assert Edition.objects.filter(pk=edition.pk).exists()


def test_of_two_who_discard_the_second_hears_that_it_is_gone():
    edition = factories.draft()
    stale = twin(edition)
    publishing.discard(edition, by=None)

    with pytest.raises(NotPossibleNow, match="was discarded"):
        publishing.discard(stale, by=None)


# ── Submit ────────────────────────────────────────────────────────────────────────────────────
def test_a_complete_draft_is_submitted():
    edition, author = factories.draft(), factories.author()

    publishing.submit(edition, by=author)

    assert twin(edition).state == State.IN_REVIEW
    assert said(last_event()) == ("submitted", author.pk, edition.condition_id, edition.pk)


def test_an_incomplete_draft_is_refused_with_every_problem_by_field():
    edition = factories.draft(overview="", warnings="")

    with pytest.raises(Incomplete) as refused:
        publishing.submit(edition, by=None)

    assert {problem.field for problem in refused.value.problems} >= {"overview", "warnings"}
    assert twin(edition).state == State.DRAFT


def test_a_text_that_cannot_be_rendered_is_incomplete():
    edition = factories.draft(causes="[" * 40)

    with pytest.raises(Incomplete) as refused:
        publishing.submit(edition, by=None)

    assert [problem.field for problem in refused.value.problems] == ["causes"]


def test_of_two_who_submit_the_second_is_refused():
    edition = factories.draft()
    stale = twin(edition)
    publishing.submit(edition, by=None)

    with pytest.raises(NotPossibleNow, match="in review"):
        publishing.submit(stale, by=None)


# ── Request changes ───────────────────────────────────────────────────────────────────────────
def test_changes_are_requested_with_a_reason():
    edition, editor = in_review(), factories.editor()

    publishing.request_changes(edition, by=editor, reason="Say more.")

    assert twin(edition).state == State.CHANGES_REQUESTED
    assert said(last_event()) == ("changes requested", editor.pk, edition.condition_id, edition.pk)
    assert last_event().note == "Say more."


def test_changes_without_a_reason_are_refused():
    with pytest.raises(PublishingRefused, match="Say what"):
        publishing.request_changes(in_review(), by=None, reason="  ")


def test_changes_are_not_requested_of_a_draft():
    with pytest.raises(NotPossibleNow):
        publishing.request_changes(factories.draft(), by=None, reason="Say more.")


def test_of_an_approval_and_a_request_for_changes_the_second_is_refused():
    edition = in_review()
    stale = twin(edition)
    publishing.request_changes(edition, by=None, reason="Say more.")

    with pytest.raises(NotPossibleNow):
        publishing.approve(stale, by=factories.editor())

    assert twin(edition).approver is None


def test_what_was_sent_back_may_be_submitted_again():
    edition = in_review()
    publishing.request_changes(edition, by=None, reason="Say more.")

    publishing.submit(edition, by=None)

    assert twin(edition).state == State.IN_REVIEW


# ── Approve ───────────────────────────────────────────────────────────────────────────────────
def test_somebody_else_approves_and_nothing_is_live_yet():
    edition, editor = in_review(), factories.editor()

    publishing.approve(edition, by=editor)

    fresh = twin(edition)
    assert (fresh.state, fresh.approver, fresh.solo) == (State.APPROVED, editor, False)
    assert fresh.approved_at is not None
    assert live(edition) is None
    assert said(last_event()) == ("approved", editor.pk, edition.condition_id, edition.pk)


def test_an_author_does_not_approve_their_own_edition():
    edition = in_review()

    with pytest.raises(OwnApproval):
        publishing.approve(edition, by=factories.author())

    assert twin(edition).state == State.IN_REVIEW


def test_whoever_saved_once_does_not_approve_either():
    edition, helper = factories.draft(), people.reviewer()
    publishing.save_draft(edition, text=factories.complete_text(), by=helper)
    publishing.submit(edition, by=factories.author())

    with pytest.raises(OwnApproval):
        publishing.approve(edition, by=helper)


def test_a_site_of_one_person_lets_the_author_approve_and_records_it(settings):
    settings.SOLO_PUBLISHING = True
    edition, author = in_review(), factories.author()

    publishing.approve(edition, by=author)

    assert twin(edition).solo is True
    assert last_event().note == "by a contributor (solo)"


def test_solo_is_not_recorded_where_somebody_else_approves(settings):
    settings.SOLO_PUBLISHING = True
    edition = in_review()

    publishing.approve(edition, by=factories.editor())

    assert twin(edition).solo is False


def test_a_draft_is_not_approved():
    with pytest.raises(NotPossibleNow):
        publishing.approve(factories.draft(), by=factories.editor())


def test_an_incomplete_edition_is_not_approved():
    edition = factories.draft(overview="")
    Edition.objects.filter(pk=edition.pk).update(state=State.IN_REVIEW)

    with pytest.raises(Incomplete):
        publishing.approve(twin(edition), by=factories.editor())


def test_of_two_who_approve_the_second_is_refused():
    edition = in_review()
    stale = twin(edition)
    publishing.approve(edition, by=factories.editor())

    with pytest.raises(NotPossibleNow):
        publishing.approve(stale, by=people.reviewer())

    assert twin(edition).approver == factories.editor()


def test_a_text_that_changed_since_it_was_read_is_not_approved():
    edition = in_review()
    read_at = edition.saved_at
    publishing.save_draft(edition, text=factories.complete_text(causes="Other."), by=None)
    publishing.submit(edition, by=None)

    with pytest.raises(StaleEdition):
        publishing.approve(edition, by=factories.editor(), saved_at=read_at)

    assert twin(edition).state == State.IN_REVIEW


# ── Publish and schedule ──────────────────────────────────────────────────────────────────────
def test_publishing_makes_it_live_and_tells_once_it_is_stored(django_capture_on_commit_callbacks):
    edition, editor = factories.approved(), factories.editor()
    heard = []

    def listen(sender, edition, **_kwargs):
        heard.append(edition)

    edition_published.connect(listen)
    with django_capture_on_commit_callbacks(execute=True):
        publishing.publish(edition, by=editor)
        assert heard == []
    edition_published.disconnect(listen)

    assert live(edition) == edition
    assert heard == [edition]
    assert said(last_event()) == ("published", editor.pk, edition.condition_id, edition.pk)


def test_a_scheduled_edition_goes_live_by_itself():
    edition, editor = factories.approved(), factories.editor()
    at = timezone.now() + timedelta(hours=2)

    publishing.schedule(edition, at=at, by=editor)

    assert live(edition) is None
    assert edition.condition.live_edition(at=at + timedelta(seconds=1)) == edition
    assert said(last_event()) == ("scheduled", editor.pk, edition.condition_id, edition.pk)


def test_a_time_no_calendar_reaches_is_refused():
    edition = factories.approved()

    with pytest.raises(PublishingRefused, match="ten years"):
        publishing.schedule(
            edition, at=timezone.now() + timedelta(days=365 * 11), by=factories.editor()
        )


def test_a_time_to_come_may_be_moved_and_brought_forward_to_now():
    edition = factories.approved()
    for days in (2, 1):
        publishing.schedule(edition, at=timezone.now() + timedelta(days=days), by=None)

    publishing.publish(edition, by=None)

    assert live(edition) == edition


def test_a_time_past_is_refused():
    with pytest.raises(PublishingRefused, match="past"):
        publishing.schedule(factories.approved(), at=timezone.now() - timedelta(days=1), by=None)


@pytest.mark.parametrize("make", [factories.draft, in_review, factories.withdrawn])
def test_only_an_approved_edition_is_published(make):
    edition = make()

    with pytest.raises(NotPossibleNow):
        publishing.publish(edition, by=None)


def test_what_is_live_is_not_scheduled_anew_by_somebody_who_saw_it_waiting():
    edition = factories.approved()
    stale = twin(edition)
    publishing.publish(edition, by=None)

    with pytest.raises(NotPossibleNow, match="published already"):
        publishing.schedule(stale, at=timezone.now() + timedelta(days=1), by=None)

    assert live(edition) == edition


def test_the_update_itself_refuses_what_was_published_a_moment_ago(monkeypatch):
    edition = factories.approved()
    move = publishing.move

    def overtaken(one, **values):
        Edition.objects.filter(pk=one.pk).update(publish_at=timezone.now() - timedelta(seconds=9))
        move(one, **values)

    monkeypatch.setattr(publishing, "move", overtaken)
    with pytest.raises(NotPossibleNow):
        publishing.schedule(edition, at=timezone.now() + timedelta(days=1), by=None)

    assert not Event.objects.filter(action="scheduled").exists()


def test_an_older_edition_is_not_published_over_a_newer_one():
    waiting = factories.approved()
    factories.published(waiting.condition)

    with pytest.raises(NotPossibleNow, match="newer"):
        publishing.publish(waiting, by=None)


# ── Withdraw ──────────────────────────────────────────────────────────────────────────────────
def test_withdrawing_puts_a_notice_in_place_of_the_page():
    edition, editor = factories.published(), factories.editor()

    publishing.withdraw(edition, by=editor, notice=" A mistake. ", for_safety=True)

    fresh = live(edition)
    assert (fresh.state, fresh.withdrawal_notice) == (State.WITHDRAWN, "A mistake.")
    assert fresh.withdrawn_for_safety
    assert fresh.withdrawn_at is not None
    assert said(last_event()) == ("withdrawn", editor.pk, edition.condition_id, edition.pk)


def test_a_withdrawal_without_a_notice_is_refused():
    edition = factories.published()

    with pytest.raises(PublishingRefused, match="Say why"):
        publishing.withdraw(edition, by=None, notice=" ")

    assert twin(edition).state == State.APPROVED


def test_only_the_live_edition_is_withdrawn():
    old = factories.published()
    factories.published(old.condition)

    with pytest.raises(NotPossibleNow, match="not the live edition"):
        publishing.withdraw(old, by=None, notice="A mistake.")


def test_of_two_who_withdraw_the_second_is_refused_and_the_first_notice_stays():
    edition = factories.published()
    stale = twin(edition)
    publishing.withdraw(edition, by=None, notice="First.")

    with pytest.raises(NotPossibleNow):
        publishing.withdraw(stale, by=None, notice="Second.")

    assert twin(edition).withdrawal_notice == "First."


def test_nothing_old_revives_when_the_live_edition_is_withdrawn():
    old = factories.published()
    new = factories.published(old.condition)

    publishing.withdraw(new, by=None, notice="A mistake.")

    assert live(old) == new


# ── Restore ───────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("make", [factories.published, factories.withdrawn])
def test_restoring_is_a_new_draft_with_the_old_text(make):
    old, editor = make(), factories.editor()

    edition = publishing.restore(old, by=editor)

    assert (edition.number, edition.based_on, edition.state) == (2, old, State.DRAFT)
    assert read_text(edition) == read_text(old)
    assert said(last_event()) == ("started", editor.pk, old.condition_id, edition.pk)


def test_restoring_takes_the_text_of_the_chosen_edition_and_not_of_the_live_one():
    old = factories.published(title="Old title")
    factories.published(old.condition, title="New title")

    assert publishing.restore(old, by=None).title == "Old title"


def test_of_two_who_restore_the_second_is_refused():
    old = factories.published()
    stale = twin(old)
    publishing.restore(old, by=None)

    with pytest.raises(OpenEditionExists):
        publishing.restore(stale, by=None)


# ── Import ────────────────────────────────────────────────────────────────────────────────────
def imported(**text) -> Edition:
    source = factories.draft(factories.condition("source", "I10"))
    pictures = {row.file: row.picture for row in source.figures.select_related("picture")}
    return publishing.import_edition(
        condition=factories.condition(),
        language="en",
        text=factories.complete_text(**text),
        pictures=pictures,
        review_due=date(2030, 1, 1),
    )


def test_an_import_is_live_at_once_and_names_no_approver():
    edition = imported()

    assert live(edition) == edition
    assert (edition.origin, edition.approver, edition.review_due) == (
        "import",
        None,
        date(2030, 1, 1),
    )
    assert said(last_event()) == ("published", None, edition.condition_id, edition.pk)


def test_an_incomplete_import_is_refused_and_leaves_nothing():
    with pytest.raises(Incomplete):
        imported(overview="")

    assert not Edition.objects.filter(origin="import").exists()


def test_an_import_beside_an_open_draft_is_refused():
    factories.draft()

    with pytest.raises(OpenEditionExists):
        imported()


# ── Medical review ────────────────────────────────────────────────────────────────────────────
FACTS = {
    "reviewer_name": "Ada Example",
    "credentials": "MD",
    "reviewed_on": date(2026, 1, 2),
    "next_due": date(2031, 1, 2),
}


def test_a_review_names_person_and_edition_and_sets_the_next_date():
    edition, editor = factories.published(), factories.editor()

    review = publishing.record_review(edition, by=editor, **FACTS)

    assert (review.edition, review.recorded_by) == (edition, editor.pk)
    assert twin(edition).review_due == FACTS["next_due"]
    assert said(last_event()) == (
        "medically reviewed",
        editor.pk,
        edition.condition_id,
        edition.pk,
    )


def test_a_review_without_a_next_date_keeps_the_one_there_is():
    edition, editor = factories.published(), factories.editor()
    stale = twin(edition)
    publishing.record_review(edition, by=editor, **FACTS)

    publishing.record_review(stale, by=editor, **{**FACTS, "next_due": None})

    assert twin(edition).review_due == FACTS["next_due"]
    assert MedicalReview.objects.count() == 2


def test_a_draft_is_not_reviewed():
    with pytest.raises(NotPossibleNow):
        publishing.record_review(factories.draft(), by=factories.editor(), **FACTS)

    assert not MedicalReview.objects.exists()


@pytest.mark.parametrize("facts", [
    {"reviewer_name": " "},
    {"credentials": ""},
    {"reviewed_on": date(2999, 1, 1)},
    {"next_due": date(2026, 1, 2)},
])  # fmt: skip
def test_a_review_that_names_nobody_or_has_not_happened_is_refused(facts):
    with pytest.raises(PublishingRefused):
        publishing.record_review(factories.published(), by=factories.editor(), **{**FACTS, **facts})

    assert not MedicalReview.objects.exists()


# ── References ────────────────────────────────────────────────────────────────────────────────
def test_references_are_confirmed_by_a_person():
    edition, editor = factories.published(), factories.editor()

    publishing.confirm_references(edition, by=editor)

    fresh = twin(edition)
    assert (fresh.references_checked_by, fresh.references_checked_at is None) == (editor, False)
    assert said(last_event()) == ("references checked", editor.pk, edition.condition_id, edition.pk)


def test_references_of_a_draft_are_not_confirmed():
    with pytest.raises(NotPossibleNow):
        publishing.confirm_references(factories.draft(), by=factories.editor())


def test_where_there_are_no_references_there_is_nothing_to_confirm():
    edition = factories.published(
        references=(), overview="Bone.", full_treatment="Rest.\n\n![](secret.svg)"
    )

    with pytest.raises(PublishingRefused, match="no references"):
        publishing.confirm_references(edition, by=factories.editor())


# ── All of them ───────────────────────────────────────────────────────────────────────────────
def test_the_verbs_tested_here_are_all_there_are():
    public = {
        name
        for name, value in vars(publishing).items()
        if callable(value) and getattr(value, "__module__", "") == publishing.__name__
    }

    assert {name for name in public if not name.startswith("_")} == {
        "start_edition",
        "save_draft",
        "discard",
        "submit",
        "request_changes",
        "approve",
        "publish",
        "schedule",
        "withdraw",
        "restore",
        "import_edition",
        "record_review",
        "confirm_references",
    }
