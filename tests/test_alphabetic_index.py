"""`load_icd10cm --index`: the terms of the official Alphabetic Index, for the search to find."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from conditions.models import Alias, Code
from conditions.search.finding import find
from tests.icd10cm_files import SMALL

pytestmark = pytest.mark.django_db

INDEX = Path(__file__).parent / "data" / "icd10cm-index-2026.xml"
ENTRIES = [
    ("Cholera", "A00.9"),
    ("Cholera classical", "A00.0"),
    ("Injury multiple", "T07"),
    ("Ossification muscle", "M61.5"),
    ("Ossification muscle Lower leg", "M61.56"),
]


def load(index: Path = INDEX, **options) -> list[str]:
    out = StringIO()
    options = {"folder": SMALL, "unless_loaded": True, **options}
    call_command("load_icd10cm", index=index, stdout=out, **options)
    return out.getvalue().splitlines()


def rewritten(folder: Path, *changes: tuple[str, str]) -> Path:
    text = INDEX.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path = folder / INDEX.name
    path.write_text(text, encoding="utf-8")
    return path


def refused(index: Path) -> str:
    before = stored()
    with pytest.raises(CommandError) as refusal:
        load(index)
    assert stored() == before
    return str(refusal.value)


def stored() -> list[tuple[str, str]]:
    return sorted(Alias.objects.filter(origin="index").values_list("name", "code"))


def codes_found(query: str) -> list[str]:
    return [match.code for match in find(query).matches]


# ── Loading ───────────────────────────────────────────────────────────────────────────────────
def test_each_term_with_a_code_is_a_name_of_it_by_its_path_without_modifiers():
    load()

    assert stored() == ENTRIES
    assert set(Alias.objects.values_list("kind", "origin", "is_in_use")) == {
        ("index", "index", True)
    }


def test_its_terms_are_found_and_no_page_lists_them(client):
    load()

    assert codes_found("injury multiple")[0] == "T07"
    assert "Also called" not in client.get("/codes/T07/").content.decode()
    call_command("check_index", stdout=StringIO())


def test_codes_that_are_not_loaded_are_counted_and_told():
    told = load()

    assert told[-2:] == [
        "2 codes of the index are not loaded, or have a 7th character: Q75.009, T07.XXXA",
        "Alphabetic Index 2026: 5 created, 0 changed, 0 deleted, 0 kept, 0 unchanged",
    ]


def test_a_second_run_writes_nothing():
    load()

    assert load()[-1] == "Alphabetic Index 2026: unchanged, 0 rows written"


def test_the_next_index_replaces_the_one_before(tmp_path):
    load()

    told = load(rewritten(tmp_path, ("classical", "true"), ("<version>2026", "<version>2027")))

    assert told[-1].startswith("Alphabetic Index 2027: 1 created, 0 changed, 1 deleted")
    assert ("Cholera true", "A00.0") in stored()
    assert ("Cholera classical", "A00.0") not in stored()


def test_what_editors_and_the_file_of_names_say_stays():
    call_command("load_icd10cm", folder=SMALL, stdout=StringIO())
    Alias.objects.create(name="cholera CLASSICAL", code_id="A00.0", kind="lay")
    Alias.objects.create(name="injury multiple", code_id="T07", kind="lay", origin="file")

    assert "3 created, 0 changed, 0 deleted, 2 kept" in load()[-1]
    Alias.objects.filter(name="Ossification muscle").update(is_in_use=False)
    assert load()[-1].endswith("unchanged, 0 rows written")
    assert set(Alias.objects.filter(is_in_use=False).values_list("name", flat=True)) == {
        "Ossification muscle"
    }


def test_a_report_writes_nothing():
    load()
    Alias.objects.all().delete()

    told = load(report=True)

    assert told[-1].endswith("(report: nothing was written)")
    assert stored() == []


def test_a_path_too_long_for_a_name_is_left_out_and_told(tmp_path):
    told = load(rewritten(tmp_path, ("classical", "very " * 40)))

    assert "Terms too long for a name, which were left out: 1" in told
    assert len(stored()) == len(ENTRIES) - 1


# ── Refusing ──────────────────────────────────────────────────────────────────────────────────
def test_a_truncated_file_is_refused_with_its_line_before_any_code_is_loaded(tmp_path):
    path = tmp_path / INDEX.name
    path.write_text("\n".join(INDEX.read_text(encoding="utf-8").splitlines()[:20]))

    message = refused(path)

    assert message.startswith(f"{INDEX.name}, line 20: this is not whole, well-formed XML")
    assert message.endswith("Nothing was changed.")
    assert not Code.objects.exists()


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ([("ICD10CM.index", "ICD10CM.tabular")], "line 2: <ICD10CM.tabular> does not belong"),
        ([("INDEX TO DISEASES and INJURIES", "EXTERNAL CAUSE INDEX")], "line 4: “ICD-10-CM EXTER"),
        ([("<ICD10CM.index>", "<!DOCTYPE x><ICD10CM.index>")], "line 2: a document type"),
        ([("title>", "name>")], "line 5: <letter> does not belong here"),
        ([("code>", "number>")], f"{INDEX.name}: no term in this file has a code."),
    ],
)
def test_a_foreign_file_is_refused_and_what_was_loaded_stays(tmp_path, changes, place):
    load()

    assert place in refused(rewritten(tmp_path, *changes))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert "No such file" in refused(tmp_path / "none.xml")
