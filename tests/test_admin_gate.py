"""On the desk too the full treatment is for those with the permission to read it."""

from __future__ import annotations

import pytest

from conditions import publishing
from conditions.edition_rows import read_text
from conditions.models import Edition, State
from conditions.text import Source
from tests import factories, people
from tests.admin_pages import (
    act_on,
    filled_in,
    logged_in,
    messages_of,
    page_of,
    staff_with,
    without_full_treatment,
)
from tests.every_url import routes
from tests.factories import CANARY
from tests.watched_client import WatchedClient

pytestmark = pytest.mark.django_db

SEARCHES = ("condition/?q={}", "edition/?q={}", "event/?q={}", "edition/?full_treatment__body={}")


@pytest.fixture
def desk():
    return logged_in(without_full_treatment())


def pages(edition: Edition) -> list[str]:
    figures = [f"figures/{row.pk}/" for row in edition.figures.all()]
    own = ["change/", "read/", "history/", "delete/", "", *figures]
    return [
        "/admin/",
        "/admin/conditions/",
        "/admin/conditions/condition/",
        "/admin/conditions/condition/add/",
        f"/admin/conditions/condition/{edition.condition_id}/change/",
        f"/admin/conditions/condition/{edition.condition_id}/history/",
        "/admin/conditions/edition/",
        "/admin/conditions/edition/add/",
        "/admin/conditions/event/",
        f"/admin/conditions/event/?edition_id={edition.pk}",
        *(f"/admin/conditions/edition/{edition.pk}/{rest}" for rest in own),
        *(f"/admin/conditions/{search.format(CANARY[:6])}" for search in SEARCHES),
        *(
            f"/admin/autocomplete/?app_label=conditions&model_name={model}&field_name={field}&term=z"
            for model in ("fulltreatment", "edition", "reference", "figure")
            for field in ("edition", "based_on", "condition")
        ),
        "/admin/conditions/fulltreatment/",
        f"/admin/conditions/fulltreatment/{edition.pk}/change/",
    ]


def seen(response) -> str:
    return f"{response.headers} {b''.join(response).decode()}"


@pytest.mark.parametrize("state", ["draft", "approved", "published", "withdrawn"])
def test_without_the_permission_no_page_of_the_desk_tells_a_gated_word(desk, state):
    edition = getattr(factories, state)()

    for address in pages(edition):
        response = desk.get(address)

        assert CANARY not in seen(response), address
        assert response.status_code < 500, address


@pytest.mark.parametrize("state", ["draft", "published"])
def test_with_the_permission_the_page_shows_it(state):
    edition = getattr(factories, state)()

    page = seen(logged_in(factories.author()).get(page_of(edition)))

    for piece in (f"First {CANARY}", f"called {CANARY}", f"Caption {CANARY}"):
        assert piece in page


def test_a_fixed_edition_is_shown_without_so_much_as_reading_the_gated_table():
    edition = factories.published()
    desk = WatchedClient()
    desk.force_login(without_full_treatment())

    for address in pages(edition):
        desk.get(address)


def test_a_gated_picture_is_not_found_without_the_permission(desk):
    edition = factories.draft()
    for file, status in (("calf.svg", 200), ("secret.svg", 404)):
        row = edition.figures.get(file=file)

        address = f"/admin/conditions/edition/{edition.pk}/figures/{row.pk}/"
        assert desk.get(address).status_code == status, file


# ── Writing without reading ───────────────────────────────────────────────────────────────────
def test_saving_keeps_every_gated_part_as_it_was(desk):
    edition = factories.draft(
        full_treatment=f"  Odd {CANARY}  [@gated-2021]\r\n\n![](secret.svg)\n"
    )
    before = read_text(edition)
    secret = edition.figures.get(file="secret.svg").picture_id
    form = filled_in(desk, page_of(edition))

    desk.post(page_of(edition), form | {"causes": "Other."})

    edition = Edition.objects.get(pk=edition.pk)
    after = read_text(edition)
    assert after.causes == "Other."
    assert after.full_treatment == before.full_treatment
    assert (set(after.references), set(after.figures)) == (
        set(before.references),
        set(before.figures),
    )
    assert edition.figures.get(file="secret.svg").picture_id == secret


def test_a_full_treatment_that_is_sent_all_the_same_is_not_taken(desk):
    edition = factories.draft()
    form = filled_in(desk, page_of(edition))

    desk.post(page_of(edition), form | {"full_treatment": "Mine now."})

    assert CANARY in read_text(edition).full_treatment


def test_a_figure_is_not_put_into_the_section_that_one_may_not_read(desk):
    edition = factories.draft()
    form = filled_in(desk, page_of(edition)) | {"figures-0-section": "full-treatment"}

    response = desk.post(page_of(edition), form)

    assert "section" in response.context["manuscript"].figures.errors[0]


