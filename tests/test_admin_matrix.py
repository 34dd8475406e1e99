"""Who gets what from the desk: every role at every address of the admin, by every way to ask."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType

from accounts.models import User
from conditions.models import Edition, Event
from tests import every_url, factories, people
from tests.admin_pages import page_of, staff_with, without_full_treatment
from tests.factories import CANARY
from tests.watched_client import WatchedClient

pytestmark = pytest.mark.django_db

# Found where gated text is searched, and not the canary where the page repeats what was asked.
GUESS = CANARY[:6]
MODELS = ("alias", "condition", "edition", "event", "problemreport", "wantedcode")
STATES = ("draft", "approved", "published", "withdrawn")
OUTSIDE = {
    "a visitor": lambda: None,
    "a reader": people.reader,
    "staff without rights": staff_with,
}
INSIDE = {
    "who may look": lambda: staff_with("view_condition", "view_edition", "view_event"),
    "an author": lambda: staff_with("view_edition", "change_edition"),
    "all but the full treatment": without_full_treatment,
}
ENTITLED = {
    "an author": lambda: staff_with("view_edition", "change_edition", "view_fulltreatment"),
    "a reviewer": lambda: staff_with("view_edition", "approve_edition", "view_fulltreatment"),
    "an administrator": people.admin,
}
GUESSES = (
    "q={}",
    "q=First+{}",
    *(
        f"{field}__icontains={{}}"
        for field in (
            "full_treatment__body",
            "edition__full_treatment__body",
            "editions__full_treatment__body",
            "references__citation",
            "figures__caption",
            "body",
        )
    ),
    "full_treatment__body__startswith={}&o=1",
    "_facets=True&full_treatment__body__contains={}",
    "_export=csv&q={}",
)
ASKED = tuple(
    f"app_label=conditions&model_name={model}&field_name={field}&term={GUESS}"
    for model in ("fulltreatment", "edition", "reference", "figure")
    for field in ("edition", "based_on", "condition", "author")
)


def client_of(user: User | None) -> WatchedClient:
    client = WatchedClient()
    if user:
        client.force_login(user)
    return client


def is_logged_in(client) -> bool:
    """By its cookie, which a log-out takes away."""
    held = client.cookies.get(settings.SESSION_COOKIE_NAME)
    return bool(held and held.value)


def seen(response) -> str:
    return f"{response.headers} {b''.join(response).decode('utf-8', 'replace')}"


def addresses(edition: Edition) -> Iterator[str]:
    """Every admin address, about this edition, its condition, its figures and its last event."""
    for route in every_url.routes():
        if route.startswith(every_url.ADMIN):
            yield from _filled_in(route, edition)
    yield from (f"/admin/autocomplete/?{asked}" for asked in ASKED)
    for model in MODELS:
        yield from (f"/admin/conditions/{model}/?{each.format(GUESS)}" for each in GUESSES)


def _filled_in(route: str, edition: Edition) -> Iterator[str]:
    plain = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route).replace("^", "").replace("$", "")
    own = {"event": Event.objects.latest("pk").pk, "condition": edition.condition_id}
    model = next((name for name in own if f"conditions/{name}/" in plain), "")
    content_type = ContentType.objects.get_for_model(Edition).pk
    plain = plain.replace("<path:content_type_id>", str(content_type))
    plain = plain.replace("<int:content_type_id>", str(content_type))
    figures = [row.pk for row in edition.figures.all()] if "figure_pk" in plain else [0]
    acts = ("submit", "approve", "discard", "restore") if "acts/<slug:name>" in plain else ("",)
    for figure in figures:
        for act in acts:
            filled = plain.replace("<int:figure_pk>", str(figure)).replace("<slug:name>", act)
            yield "/" + re.sub(r"<[^>]*>", str(own.get(model, edition.pk)), filled)


def requests(address: str) -> Iterator[tuple[str, dict[str, str]]]:
    yield "get", {}
    yield "head", {}
    yield "post", {}
    if address.endswith("/preview/"):
        for field in ("overview", "full_treatment", "treatment"):
            body = "![](secret.svg) [@gated-2021]"
            yield "post", {"field": field, "body": body, "key": "gated-2021"}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", OUTSIDE)
def test_outside_the_desk_no_address_reads_gated_text_or_any_draft(role, state):
    edition = getattr(factories, state)()
    client = client_of(OUTSIDE[role]())

    for address in addresses(edition):
        for method, data in requests(address):
            response = getattr(client, method)(address, data)

            assert CANARY not in seen(response), (method, address)
            assert "where none should be" not in seen(response), (method, address)
            assert response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, (method, address)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", INSIDE)
def test_without_the_permission_no_address_of_the_desk_tells_gated_text(role, state, client):
    user = INSIDE[role]()
    edition = getattr(factories, state)()

    for address in addresses(edition):
        for method, data in requests(address):
            if not is_logged_in(client):  # one of the addresses logs out
                client.force_login(user)
            response = getattr(client, method)(address, data)

            assert CANARY not in seen(response), (method, address)
            assert response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, (method, address)


@pytest.mark.parametrize("role", INSIDE)
def test_a_right_guess_at_gated_text_answers_as_a_wrong_one(role, client):
    factories.published()
    client.force_login(INSIDE[role]())

    for model in MODELS:
        for guess in GUESSES:
            right, wrong = (
                client.get(f"/admin/conditions/{model}/?{guess.format(word)}")
                for word in (CANARY, CANARY[::-1])
            )
            assert right.status_code == wrong.status_code, (model, guess)
            assert told(right, CANARY) == told(wrong, CANARY[::-1]), (model, guess)


def told(response, guess: str) -> str:
    """Where the answer leads and what it says, without the guess itself and the form's token."""
    said = response.headers.get("Location", "") + response.content.decode()
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", said.replace(guess, ""))


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", ENTITLED)
def test_with_the_permission_the_page_shows_the_full_treatment(role, state, client):
    edition = getattr(factories, state)()
    client.force_login(ENTITLED[role]())

    assert f"First {CANARY}" in seen(client.get(page_of(edition)))


def test_the_matrix_walks_the_pages_that_matter():
    edition = factories.draft()
    walked = set(addresses(edition))

    for rest in ("change/", "read/", "preview/", "history/", "delete/", "acts/approve/"):
        assert f"/admin/conditions/edition/{edition.pk}/{rest}" in walked, rest
    for row in edition.figures.all():
        assert f"/admin/conditions/edition/{edition.pk}/figures/{row.pk}/" in walked
    assert f"/admin/conditions/condition/{edition.condition_id}/change/" in walked
