"""The API of the search: what it answers, what it refuses, and what never gets into it."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from http import HTTPStatus
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from conditions import publishing
from conditions.api import api
from conditions.models import Alias, SearchWord
from conditions.search import index
from tests import factories, odd_queries, people
from tests.factories import CANARY
from tests.icd10cm_files import SMALL
from tests.watched_client import WatchedClient

pytestmark = pytest.mark.django_db

SEED, MANY = 12, 500  # benchmarks/search_hostile.py asks 2,000 of all codes
PATHS = ("/api/v1/search", "/api/v1/suggest")
LONGEST = 200


@pytest.fixture
def tree() -> None:
    call_command("load_icd10cm", folder=SMALL, stdout=StringIO())


def asked(path: str, q: str, client: Client | None = None, **others: object) -> dict:
    response = (client or Client()).get(path, {"q": q, **others})
    assert response.status_code == HTTPStatus.OK, response.content
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    return response.json()


def search(q: str, client: Client | None = None, **others: object) -> dict:
    return asked("/api/v1/search", q, client, **others)


def suggest(q: str, client: Client | None = None) -> dict:
    return asked("/api/v1/suggest", q, client)


def error(**parameters: object) -> str:
    response = Client().get("/api/v1/search", parameters)
    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.json().keys() == {"error"}
    return response.json()["error"]


# ── What it answers ───────────────────────────────────────────────────────────────────────────
def test_a_code_finds_its_page_first_and_then_its_article(tree):
    factories.published()

    assert search("m61569") == {
        "query": "m61569",
        "corrected": None,
        "total": 2,
        "results": [
            {
                "kind": "code",
                "title": "Other ossification of muscle, unspecified lower leg",
                "code": "M61.569",
                "codes": ["M61.569"],
                "url": "http://localhost:8000/codes/M61.569/",
                "snippet": "",
            },
            {
                "kind": "condition",
                "title": "Bone in the calf",
                "code": "M61.569",
                "codes": ["M61.569"],
                "url": "http://localhost:8000/conditions/bone-in-the-calf/",
                "snippet": "Bone that forms inside a muscle of the lower leg.",
            },
        ],
    }


def test_a_condition_comes_before_codes_and_has_its_main_code_first(tree):
    factories.published(
        factories.condition("ossification", "M61.50", "M61.569"), title="Ossification of muscle"
    )

    found = search("ossification of muscle")["results"]

    assert [each["kind"] for each in found[:2]] == ["condition", "code"]
    assert (found[0]["code"], found[0]["codes"]) == ("M61.50", ["M61.50", "M61.569"])


def test_a_code_says_by_which_other_name_it_was_meant(tree):
    found = search("classical cholera")["results"][0]

    assert (found["code"], found["snippet"]) == ("A00.0", "Found as: Classical cholera")


def test_a_misspelled_query_tells_what_was_searched_for(tree):
    found = search("chollera")

    assert (found["query"], found["corrected"]) == ("chollera", "cholera")
    assert found["results"][0]["code"] == "A00"
    assert search("chollera", as_typed=True)["results"] == []
    assert search("cholera")["corrected"] is None


def test_results_come_in_parts(tree):
    whole = search("ossification", limit=50)

    first, rest = search("ossification", limit=2), search("ossification", limit=50, offset=2)

    assert whole["total"] == first["total"] == rest["total"] == len(whole["results"]) > 2
    assert first["results"] + rest["results"] == whole["results"]
    assert search("ossification", offset=300)["results"] == []


def test_what_is_being_typed_is_completed(tree):
    factories.published()

    assert suggest("Bone in")["suggestions"] == [
        {
            "kind": "condition",
            "name": "Bone in the calf",
            "title": "Bone in the calf",
            "code": "M61.569",
            "url": "/conditions/bone-in-the-calf/",
            "is_it": False,
        }
    ]
    assert suggest("bone in the calf")["suggestions"][0]["is_it"]
    assert [each["code"] for each in suggest("M61.5")["suggestions"]][:2] == ["M61.5", "M61.50"]


def test_nothing_is_found_for_nothing(tree):
    for q in ("", " ", "\t\n\x01", "?!", "\U0001f9b4", "\u0301"):
        found = search(q)

        assert (found["corrected"], found["total"], found["results"]) == (None, 0, [])
        assert suggest(q)["suggestions"] == []


def test_control_characters_are_blanks(tree):
    found = search("\x02cholera\tdue\r\nto\x85vibrio\u2028")

    assert found["query"] == "cholera due to vibrio"
    assert found["results"][0]["code"] == "A00.0"


def test_no_parameter_is_needed():
    assert Client().get("/api/v1/search").json()["results"] == []
    assert Client().get("/api/v1/suggest").json() == {"query": "", "suggestions": []}


# ── What it refuses ───────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("limit", ["0", "51", "-1", "ten", "", "1.5", "9" * 30, "1;--"])
def test_a_limit_out_of_bounds_is_refused_with_what_it_may_be(limit):
    assert error(q="x", limit=limit) == "limit must be a whole number from 1 to 50."


def test_each_wrong_parameter_is_named():
    said = error(q="x" * (LONGEST + 1), offset="-1", as_typed="perhaps")

    assert said == (
        "q may have at most 200 characters. offset must be a whole number from 0 to 300. "
        "as_typed must be true or false."
    )


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("letter", ["x", "\U0001f9b4", " ", "ل"])
def test_a_query_may_have_200_characters_and_no_more(path, letter):
    client = Client()

    assert client.get(path, {"q": letter * LONGEST}).status_code == HTTPStatus.OK
    for many in (LONGEST + 1, 5000, 100_000):
        refused = client.get(path, {"q": letter * many})
        assert refused.status_code == HTTPStatus.BAD_REQUEST
        assert refused.json() == {"error": "q may have at most 200 characters."}


@pytest.mark.parametrize("path", [*PATHS, "/api/v1/openapi.json"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_there_is_only_reading(path, method):
    response = getattr(Client(), method)(path)

    assert response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD"}


@pytest.mark.parametrize("path", [*PATHS, "/api/v1/openapi.json"])
def test_a_head_request_tells_what_a_get_would(path):
    head, get = Client().head(path, {"q": "bone"}), Client().get(path, {"q": "bone"})

    assert (head.status_code, head.content) == (get.status_code, b"")
    assert head.headers["Content-Type"] == get.headers["Content-Type"]


@pytest.mark.parametrize("path", ["", "docs", "nothing", "search/", "search/x", "../search"])
def test_there_is_nothing_else(path):
    assert Client().get(f"/api/v1/{path}").status_code == HTTPStatus.NOT_FOUND


# ── Odd queries ───────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("path", PATHS)
def test_addresses_that_no_browser_sends_are_answered(tree, path):
    for address in (
        "q=%ED%A0%80", "q=%FF", "q=%C3", "q=%", "q=%zz", "q=%uD800", "q", "q=a&q=b", "=", "&&",
        "q[]=a", "q=\ud800", "q=%F4%90%80%80", "q=%C0%80", "q=a;b=c", "q=" + "%20" * 200,
    ):  # fmt: skip
        query = address.encode("utf-8", "surrogatepass").decode("latin-1")

        assert Client().get(path, QUERY_STRING=query).status_code == HTTPStatus.OK, address


@pytest.mark.parametrize("path", PATHS)
def test_a_nul_is_refused(path):
    assert Client().get(f"{path}?q=a%00b").status_code == HTTPStatus.BAD_REQUEST


def test_operators_are_only_signs(tree):
    for q in (
        "cholera*",
        '"cholera"',
        "cholera AND",
        "cholera:*",
        "(cholera",
        "!cholera",
        "^cholera",
    ):
        assert search(q)["results"][0]["code"] == "A00", q


def test_a_percent_sign_or_underscore_stands_for_nothing_else(tree):
    assert search("%")["results"] == search("_")["results"] == []
    assert search("chol%ra", as_typed=True)["results"] == []


def test_no_odd_query_is_an_error(tree):
    factories.published()
    known = [*SearchWord.objects.order_by("word").values_list("word", flat=True), "M61.569", "the"]
    queries = list(odd_queries.random_queries(SEED, MANY, known))
    client = Client()
    assert len(queries) == MANY

    for at, q in enumerate(queries):
        assert client.get("/api/v1/search", {"q": q}).status_code == HTTPStatus.OK, q
        if at % 2:
            assert client.get("/api/v1/suggest", {"q": q}).status_code == HTTPStatus.OK, q


# ── What never gets into it ───────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("state", ["published", "scheduled", "withdrawn", "draft"])
def test_a_gated_word_finds_nothing_for_anybody(tree, state):
    _in_state(state)
    index.rebuild()
    clients = {None: WatchedClient()} | {
        who: Client() for who in (people.reader, people.author, people.admin)
    }
    for who, client in clients.items():
        if who:
            client.force_login(who(f"another-{who.__name__}@example.org"))
        for q in (CANARY, CANARY[:-1], f'"{CANARY}"', "secret.svg", "gated-2021"):
            assert search(q, client, as_typed=True)["total"] == 0
            assert suggest(q, client)["suggestions"] == []
        assert CANARY not in json.dumps(search("bone in the calf", client, limit=50))


@pytest.mark.parametrize("state", ["scheduled", "withdrawn", "draft"])
def test_a_condition_that_is_not_out_is_in_no_answer(tree, state):
    _in_state(state)
    for q in ("bone in the calf", "heterotopic ossification", "swelling", "M61.569"):
        found = search(q, limit=50)["results"] + suggest(q)["suggestions"]

        assert {each["kind"] for each in found} <= {"code"}
        assert "alf" not in json.dumps(found)


def test_an_alias_out_of_use_is_in_no_answer(tree):
    Alias.objects.create(name="blue death", code_id="A00", kind="lay", is_in_use=False)
    index.rebuild()

    assert search("blue death")["total"] == 0
    assert suggest("blue d")["suggestions"] == []


def _in_state(state: str) -> None:
    if state == "scheduled":
        edition = factories.approved()
        publishing.schedule(edition, at=timezone.now() + timedelta(days=1), by=factories.editor())
    else:
        getattr(factories, state)()


# ── Who asked what ────────────────────────────────────────────────────────────────────────────
def test_no_log_record_holds_a_query(tree, caplog):
    client = Client(raise_request_exception=False)
    secret = "zqsecretquery"
    with caplog.at_level(logging.DEBUG):
        for path in (*PATHS, "/api/v1/nothing", "/api/v1/"):
            client.get(path, {"q": secret})
            client.get(path, {"q": secret * 50})
            client.get(path, {"q": f"{secret}\0"})
            client.post(f"{path}?q={secret}")

    assert caplog.records
    for record in caplog.records:
        assert secret not in logging.Formatter().format(record)


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_is_kept_nowhere_and_starts_no_session(tree, path):
    response = WatchedClient().get(path, {"q": "cholera"})

    assert response.headers["Cache-Control"] == "private, no-store"
    assert "Access-Control-Allow-Origin" not in response.headers
    assert not response.cookies


# ── Its description ───────────────────────────────────────────────────────────────────────────
SNAPSHOT = Path(settings.BASE_DIR) / "docs" / "openapi.json"


def test_the_description_is_the_one_that_is_kept():
    told = Client().get("/api/v1/openapi.json").json()

    assert told == json.loads(SNAPSHOT.read_text(encoding="utf-8")), "`make openapi` writes it anew"


def test_the_kept_description_is_what_the_command_writes(tmp_path, settings):
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()

    call_command("write_openapi", stdout=StringIO())

    assert (tmp_path / "docs" / "openapi.json").read_bytes() == SNAPSHOT.read_bytes()


def test_the_description_is_sound():
    told = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    schemas = told["components"]["schemas"]

    assert told["openapi"].startswith("3.1")
    assert set(told["paths"]) == set(PATHS)
    for reference in _values(told, "$ref"):
        assert reference.removeprefix("#/components/schemas/") in schemas
    for path in told["paths"].values():
        assert set(path) == {"get"}
        assert path["get"]["responses"].keys() == {"200", "400"}
        for parameter in path["get"]["parameters"]:
            assert parameter["in"] == "query"
            assert parameter["description"]
            # A map there; schemas have a list. Not both may have the same.
            assert "examples" not in parameter
    assert all(isinstance(each, list) for each in _values(told, "examples"))


@pytest.mark.parametrize(("path", "model", "inner"), [
    ("/api/v1/search", "SearchAnswer", "FoundPage"),
    ("/api/v1/suggest", "SuggestAnswer", "SuggestedPage"),
])  # fmt: skip
def test_answers_are_as_described(tree, path, model, inner):
    schemas = api.get_openapi_schema()["components"]["schemas"]

    answer = asked(path, "cholera")

    assert list(answer) == schemas[model]["required"]
    listed = answer.get("results") or answer.get("suggestions")
    assert all(list(each) == schemas[inner]["required"] for each in listed)


def _values(of: object, key: str) -> list:
    if isinstance(of, dict):
        own = [of[key]] if key in of else []
        return own + [found for value in of.values() for found in _values(value, key)]
    return [found for value in of for found in _values(value, key)] if isinstance(of, list) else []
