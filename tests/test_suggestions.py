"""What a query that is being typed may become."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from conditions.models import Alias
from conditions.search import index, ranking
from conditions.search.suggesting import suggest
from tests import factories
from tests.icd10cm_files import SMALL

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _codes():
    call_command("load_icd10cm", folder=SMALL, stdout=StringIO())
    Alias.objects.create(name="blue death", code_id="A00", kind="lay")
    Alias.objects.create(name="bony calf", code_id="M61.56", kind="lay")
    index.rebuild()


def names(query: str) -> list[str]:
    return [each.name for each in suggest(query)]


def test_names_that_begin_so_are_suggested_with_the_page_they_lead_to():
    (only,) = suggest("blue d")

    assert (only.name, only.title, only.code, only.url) == (
        "blue death", "Cholera", "A00", "/codes/A00/",
    )  # fmt: skip
    assert not only.is_it


def test_each_page_is_suggested_once_and_articles_first():
    factories.published(factories.condition("bone-in-the-calf", "M61.56"))

    assert next(each.url for each in suggest("bon")) == "/conditions/bone-in-the-calf/"
    urls = [each.url for each in suggest("bo")]
    assert len(urls) == len(set(urls))


def test_words_within_a_name_are_found_when_none_begins_so():
    assert names("penicillins self")[0] == "Poisoning by penicillins, self-harm"
    assert "/codes/A00.0/" in [each.url for each in suggest("vibri")]


def test_one_letter_is_no_beginning_of_a_word():
    assert suggest("calf b") == []
    assert names("calf bo") == ["bony calf"]


def test_an_article_that_only_mentions_the_words_is_not_suggested():
    factories.published(causes="Perhaps from thunderstorms.")

    assert suggest("thunderst") == []
    assert names("bone in the ca")[0] == "Bone in the calf"


def test_a_page_stands_where_its_likeliest_name_does():
    Alias.objects.create(name="bony zone", code_id="M61.56", kind="phrase")
    Alias.objects.create(name="bony door", code_id="M62", kind="phrase")
    index.rebuild()

    assert names("bony") == ["bony door", "bony calf"]


def test_words_of_different_names_of_a_code_suggest_it(monkeypatch):
    monkeypatch.setattr(ranking, "_NAMES", 1)  # as if "other" stood in most of them

    Alias.objects.create(name="deadly quartet deep under skin", code_id="M61.56", kind="lay")
    index.rebuild()

    assert "/codes/M61.56/" in [each.url for each in suggest("other quart")]


def test_codes_are_suggested_by_their_beginning_the_exact_one_first():
    codes = [each.code for each in suggest("m61.5")]

    assert codes[0] == "M61.5"
    assert {"M61.50", "M61.56"} <= set(codes)
    assert suggest("m61.5")[0].is_it
    assert [each.code for each in suggest("T07X")] == ["T07.XXXA", "T07.XXXD"]


def test_the_one_page_of_just_this_name_is_marked():
    assert [each.is_it for each in suggest("cholera")][:2] == [True, False]
    assert [each.is_it for each in suggest("Blue Death")] == [True]


@pytest.mark.parametrize("typed", ["", "m", " ?", "zzzz", "\u0000", "%%", '"', "the "])
def test_too_little_suggests_nothing(typed):
    assert suggest(typed) == []


def test_gated_words_are_never_suggested():
    factories.published()

    assert suggest(factories.CANARY[:6]) == []
