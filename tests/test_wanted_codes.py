"""Codes that people look for and no article covers: counted by day, and shown to editors."""

from __future__ import annotations

import logging
from datetime import timedelta
from http import HTTPStatus
from io import StringIO
from threading import Event, Thread

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.utils import timezone

from conditions import cataloguing
from conditions.models import Alias, Code, WantedCode
from conditions.search import index, wanted
from conditions.search.wanted import most_wanted
from tests import factories, people
from tests.admin_pages import logged_in, staff_with
from tests.icd10cm_files import SMALL, next_release

LIST = "/admin/conditions/wantedcode/"


@pytest.fixture
def tree() -> None:
    call_command("load_icd10cm", folder=SMALL, stdout=StringIO())
    Alias.objects.create(name="bony calf", code_id="M61.56", kind="lay")
    Alias.objects.create(name="ALL", code_id="A00.0", kind="abbreviation")
    index.refresh_codes(["M61.56", "A00.0"])


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tree")]


def search(query: str) -> None:
    assert Client().get("/search/", {"q": query}).status_code == HTTPStatus.OK


def counted() -> dict[str, int]:
    return dict(WantedCode.objects.values_list("code", "times"))


def on_day(days_ago: int, key: str, times: int = 1) -> None:
    day = timezone.localdate() - timedelta(days=days_ago)
    WantedCode.objects.create(day=day, code_id=key, times=times)


# ── What is counted ───────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("m61569", "M61.569"),
        ("ICD-10 M61.56-", "M61.56"),
        ("bony calf", "M61.56"),
        ("the Bony Calf", "M61.56"),
        ("bony caalf", "M61.56"),
        ("ALL", "A00.0"),
        ("cholera", "A00"),
        ("A00.9 cholera", "A00.9"),
        ("t07.xxxa", "T07.XXXA"),
    ],
)
def test_a_search_that_leads_to_a_code_without_an_article_counts_it(query, key):
    search(query)
    assert counted() == {key: 1}

    search(query)
    assert counted() == {key: 2}
    assert set(WantedCode.objects.values_list("day", flat=True)) == {timezone.localdate()}


def test_the_page_of_a_search_counts_once_and_not_its_filters_or_headers(client):
    client.get("/search/?q=m61569")
    client.head("/search/?q=m61569")
    client.get("/search/?q=m61569&kind=code")
    client.get("/search/?q=m61569&as_typed=1")
    client.get("/api/v1/search?q=m61569")

    assert counted() == {"M61.569": 1}


@pytest.mark.parametrize(
    "query",
    ["", "xyzzy", "M61.58", "M60-M63", "chapter 1", "unspecified", "disorders of muscles", "leg"],
)
def test_what_leads_to_no_code_or_to_none_that_an_article_can_have_counts_nothing(query):
    search(query)

    assert counted() == {}


@pytest.mark.parametrize("holds", ["M61.56", "M61"])
def test_a_code_that_its_own_article_or_one_above_covers_is_not_counted(holds):
    factories.published(factories.condition("ossification", holds), title="Ossified muscle")

    for query in ("m61.56", "bony calf", "ossified muscle"):
        search(query)

    assert counted() == {}


@pytest.mark.parametrize("state", ["draft", "approved", "withdrawn"])
def test_an_article_that_nobody_can_read_leaves_its_code_wanted(state):
    getattr(factories, state)(factories.condition("ossification", "M61.56"))

    search("m61.56")

    assert counted() == {"M61.56": 1}


def test_a_retired_code_is_not_counted(tmp_path):
    call_command("load_icd10cm", folder=next_release(tmp_path), stdout=StringIO())

    search("T07")

    assert counted() == {}


def test_nothing_but_day_code_and_number_is_kept():
    assert [field.name for field in WantedCode._meta.fields] == ["id", "day", "code", "times"]


# ── Nobody waits, nothing breaks ──────────────────────────────────────────────────────────────
def test_a_failure_is_logged_without_what_was_searched(monkeypatch, caplog):
    def locked(*_args):
        raise OperationalError("database is locked: bony calf")

    monkeypatch.setattr(wanted, "_waiting_briefly", locked)
    with caplog.at_level(logging.WARNING):
        search("bony calf")

    assert [record.getMessage() for record in caplog.records] == [
        "A wanted code was not counted: OperationalError"
    ]
    assert counted() == {}


