"""The desk's list of conditions, a new one, and a condition's page."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from conditions import publishing
from conditions.models import Condition, Edition, Event, State
from tests import factories, people
from tests.admin_pages import logged_in, messages_of, staff_with

pytestmark = pytest.mark.django_db

LIST = "/admin/conditions/condition/"
ADD = "/admin/conditions/condition/add/"


@pytest.fixture
def desk():
    return logged_in(people.admin())


def page_of(condition: Condition) -> str:
    return f"/admin/conditions/condition/{condition.pk}/change/"


def listed(desk, query: str = "") -> list[str]:
    response = desk.get(LIST, {"q": query})
    return sorted(row.slug for row in response.context["cl"].result_list)


def form_errors(response) -> dict:
    return response.context["form"].errors


# ── The list ──────────────────────────────────────────────────────────────────────────────────
def test_the_list_shows_title_codes_and_both_editions(desk):
    live = factories.published(title="Bone in the calf")
    publishing.start_edition(condition=live.condition, by=None)

    page = desk.get(LIST).content.decode()

    for shown in ("bone-in-the-calf", "Bone in the calf", "M61.569", "1 approved", "2 draft"):
        assert shown in page


def test_the_list_says_when_a_live_edition_is_withdrawn(desk):
    factories.withdrawn()

    assert "1 withdrawn" in desk.get(LIST).content.decode()


def test_the_list_takes_as_many_queries_for_ten_rows_as_for_one(desk):
    factories.published(factories.condition("c-0", "I10"))
    desk.get(LIST)
    with CaptureQueriesContext(
        connection,
    ) as one:
        desk.get(LIST)
    for number in range(1, 10):
        edition = factories.published(factories.condition(f"c-{number}", f"I1{number}"))
        publishing.start_edition(condition=edition.condition, by=None)

    with CaptureQueriesContext(connection) as ten:
        response = desk.get(LIST)

    assert len(response.context["cl"].result_list) == 10
    assert len(ten) == len(one) <= 10


@pytest.mark.parametrize("query", ["calf", "bone in", "M61.569", "m61569", "heterotopic"])
def test_a_condition_is_found_by_slug_title_code_and_other_name(desk, query):
    factories.published()
    factories.published(factories.condition("high-pressure", "I10"), title="X", also_known_as=())

    assert listed(desk, query) == ["bone-in-the-calf"]


def test_no_search_reaches_the_full_treatment(desk):
    factories.published()

    assert listed(desk, factories.CANARY) == []


# ── A new condition ───────────────────────────────────────────────────────────────────────────
def test_a_condition_is_made_with_its_codes_and_leaves_events(desk):
    response = desk.post(ADD, {"slug": "frozen-shoulder", "codes": "m7500, M75.01"}, follow=True)

    condition = Condition.objects.get(slug="frozen-shoulder")
    assert [coding.code for coding in condition.codings.all()] == ["M75.00", "M75.01"]
    assert "frozen-shoulder was created" in messages_of(response)[0]
    admin = response.wsgi_request.user
    assert set(Event.objects.values_list("action", "actor_id", "condition_id")) == {
        ("condition created", admin.pk, condition.pk),
        ("codes", admin.pk, condition.pk),
    }


@pytest.mark.parametrize("slug", ["Frozen", "frozen shoulder", "a--b", "-a", "", "x" * 101])
def test_what_is_no_slug_is_refused_with_the_typed_text_kept(desk, slug):
    response = desk.post(ADD, {"slug": slug, "codes": "M75.00"})

    assert "slug" in form_errors(response)
    assert response.context["form"]["codes"].value() == "M75.00"
    assert not Condition.objects.exists()


def test_a_slug_that_is_taken_is_refused(desk):
    factories.condition("frozen-shoulder")

    response = desk.post(ADD, {"slug": "frozen-shoulder", "codes": ""})

    assert "exists already" in str(form_errors(response)["slug"])


def test_a_new_condition_with_anothers_code_is_refused_whole(desk):
    factories.condition("bone-in-the-calf", "M61.569")

    response = desk.post(ADD, {"slug": "another", "codes": "M61.569"})

    assert "M61.569 belongs to bone-in-the-calf" in str(form_errors(response)["codes"])
    assert not Condition.objects.filter(slug="another").exists()


# ── A condition's page ────────────────────────────────────────────────────────────────────────
def test_the_page_shows_its_editions_with_state_and_the_way_to_the_article(desk):
    live = factories.published()
    draft = publishing.start_edition(condition=live.condition, by=None)

    page = desk.get(page_of(live.condition)).content.decode()

    assert f'href="{live.get_absolute_url()}"' in page
    for edition in (live, draft):
        assert reverse("admin:conditions_edition_change", args=[edition.pk]) in page
    assert 'name="slug"' not in page
    assert "links and bookmarks would break" in page


def test_codes_notice_and_relations_are_saved_with_an_event_each(desk):
    condition, other = factories.condition(), factories.condition("other", "I10")
    before = Event.objects.count()

    desk.post(
        page_of(condition),
        {"codes": "M61.561 M61.562", "safety_notice": "Recall.", "related": "other"},
    )

    condition.refresh_from_db()
    assert [coding.code for coding in condition.codings.all()] == ["M61.561", "M61.562"]
    assert condition.safety_notice == "Recall."
    assert list(condition.related.all()) == [other]
    events = Event.objects.all()[: Event.objects.count() - before]
    assert {event.action for event in events} == {"codes", "safety notice", "related"}
    assert {event.actor_id for event in events} == {User.objects.get(email="admin@example.org").pk}


def test_saving_without_a_change_leaves_no_event(desk):
    condition = factories.condition()
    before = Event.objects.count()

    desk.post(page_of(condition), {"codes": "m61569", "safety_notice": "", "related": ""})

    assert Event.objects.count() == before


def test_anothers_code_is_refused_with_its_name_and_nothing_is_saved(desk):
    condition = factories.condition()
    factories.condition("high-pressure", "I10")

    response = desk.post(
        page_of(condition), {"codes": "M61.569, I10", "safety_notice": "Recall.", "related": ""}
    )

    assert "I10 belongs to high-pressure already" in str(form_errors(response)["codes"])
    assert response.context["form"]["codes"].value() == "M61.569, I10"
    assert response.context["form"]["safety_notice"].value() == "Recall."
    condition.refresh_from_db()
    assert condition.safety_notice == ""


def test_what_is_no_code_is_refused_by_name(desk):
    condition = factories.condition()

    response = desk.post(page_of(condition), {"codes": "M61.569, bone, 12"})

    errors = str(form_errors(response)["codes"])
    assert "bone" in errors
    assert "12" in errors


def test_a_condition_cannot_be_related_to_itself(desk):
    condition = factories.condition()

    response = desk.post(page_of(condition), {"codes": "M61.569", "related": condition.slug})

    assert "related" in form_errors(response)


def test_an_unknown_related_condition_is_refused_by_its_slug(desk):
    condition = factories.condition()
    factories.condition("other", "I10")

    response = desk.post(page_of(condition), {"codes": "M61.569", "related": "other\r\nnowhere"})

    assert "There is no condition nowhere." in str(form_errors(response)["related"])
    assert not condition.related.exists()


def test_a_first_edition_is_started_empty(desk):
    condition = factories.condition()

    response = desk.post(f"/admin/conditions/condition/{condition.pk}/start/", follow=True)

    edition = Edition.objects.get()
    assert (edition.number, edition.state) == (1, State.DRAFT)
    assert response.redirect_chain[-1][0] == f"/admin/conditions/edition/{edition.pk}/change/"


def test_a_second_open_edition_is_refused_in_words(desk):
    draft = factories.draft()

    response = desk.post(f"/admin/conditions/condition/{draft.condition_id}/start/", follow=True)

    assert messages_of(response) == ["This condition already has an open edition."]
    assert Edition.objects.count() == 1


def test_the_button_to_start_stands_only_where_none_is_open(desk):
    draft = factories.draft()

    assert "/start/" not in desk.get(page_of(draft.condition)).content.decode()


def test_an_edition_is_not_started_by_a_link(desk):
    condition = factories.condition()

    assert desk.get(f"/admin/conditions/condition/{condition.pk}/start/").status_code == 405


# ── Who may ───────────────────────────────────────────────────────────────────────────────────
def test_who_may_only_look_sees_no_form_and_changes_nothing():
    condition = factories.condition()
    desk = logged_in(staff_with("view_condition"))

    page = desk.get(page_of(condition)).content.decode()

    assert "M61.569" in page
    assert 'name="codes"' not in page
    assert "/start/" not in page
    assert desk.post(page_of(condition), {"codes": "I10"}).status_code == 403
    assert desk.post(ADD, {"slug": "x"}).status_code == 403
    start = f"/admin/conditions/condition/{condition.pk}/start/"
    assert desk.post(start).status_code == 403


def test_who_may_nothing_gets_nothing():
    condition = factories.condition()
    desk = logged_in(staff_with())

    for address in (LIST, ADD, page_of(condition)):
        assert desk.get(address).status_code == 403


def test_a_condition_is_never_deleted_here(desk):
    condition = factories.condition()

    assert desk.post(f"/admin/conditions/condition/{condition.pk}/delete/").status_code == 403
    desk.post(LIST, {"action": "delete_selected", "_selected_action": [condition.pk]})

    assert Condition.objects.filter(pk=condition.pk).exists()


def test_an_unknown_condition_is_not_found(desk):
    assert desk.get("/admin/conditions/condition/999/change/").status_code == 404
