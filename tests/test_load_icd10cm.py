"""`manage.py load_icd10cm`: the code tree, its next release, and what is refused."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from conditions import code_rows
from conditions.icd10cm import CodeRow, NoteRow, files_in, packaged_files, read_release
from conditions.models import Code, CodeNote, CodeRelease, Coding
from tests import factories
from tests.icd10cm_files import CODE_LIST, SMALL, TABULAR, copied, next_release, rewrite

pytestmark = pytest.mark.django_db

UNCHANGED = "ICD-10-CM 2026: unchanged, 0 rows written"


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def load(folder: Path = SMALL, *, out: StringIO | None = None, **options) -> str:
    out = out or StringIO()
    call_command("load_icd10cm", folder=folder, stdout=out, **options)
    return out.getvalue()


def refused(folder: Path) -> str:
    with pytest.raises(CommandError) as refusal:
        load(folder)
    return str(refusal.value)


def stored() -> tuple[list[CodeRow], list[NoteRow]]:
    codes = sorted(code_rows.stored_codes(), key=lambda row: row.path)
    notes = {code.key: code.position or 0 for code in codes}
    return codes, sorted(code_rows.stored_notes(), key=lambda row: (notes[row.code], row.position))


def writes(queries: CaptureQueriesContext) -> list[str]:
    verbs = ("INSERT", "UPDATE", "DELETE", "COPY")
    return [query["sql"] for query in queries if query["sql"].startswith(verbs)]


# ── Loading ───────────────────────────────────────────────────────────────────────────────────
def test_the_tables_hold_what_the_files_say():
    out = load()

    release = read_release(files_in(SMALL))
    assert stored() == (release.codes, release.notes)
    assert out.endswith("ICD-10-CM 2026: 36 codes and 21 notes\n")
    loaded = CodeRelease.objects.get()
    assert (loaded.version, loaded.codes, loaded.notes) == ("2026", 36, 21)
    assert loaded.digest == files_in(SMALL).digest()


def test_the_packaged_release_is_loaded_whole():
    call_command("load_icd10cm", stdout=StringIO())

    assert Code.objects.count() == 98_505
    assert Code.objects.filter(billable=True).count() == 74_719
    assert CodeNote.objects.count() == 26_959
    release = read_release(packaged_files())
    assert stored() == (release.codes, release.notes)


def test_a_second_run_writes_nothing():
    load()
    with CaptureQueriesContext(connection) as queries:
        assert UNCHANGED in load()

    assert writes(queries) == []


def test_unless_loaded_does_not_even_read_the_files_again(monkeypatch):
    assert "36 codes and 21 notes" in load(unless_loaded=True)
    monkeypatch.setattr("conditions.code_loading.read_release", None)

    assert load(unless_loaded=True) == "These files are loaded.\n"


def test_a_tree_that_somebody_meddled_with_is_mended():
    load()
    before = stored()
    Code.objects.filter(key="M61.56").update(title="Something else", parent="M61")
    CodeNote.objects.filter(code="M62", position=0).delete()
    CodeNote.objects.create(code_id="A00", position=0, kind="note", text="Not of the release.")

    out = load()

    assert stored() == before
    assert "renamed  M61.56  Something else → Other ossification of muscle, lower leg" in out
    assert "moved    M61.56  M61 → M61.5" in out
    assert "2 with other notes" in out


def test_files_that_differ_in_blanks_alone_change_no_row(tmp_path):
    load()
    before = stored()
    folder = copied(tmp_path)
    rewrite(folder / CODE_LIST, ("M62     ", "M62  "))

    assert "0 added, 0 retired, 0 renamed, 0 moved" in load(folder)
    assert stored() == before
    assert UNCHANGED in load(folder)


# ── The next release ──────────────────────────────────────────────────────────────────────────
def test_a_new_release_says_what_it_adds_retires_renames_and_moves(tmp_path):
    load()
    lines = load(next_release(tmp_path)).splitlines()

    assert lines[-1] == (
        "ICD-10-CM 2027: 1 added, 5 retired, 1 renamed, 1 moved, 0 returned, "
        "0 with other billing, 0 with other notes"
    )
    assert "added    A00.1  Cholera, El Tor" in lines
    assert "retired  A00.9  Cholera, unspecified" in lines
    assert "retired  T07.XXXD  Unspecified multiple injuries, subsequent encounter" in lines
    assert "moved    M62  M60-M63 → M00-M25" in lines
    assert (
        "renamed  M61.50  Other ossification of muscle, unspecified site → "
        "Other ossification, site unspecified"
    ) in lines


def test_after_a_new_release_the_current_codes_are_as_if_it_came_first(tmp_path):
    load()
    folder = next_release(tmp_path)
    load(folder)

    current = [row for row in stored()[0] if not row.retired_in]
    assert current == read_release(files_in(folder)).codes
    assert "unchanged, 0 rows written" in load(folder)
    assert list(CodeRelease.objects.values_list("version", flat=True)) == ["2027", "2026"]


def test_a_retired_code_keeps_its_page_its_place_and_its_notes(tmp_path):
    load()
    notes = list(CodeNote.objects.filter(code="T07").values_list("kind", "text"))
    load(next_release(tmp_path))

    retired = Code.objects.get(key="T07.XXXA")
    assert (retired.retired_in, retired.position, retired.billable) == ("2027", None, False)
    above = Code.objects.breadcrumb(retired).values_list("key", flat=True)
    assert list(above) == ["chapter-3", "T07-T07", "T07", "T07.XXXA"]
    assert list(CodeNote.objects.filter(code="T07").values_list("kind", "text")) == notes


def test_a_retired_code_is_in_no_list_and_no_count(tmp_path):
    load()
    load(next_release(tmp_path))

    cholera = Code.objects.get(key="A00")
    assert [code.key for code in Code.objects.around(cholera)][-3:] == ["A00", "A00.0", "A00.1"]
    assert [code.key for code in Code.objects.below(cholera)] == ["A00.0", "A00.1"]
    assert cholera.descendants == 2
    retired = Code.objects.get(key="T07")
    assert retired.descendants == 0
    assert not Code.objects.below(retired).exists()
    assert set(Code.objects.current()) == set(Code.objects.filter(position__isnull=False))


def test_a_code_that_comes_back_is_current_again(tmp_path):
    load()
    load(next_release(tmp_path))
    folder = copied(tmp_path / "third")
    rewrite(folder / TABULAR, ("<version>2026<", "<version>2028<"))

    out = load(folder)

    assert "returned T07  Unspecified multiple injuries" in out
    assert "retired  A00.1  Cholera, El Tor" in out
    assert Code.objects.get(key="T07.XXXA").retired_in == ""
    assert Code.objects.get(key="A00.1").retired_in == "2028"


def test_a_code_that_is_divided_is_not_for_billing_any_more(tmp_path):
    load()
    folder = copied(tmp_path)
    divided = "<diag><name>M61.500</name><desc>One half</desc></diag>"
    rewrite(
        folder / TABULAR,
        ("unspecified site</desc>", f"unspecified site</desc>{divided}"),
    )
    rewrite(folder / CODE_LIST, ("M6150 ", "M61500 "))

    assert "billing  M61.50  is not for billing now" in load(folder)


def test_articles_on_retired_and_on_unknown_codes_are_listed_and_stay(tmp_path):
    factories.condition("many-injuries", "T07")
    factories.condition("no-such-thing", "Z99.9")
    factories.condition("bone-in-the-calf", "M61.569")
    assert "The article no-such-thing is on Z99.9, which is in no release." in load()

    lines = load(next_release(tmp_path)).splitlines()

    assert "The article many-injuries is on T07, which is retired." in lines
    assert not [line for line in lines if "bone-in-the-calf" in line]
    assert Coding.objects.count() == 3


# ── Writing nothing ───────────────────────────────────────────────────────────────────────────
def test_a_report_says_the_same_and_writes_nothing(tmp_path):
    load()
    before = stored()
    folder = next_release(tmp_path)
    with CaptureQueriesContext(connection) as queries:
        report = load(folder, report=True)

    assert writes(queries) == []
    assert stored() == before
    told = [line for line in load(folder).splitlines() if not line.startswith("Writing")]
    assert report.splitlines()[:-1] == told[:-1]
    assert report.endswith("(report: nothing was written)\n")


def test_a_truncated_release_is_refused_and_changes_nothing(tmp_path):
    load()
    before = stored()
    folder = next_release(tmp_path)
    path = folder / TABULAR
    path.write_text("\n".join(path.read_text(encoding="utf-8").splitlines()[:100]))

    message = refused(folder)

    assert message.startswith(f"{TABULAR}, line 100: this is not whole")
    assert message.endswith("Nothing was changed.")
    assert stored() == before


def test_an_older_release_is_refused(tmp_path):
    load(next_release(tmp_path))

    assert refused(SMALL) == (
        "These files are of 2026, and ICD-10-CM 2027 is loaded: take newer files. "
        "Nothing was changed."
    )


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    assert "is not in this folder" in refused(tmp_path / "nowhere")


def test_a_failure_while_writing_leaves_the_tree_as_it_was(tmp_path, monkeypatch):
    load()
    before = stored()
    monkeypatch.setattr(CodeRelease.objects, "create", None)
    with pytest.raises(TypeError), transaction.atomic():
        load(next_release(tmp_path))

    assert stored() == before


# ── What is seen ──────────────────────────────────────────────────────────────────────────────
def test_elsewhere_than_on_a_terminal_each_step_is_a_line():
    assert load().splitlines()[:4] == [
        "Reading the files",
        "Comparing with the present tree",
        "Writing ICD-10-CM codes: 36",
        "Writing code notes: 21",
    ]


def test_on_a_terminal_a_bar_grows_over_itself(monkeypatch):
    monkeypatch.setattr(code_rows, "CHUNK", 12)
    out = load(out=Terminal())

    assert "\r\x1b[KWriting ICD-10-CM codes [##########....................] 12 of 36" in out
    assert "\r\x1b[KWriting ICD-10-CM codes [##############################] 36 of 36\n" in out


# ── The database refuses ──────────────────────────────────────────────────────────────────────
def test_a_code_without_its_parent_is_refused():
    load()
    with transaction.atomic():
        code_rows.delete(Code, "key", ["M61.56"])
        with pytest.raises(IntegrityError):
            connection.check_constraints()
        transaction.set_rollback(True)
