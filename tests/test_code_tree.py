"""The code tree: what stands above, below and nearest, by index searches only."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from conditions.code_links import NoteLinks
from conditions.codes import canonical_key, codes_above
from conditions.models import Code, CodeNote
from tests import factories
from tests.icd10cm_files import SMALL

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _tree(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("django_db"):
        call_command("load_icd10cm", folder=SMALL, stdout=StringIO())


def code(key: str) -> Code:
    return Code.objects.get(key=key)


def keys(codes: QuerySet[Code]) -> list[str]:
    return [found.key for found in codes]


# ── Above and below ───────────────────────────────────────────────────────────────────────────
def test_the_breadcrumb_leads_from_the_chapter_to_the_code():
    assert keys(Code.objects.breadcrumb(code("M61.569"))) == [
        *("chapter-2", "M60-M63", "M61", "M61.5", "M61.56", "M61.569")
    ]
    assert keys(Code.objects.breadcrumb(code("chapter-2"))) == ["chapter-2"]


def test_around_a_code_are_those_above_and_those_right_below():
    assert keys(Code.objects.around(code("M61.56"))) == [
        *("chapter-2", "M60-M63", "M61", "M61.5", "M61.56", "M61.561", "M61.562", "M61.569")
    ]
    assert keys(Code.objects.around(code("M00-M25"))) == ["chapter-2", "M00-M25"]


def test_chapters_come_in_the_order_of_the_list():
    assert keys(Code.objects.chapters()) == ["chapter-1", "chapter-2", "chapter-3"]


def test_below_are_all_descendants_and_their_number_needs_no_query(django_assert_num_queries):
    block = code("T36-T50")
    with django_assert_num_queries(0):
        assert block.descendants == 11
    below = keys(Code.objects.below(block))
    assert len(below) == 11
    assert (below[0], below[-1]) == ("T36", "T36.10X1")


def test_a_code_says_what_it_is():
    assert str(code("B99-B99")) == "B99-B99 Other infectious diseases"
    assert str(CodeNote.objects.get(code="A00.0")) == "Inclusion terms: Classical cholera"
    assert code("T07.XXXA").get_kind_display() == "code with a 7th character"


# ── Notes ─────────────────────────────────────────────────────────────────────────────────────
def test_notes_of_the_codes_above_apply_and_say_where_they_come_from():
    applying = CodeNote.objects.applying_to(code("M61.569"))
    assert [(note.code.key, note.kind) for note in applying] == [
        ("chapter-2", "note"),
        ("chapter-2", "excludes2"),
        ("chapter-2", "excludes2"),
        ("M60-M63", "excludes1"),
        ("M60-M63", "excludes1"),
    ]


def test_an_inclusion_term_belongs_to_its_own_code_alone():
    CodeNote.objects.create(code_id="A00", position=0, kind="inclusion_term", text="Asiatic")

    terms = CodeNote.objects.applying_to(code("A00.0")).filter(kind="inclusion_term")

    assert [note.text for note in terms] == ["Classical cholera"]


# ── The nearest article ───────────────────────────────────────────────────────────────────────
def test_a_code_with_a_published_article_has_its_own():
    factories.published(factories.condition("calf", "M61.569"))
    factories.published(factories.condition("muscle", "M61"))

    assert code("M61.569").nearest_coding().condition.slug == "calf"


def test_without_one_the_nearest_code_above_gives_its_article():
    factories.published(factories.condition("muscle", "M61"))
    factories.published(factories.condition("ossification", "M61.5", "A00"))

    nearest = code("M61.569").nearest_coding()

    assert (nearest.code, nearest.condition.slug) == ("M61.5", "ossification")


@pytest.mark.parametrize("state", ["draft", "approved", "withdrawn"])
def test_an_article_that_is_not_published_gives_way_to_one_further_up(state):
    factories.published(factories.condition("muscle", "M61"))
    getattr(factories, state)(factories.condition("calf", "M61.569"))

    assert code("M61.569").nearest_coding().code == "M61"


def test_articles_beside_and_below_are_not_near():
    factories.published(factories.condition("beside", "M61.561"))

    assert code("M61.569").nearest_coding() is None
    assert code("M61.56").nearest_coding() is None


def test_another_language_has_articles_of_its_own():
    factories.published(factories.condition("calf", "M61.569"))

    assert code("M61.569").nearest_coding("es") is None


# ── Spellings ─────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("typed", "key"),
    [
        *(("m61569", "M61.569"), ("M61.569", "M61.569"), (" m61.5- ", "M61.5"), ("M61.-", "M61")),
        *(("t360x1a", "T36.0X1A"), ("B99", "B99"), ("b99-b99", "B99-B99")),
        *(("m60-m63", "M60-M63"), ("M60–m63", "M60-M63")),
        *(("chapter-2", "chapter-2"), ("Chapter 2", "chapter-2"), ("CHAPTER-02", "chapter-2")),
    ],
)
def test_what_people_type_finds_the_one_code(typed, key):
    assert keys(Code.objects.spelled(typed)) == [key]


@pytest.mark.parametrize("typed", ["", "heart", "M61.57", "chapter-4", "M60-", "M60-M64", "M60-M6"])
def test_what_is_no_code_of_the_tree_finds_nothing(typed):
    assert keys(Code.objects.spelled(typed)) == []


def test_an_unknown_code_has_its_closest_codes():
    assert keys(Code.objects.closest_to("m61.567a")) == ["M61", "M61.5", "M61.56"]
    assert keys(Code.objects.closest_to("M99.9")) == []
    assert keys(Code.objects.closest_to("heart")) == []


def test_the_codes_above_are_the_beginnings_of_a_code():
    assert codes_above("T36.0X1A") == ["T36", "T36.0", "T36.0X", "T36.0X1"]
    assert codes_above("T36") == ["T36"]
    assert canonical_key("chapter-22") == "chapter-22"


# ── How they are found ────────────────────────────────────────────────────────────────────────
QUESTIONS: dict[str, Callable[[], object]] = {
    "breadcrumb": lambda: list(Code.objects.breadcrumb(code("M61.569"))),
    "chapters": lambda: list(Code.objects.chapters()),
    "around": lambda: list(Code.objects.around(code("M61.5"))),
    "below": lambda: list(Code.objects.below(code("M61"))),
    "spelled": lambda: list(Code.objects.spelled("m61569")),
    "closest": lambda: list(Code.objects.closest_to("M61.567")),
    "notes": lambda: list(CodeNote.objects.applying_to(code("M61.569"))),
    "nearest article": lambda: code("M61.569").nearest_coding(),
    "codes in notes": lambda: NoteLinks(["M61.5-, disorders of muscles (M60-M63), any (M00-M99)"]),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_is_answered_by_index_searches_alone(question):
    factories.published(factories.condition("muscle", "M61"))
    with CaptureQueriesContext(connection) as queries:
        assert QUESTIONS[question]() is not None

    found = [scan for query in queries for scan in scans(query["sql"])]
    assert found == []


def scans(sql: str) -> list[str]:
    """Steps of the plan that read a whole table or a whole index."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            return [step for *_, step in cursor if re.match("SCAN (?!CONSTANT ROW)", step)]
        # Of so few rows reading all is cheapest, so the planner is told of many, until the test's
        # transaction is rolled back.
        cursor.execute("DELETE FROM pg_statistic WHERE starelid::regclass::text ~ '^conditions_'")
        cursor.execute(
            "UPDATE pg_class SET reltuples = 100000, relpages = 1 "
            "WHERE relkind = 'r' AND relname ~ '^conditions_'"
        )
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
        ((explained,),) = cursor.fetchall()
    return [str(step) for step in steps(explained[0]["Plan"]) if is_whole(step)]


def steps(step: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield step
    for below in step.get("Plans", []):
        yield from steps(below)


def is_whole(step: dict[str, Any]) -> bool:
    kind = step["Node Type"]
    return kind == "Seq Scan" or ("Index" in kind and "Index Cond" not in step)


def test_a_whole_table_and_a_whole_index_would_be_noticed():
    assert scans("SELECT * FROM conditions_code WHERE title = 'x'")
    assert scans("SELECT path FROM conditions_code ORDER BY path")
    assert not scans("SELECT * FROM conditions_code WHERE path IN ('01', '0101')")