@pytest.mark.django_db(transaction=True)
def test_while_somebody_else_writes_the_count_is_given_up(caplog):
    begun, done = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            on_day(0, "M61.56")
            begun.set()
            done.wait(60)
        connection.close()

    other = Thread(target=hold)
    other.start()
    assert begun.wait(60)
    try:
        search("m61.56")
    finally:
        done.set()
        other.join()

    assert "was not counted: OperationalError" in caplog.text
    assert counted() == {"M61.56": 1}
    search("m61.56")
    assert counted() == {"M61.56": 2}


@pytest.mark.django_db(transaction=True)
def test_searches_at_the_same_time_are_all_counted(monkeypatch):
    monkeypatch.setattr(wanted, "WAIT_MILLISECONDS", 60_000)

    def some() -> None:
        for _each in range(10):
            search("m61.56")
        connection.close()

    threads = [Thread(target=some) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert counted() == {"M61.56": 40}


@pytest.mark.django_db(transaction=True)
def test_after_a_count_the_connection_waits_as_long_as_before():
    asked = "SHOW lock_timeout" if connection.vendor == "postgresql" else "PRAGMA busy_timeout"

    def patience() -> str:
        with connection.cursor() as cursor:
            return str(cursor.execute(asked).fetchone()[0])

    before = patience()
    search("m61.56")

    assert patience() == before


def test_the_daily_cleaning_deletes_counts_of_more_than_400_days():
    on_day(401, "A00")
    on_day(400, "A00.0")

    call_command("clearsessions")

    assert counted() == {"A00.0": 1}


# ── What editors see ──────────────────────────────────────────────────────────────────────────
def test_the_codes_are_listed_by_how_often_they_were_looked_for():
    for days_ago, key, times in [
        *((0, "A00", 2), (29, "A00", 3), (0, "M61.56", 4)),
        *((30, "A00.9", 90), (365, "A00.0", 900)),
    ]:
        on_day(days_ago, key, times)

    assert [(each.code.key, each.times) for each in most_wanted(30)] == [("A00", 5), ("M61.56", 4)]
    assert [each.code.key for each in most_wanted(90)] == ["A00.9", "A00", "M61.56"]


def test_a_code_that_got_an_article_since_is_wanted_no_more():
    on_day(3, "M61.569", 4)
    on_day(3, "A00")
    factories.published(factories.condition("ossification", "M61"))

    assert [each.code.key for each in most_wanted(30)] == ["A00"]


def test_the_page_leads_to_the_code_and_to_a_new_condition(client):
    on_day(0, "M61.56", 1234)
    on_day(60, "A00")
    client.force_login(people.editor())

    html = client.get(LIST).content.decode()

    assert '<a href="/codes/M61.56/">M61.56</a>' in html
    assert "1,234" in html
    assert "/codes/A00/" not in html
    assert "/codes/A00/" in client.get(f"{LIST}?days=90").content.decode()
    assert "last 30 days" in client.get(f"{LIST}?days=7").content.decode()
    start = "/admin/conditions/condition/add/?codes=M61.56"
    assert start in html
    assert 'value="M61.56"' in client.get(start).content.decode()


def test_it_is_for_those_who_see_conditions_and_nobody_changes_it():
    on_day(0, "A00")
    row = WantedCode.objects.get()
    looks_on = logged_in(staff_with("view_condition"))

    html = looks_on.get(LIST).content.decode()
    assert "/codes/A00/" in html
    assert "Start a condition" not in html
    assert LIST in looks_on.get("/admin/").content.decode()
    assert looks_on.get(f"{LIST}{row.pk}/change/").headers["Location"] == "/codes/A00/"
    assert looks_on.get(f"{LIST}{row.pk}/history/").headers["Location"] == "/codes/A00/"
    assert looks_on.get(f"{LIST}add/").status_code == HTTPStatus.FORBIDDEN
    assert looks_on.post(f"{LIST}{row.pk}/delete/").status_code == HTTPStatus.FORBIDDEN
    other = logged_in(staff_with("view_event", email="other@example.org"))
    assert other.get(LIST).status_code == HTTPStatus.FORBIDDEN
    assert other.get(f"{LIST}{row.pk}/change/").status_code == HTTPStatus.FORBIDDEN


def test_without_counts_the_page_says_so(client):
    client.force_login(people.admin())

    assert "There is none." in client.get(LIST).content.decode()


def test_the_counts_stay_when_a_release_is_loaded_and_when_codes_of_conditions_change(tmp_path):
    on_day(0, "M61.50")
    call_command("load_icd10cm", folder=next_release(tmp_path), stdout=StringIO())
    cataloguing.set_codes(factories.condition(), codes=["M61.50"], by=None)

    assert counted() == {"M61.50": 1}
    assert Code.objects.get(key="M61.50").title == "Other ossification, site unspecified"
