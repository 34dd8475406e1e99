"""What is found for what people type, and in which order."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from conditions import publishing
from conditions.models import Alias, Edition
from conditions.search import finding, index
from conditions.search.finding import Found, find
from conditions.search.results import hits, results
from conditions.search.suggesting import suggest
from tests import factories
from tests.icd10cm_files import SMALL

pytestmark = pytest.mark.django_db

ALIASES = (
    ("bony calf", "M61.56", "lay"),
    ("gluey elbow", "M62", "lay"),
    ("gluteal ache", "M62", "lay"),
    ("jellyknee", "M62", "lay"),
    ("muscle of stone", "M61", "lay"),
    ("Trousseau's muscle", "M61", "eponym"),
    ("HOM", "M61.5", "abbreviation"),
    ("ALL", "A00.9", "abbreviation"),
    ("blue death", "A00", "lay"),
    ("Asiatic cholera", "A00", "synonym"),
    ("penicillin oedema", "T36.0", "spelling"),
)


@pytest.fixture(autouse=True)
def _codes():
    call_command("load_icd10cm", folder=SMALL, stdout=StringIO())
    Alias.objects.bulk_create(
        Alias(name=name, code_id=code, kind=kind) for name, code, kind in ALIASES
    )
    index.rebuild()


def listed(found: Found) -> list[str]:
    """The titles of conditions and the keys of codes, in their order."""
    rows = results(found, hits(found))
    return [row.title if row.kind == "condition" else row.code for row in rows]


def found_by(query: str) -> list[str]:
    return listed(find(query))


# ── Codes ─────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "typed",
    [
        "M61.569", "m61.569", "m61569", "M61 569", "M61-569", " M61.569 ", "ICD-10 M61.569",
        "icd10 code m61.569", "ICD-10-CM: M61.569", "code M61569", "M61.569.", "M6I.569",
    ],
)  # fmt: skip
def test_a_code_is_found_in_every_spelling(typed):
    found = find(typed)

    assert found.is_code
    assert listed(found) == ["M61.569"]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("M61.5-", "M61.5"), ("m61.-", "M61"), ("m60-m63", "M60-M63"), ("chapter 2", "chapter-2"),
        ("t07xxxa", "T07.XXXA"), ("T36.0X1A", "T36.0X1A"), ("B99", "B99"),
    ],
)  # fmt: skip
def test_dashes_blocks_chapters_and_seventh_characters_are_codes_too(typed, code):
    assert found_by(typed) == [code]


def test_after_a_code_comes_the_article_that_it_leads_to():
    factories.published(factories.condition("bone-in-the-calf", "M61.56"))

    assert found_by("m61.562") == ["M61.562", "Bone in the calf"]


def test_a_code_among_words_comes_first():
    assert found_by("A00.0 cholera")[0] == "A00.0"
    assert "A00" in found_by("A00.0 cholera")


def test_the_words_beside_a_code_are_looked_for_without_it():
    assert found_by("B99 cholera") == ["B99", *found_by("cholera")]
    assert find("B99 colera").corrected == "B99 cholera"
    assert not find("HLA-B99 cholera").codes
    assert found_by("what is the code B99?") == ["B99"]


def test_for_a_code_that_does_not_exist_the_nearest_is_shown():
    found = find("M61.599")

    assert found.missing_code
    assert listed(found) == ["M61.5"]


def test_codes_with_a_seventh_character_are_found_by_code_alone():
    assert "T07.XXXA" not in found_by("multiple injuries initial encounter")
    assert found_by("multiple injuries")[0] == "T07"


# ── Names ─────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("cholera", "A00"), ("CHOLERA", "A00"), ("bony calf", "M61.56"), ("Bony Calf!", "M61.56"),
        ("muscle of stone", "M61"), ("trousseaus muscle", "M61"), ("Trousseau’s muscle", "M61"),
        ("what is blue death?", "A00"), ("blue death symptoms", "A00"), ("HOM", "M61.5"),
        ("classical cholera", "A00.0"), ("penicillin edema", "T36.0"),
        ("penicillin oedema", "T36.0"), ("poisoned by penicillin", "T36.0"),
    ],
)  # fmt: skip
def test_names_are_found_as_people_write_them(typed, code):
    assert found_by(typed)[0] == code


def test_words_of_a_query_may_stand_in_any_order():
    assert found_by("calf bony")[0] == "M61.56"


def test_the_last_word_may_be_unfinished():
    assert found_by("poisoning by penici")[0] == "T36.0"


def test_an_abbreviation_that_is_a_word_is_meant_only_alone():
    assert found_by("ALL")[0] == "A00.9"
    assert "A00.9" not in found_by("all muscle of stone")
    assert "A00.9" not in found_by("what is it all for")


def test_the_category_comes_before_its_codes():
    codes = found_by("ossification muscle")

    assert codes.index("M61") < codes.index("M61.5") < codes.index("M61.569")


def test_why_a_code_was_found_is_said():
    found = find("blue death")

    assert results(found, hits(found))[0].snippet == "Found as: blue death"


def test_of_more_codes_than_are_ranked_those_with_short_names_are_kept(monkeypatch):
    monkeypatch.setattr(finding, "MOST_CODES", 2)

    assert found_by("ossification") == ["M61", "M61.56"]
    assert found_by("poisoning") == ["T36.0", "T36-T50"]


def test_of_codes_with_some_words_those_with_most_and_the_rarest_are_kept(monkeypatch):
    monkeypatch.setattr(finding, "MOST_CODES", 1)

    assert found_by("gluey cholera elbow") == ["M62"]
    assert found_by("gluey vibrio cholera") == ["A00.0"]


# ── Articles ──────────────────────────────────────────────────────────────────────────────────
def test_an_article_comes_before_codes_of_the_same_name():
    factories.published(title="Ossification of muscle")

    assert found_by("ossification of muscle")[0] == "Ossification of muscle"


def test_an_alias_of_a_code_leads_to_the_article_on_it():
    factories.published(factories.condition("bone-in-the-calf", "M61.56"))

    assert found_by("bony calf") == ["Bone in the calf", "M61.56"]


def test_an_article_is_found_by_its_other_names_and_by_words_of_its_public_text():
    factories.published(also_known_as=("quarrystone",), causes="Perhaps from thunderstorms.")

    assert found_by("quarrystone")[0] == "Bone in the calf"
    assert found_by("thunderstorm") == ["Bone in the calf"]


def test_words_of_gated_text_find_nothing():
    factories.published()

    assert found_by(factories.CANARY) == []


def test_of_an_article_nothing_is_found_before_its_time_or_after_its_withdrawal():
    edition = factories.approved(title="Quarrystone", also_known_as=("petrosis",))
    assert found_by("quarrystone") == []

    publishing.schedule(edition, at=timezone.now() + timedelta(hours=1), by=factories.editor())
    assert found_by("quarrystone") == []
    assert find("quarystone").corrected == ""
    assert suggest("quarry") == suggest("petro") == []

    Edition.objects.filter(pk=edition.pk).update(publish_at=timezone.now())
    assert found_by("quarrystone") == ["Quarrystone"]
    assert listed(find("petroses")) == ["Quarrystone"]

    edition.refresh_from_db()
    publishing.withdraw(edition, by=factories.editor(), notice="We found a mistake.")
    assert found_by("quarrystone") == []
    assert suggest("quarry") == []


def test_of_two_editions_the_live_one_is_found():
    first = factories.published(title="Quarrystone")
    factories.published(first.condition, title="Marblestone")

    assert found_by("quarrystone") == []
    assert found_by("marblestone") == ["Marblestone"]


# ── Spelling ──────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("typed", "meant", "code"),
    [
        ("colera", "cholera", "A00"), ("chloera", "cholera", "A00"), ("kolera", "cholera", "A00"),
        ("gluey elbwo", "gluey elbow", "M62"), ("Blue deth", "Blue death", "A00"),
        ("osification of muscle", "ossification of muscle", "M61"),
        ("jelly knee", "jellyknee", "M62"), ("bluedeath", "blue death", "A00"),
        ("poisoning by peniccilin", "poisoning by penicillin", "T36.0"),
    ],
)  # fmt: skip
def test_a_misspelled_word_is_corrected_and_that_is_said(typed, meant, code):
    found = find(typed)

    assert found.corrected == meant
    assert listed(found)[0] == code


def test_a_known_word_is_taken_for_a_commoner_one_alone():
    for name, code in (("loud wrist", "M62"), ("odd wrist", "M61"), ("waist band", "M61.5")):
        Alias.objects.create(name=name, code_id=code, kind="lay")
    index.rebuild()

    assert find("loud waist").corrected == "loud wrist"
    assert find("wrist band").corrected == ""
    assert {"M61", "M62"} <= set(found_by("wrist band"))


def test_who_insists_gets_what_they_typed():
    found = find("colera", as_typed=True)

    assert found.corrected == ""
    assert "A00" not in listed(found)


@pytest.mark.parametrize(
    "typed", ["HOM", "M61", "cho", "hon", "1234567", "cholera", "poisonings", "what"]
)
def test_abbreviations_short_words_numbers_and_forms_of_a_word_are_not_corrected(typed):
    assert find(typed).corrected == ""


def test_a_form_of_a_known_word_is_not_taken_apart():
    for name in ("barbells", "bar", "bel"):
        Alias.objects.create(name=name, code_id="M62", kind="lay")
    index.rebuild()

    found = find("barbel")

    assert (found.corrected, listed(found)) == ("", ["M62"])


def test_when_no_page_has_all_words_those_with_some_are_shown():
    found = find("cholera xylophone")

    assert listed(found)[0] == "A00"


@pytest.mark.parametrize("typed", ["", " ", "?!", "\u200b", "日本", "xq", "%", "the", "0" * 200])
def test_nothing_is_found_where_nothing_is(typed):
    assert found_by(typed) == []