@pytest.mark.parametrize(
    "typed",
    [
        {"references-1-key": "gated-2021", "references-1-citation": "Mine."},
        {"figures-0-file": "secret.svg"},
    ],
)
def test_a_name_in_use_behind_the_gate_is_refused_and_not_overwritten(desk, typed):
    edition = factories.draft()
    before = read_text(edition)

    response = desk.post(page_of(edition), filled_in(desk, page_of(edition)) | typed)

    assert "in use in a part of the edition that you may not read" in seen(response)
    assert read_text(edition) == before


def test_a_source_stays_gated_until_public_text_cites_it(desk):
    sources = (Source("open-2020", "Open. 2020."), Source("gated-2021", f"Called {CANARY}. 2021."))
    edition = factories.draft(references=sources, causes="Now public.[@gated-2021]")

    assert f"Called {CANARY}" in seen(desk.get(page_of(edition)))


def test_nobody_opens_a_gated_source_by_citing_it_themselves(desk):
    edition = factories.draft()
    form = filled_in(desk, page_of(edition)) | {"causes": "Mine now.[@gated-2021]"}

    answer = desk.post(page_of(edition), form)

    assert "a source of a part of the edition that you may not read" in seen(answer)
    assert CANARY not in seen(answer)
    assert CANARY not in seen(desk.get(page_of(edition)))
    assert edition.causes.body == "Nobody knows the whole cause."


def test_words_guessed_from_the_full_treatment_are_not_confirmed(desk):
    guess = "first some rest and then slowly more walking on level ground each day"
    edition = factories.draft(
        full_treatment=f"{guess}.[@gated-2021]\n\n![](secret.svg)", causes=guess
    )

    html = seen(desk.get(page_of(edition)))

    assert "This repeats the full treatment" not in html
    assert "somebody who may read it has to look" in html


def test_problems_of_gated_text_are_told_without_its_words(desk):
    edition = factories.draft(full_treatment=f"## {CANARY}\n\n[@{CANARY}] {CANARY}[@gated-2021]")

    for response in (
        desk.get(page_of(edition)),
        desk.post(act_on(edition, "submit"), follow=True),
    ):
        assert CANARY not in seen(response)
        assert "somebody who may read it has to look" in seen(response)

    assert edition.state == State.DRAFT


def test_refusals_in_words_hold_no_gated_words_either(desk):
    edition = factories.draft(full_treatment=f"[@{CANARY}][@gated-2021]")

    said = " ".join(messages_of(desk.post(act_on(edition, "submit"), follow=True)))

    assert said
    assert CANARY not in said


# ── Events ────────────────────────────────────────────────────────────────────────────────────
def test_no_event_holds_text_of_an_edition():
    edition = factories.published()
    admin = logged_in(people.admin())

    assert CANARY not in seen(admin.get("/admin/conditions/event/"))
    assert CANARY not in seen(admin.get(f"/admin/conditions/event/?edition_id={edition.pk}"))


def test_events_are_listed_by_condition_and_by_edition_with_names():
    edition = factories.published()
    factories.published(factories.condition("other", "I10"))
    desk = logged_in(people.admin())

    for query, count in (
        ("", 12),
        (f"?edition_id={edition.pk}", 4),
        (f"?condition_id={edition.condition_id}", 6),
    ):
        rows = desk.get(f"/admin/conditions/event/{query}").context["cl"].result_list
        assert len(rows) == count, query
    page = seen(desk.get(f"/admin/conditions/event/?edition_id={edition.pk}"))
    for shown in ("author@example.org", "bone-in-the-calf", "edition 1", "published"):
        assert shown in page


def test_history_leads_to_the_events():
    edition = factories.draft()
    desk = logged_in(people.admin())

    assert desk.get(f"/admin/conditions/edition/{edition.pk}/history/").url == (
        f"/admin/conditions/event/?edition_id={edition.pk}"
    )
    assert desk.get(f"/admin/conditions/condition/{edition.condition_id}/history/").url == (
        f"/admin/conditions/event/?condition_id={edition.condition_id}"
    )


def test_events_of_what_was_discarded_stay_readable():
    edition = factories.draft()
    publishing.discard(edition, by=None)
    page = seen(logged_in(people.admin()).get("/admin/conditions/event/"))

    assert "discarded" in page
    assert "a command" in page


def test_events_are_read_and_nothing_else():
    factories.published()
    desk = logged_in(people.admin())
    event = desk.get("/admin/conditions/event/").context["cl"].result_list[0]

    assert desk.get("/admin/conditions/event/add/").status_code == 403
    assert desk.post(f"/admin/conditions/event/{event.pk}/change/").status_code == 403
    assert desk.post(f"/admin/conditions/event/{event.pk}/delete/").status_code == 403
    assert desk.get(f"/admin/conditions/event/{event.pk}/change/").status_code == 200


def test_events_need_their_own_permission():
    desk = logged_in(staff_with("view_edition", "view_condition"))
    edition = factories.draft()

    assert desk.get("/admin/conditions/event/").status_code == 403
    assert "Events" not in seen(desk.get(page_of(edition)))


def test_the_desk_has_no_pages_of_single_parts():
    parts = ("fulltreatment", "treatment", "figure", "reference", "picture", "overview")

    for route in routes():
        assert not any(f"conditions/{part}/" in route for part in parts), route
