"""Nothing gated can be found, by nobody and in no state of a condition."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from conditions import publishing
from conditions.models import SearchEntry
from conditions.search import index
from conditions.search.finding import find
from tests import factories, people
from tests.factories import CANARY
from tests.icd10cm_files import SMALL
from tests.watched_client import WatchedClient

pytestmark = pytest.mark.django_db

OTHER = "zqnothing4k2b"
"""A word of the same make that stands nowhere."""

SEARCHERS = {
    "visitor": None,
    "reader": people.reader,
    "staff": people.admin,
}


def scheduled():
    edition = factories.approved()
    publishing.schedule(edition, at=timezone.now() + timedelta(days=1), by=factories.editor())
    return edition


STATES = {
    "draft": factories.draft,
    "scheduled": scheduled,
    "published": factories.published,
    "withdrawn": factories.withdrawn,
}


def searcher(who: str) -> Client:
    """Even who may read the full treatment finds nothing by it: the index is the same for all."""
    client = WatchedClient()
    if SEARCHERS[who]:
        client.force_login(SEARCHERS[who]())
    return client


def text_of(client: Client, query: str) -> str:
    response = client.get("/search/", {"q": query})
    assert response.status_code == HTTPStatus.OK
    return response.content.decode()


@pytest.mark.parametrize("who", SEARCHERS)
@pytest.mark.parametrize("state", STATES)
def test_a_gated_word_is_searched_like_one_that_stands_nowhere(who, state):
    call_command("load_icd10cm", folder=SMALL, stdout=StringIO())
    STATES[state]()
    client = searcher(who)

    for query in ("{}", "first {} rest", "{} ossification", "M61.569 {}", "{}x", "later {}"):
        found = text_of(client, query.format(CANARY))

        assert found.replace(CANARY, OTHER) == text_of(client, query.format(OTHER)), query


@pytest.mark.parametrize("who", SEARCHERS)
@pytest.mark.parametrize("state", ["draft", "scheduled", "withdrawn"])
def test_what_is_not_out_is_found_by_nobody(who, state):
    call_command("load_icd10cm", folder=SMALL, stdout=StringIO())
    edition = STATES[state]()
    client = searcher(who)

    for query in (edition.title, "heterotopic ossification", "m61.569", "examination and X-ray"):
        html = text_of(client, query)

        assert edition.get_absolute_url() not in html
        assert edition.description not in html


def test_words_of_an_edition_that_is_not_out_complete_nothing():
    call_command("load_icd10cm", folder=SMALL, stdout=StringIO())
    edition = factories.approved(title="Wanderknochen")
    publishing.schedule(edition, at=timezone.now() + timedelta(days=1), by=factories.editor())

    (term,) = find("wanderkno").terms

    assert (term.count, term.completed) == (0, frozenset())


def test_an_index_of_before_articles_had_ids_of_their_own_leaks_nothing(monkeypatch):
    """Such an index is in place after an upgrade, until it is written anew."""
    call_command("load_icd10cm", folder=SMALL, stdout=StringIO())
    edition = factories.approved(title="Wanderknochen")
    publishing.schedule(edition, at=timezone.now() + timedelta(days=1), by=factories.editor())
    with monkeypatch.context() as before:
        before.setattr(index, "FIRST_EDITION", 1000)
        index.rebuild()

    assert SearchEntry.objects.get(edition=edition).pk == 1000
    for query in ("wanderknochen", "wanderknochen cholera", "muscle cholera wanderknochen"):
        assert not any(match.edition for match in find(query).matches), query


def test_a_newer_edition_that_is_not_out_changes_nothing_that_is_found():
    call_command("load_icd10cm", folder=SMALL, stdout=StringIO())
    live = factories.published()
    before = text_of(Client(), "ossification")
    newer = factories.approved(live.condition, title="Wanderknochen", causes="Wanderlust.")
    publishing.schedule(newer, at=timezone.now() + timedelta(days=1), by=factories.editor())

    assert text_of(Client(), "ossification") == before
    for query in ("Wanderknochen", "Wanderlust", "Wanderknochem"):
        assert "No results" in text_of(Client(), query)
