"""`manage.py import_aliases`: names from a file, beside what editors say on the site."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from conditions import alias_files
from conditions.models import Alias, AliasKind, AliasOrigin, Code
from conditions.search import index
from conditions.search.finding import find
from tests.icd10cm_files import SMALL, next_release

pytestmark = pytest.mark.django_db

HEAD = "name\tcode\tkind\tnote"
CALF = "bony calf\tM61.56\tlay\t"
CHOLERA = "Asiatic cholera\tA00\tsynonym\told name"
ABBREVIATION = "OMLL\tM61.56\tabbreviation\t"


@pytest.fixture(autouse=True)
def tree() -> None:
    call_command("load_icd10cm", folder=SMALL, stdout=StringIO())


@pytest.fixture
def file(tmp_path) -> Path:
    return written(tmp_path, CALF, CHOLERA, ABBREVIATION)


def written(folder: Path, *lines: str) -> Path:
    path = folder / "aliases.tsv"
    path.write_text("\n".join([HEAD, *lines, ""]), encoding="utf-8")
    return path


def imported(path: Path, **options) -> str:
    out = StringIO()
    call_command("import_aliases", path, stdout=out, **options)
    return out.getvalue()


def refused(path: Path) -> list[str]:
    """The lines that were said; nothing may have been written."""
    before, out = stored(), StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command("import_aliases", path, stdout=out)
    assert "othing was changed" in str(refusal.value)
    assert stored() == before
    return out.getvalue().splitlines() or [str(refusal.value)]


def stored() -> list[tuple]:
    fields = ("name", "code", "kind", "note", "origin", "is_in_use")
    return sorted(Alias.objects.values_list(*fields))


def codes_found(query: str) -> list[str]:
    return [match.code for match in find(query).matches]


def index_is_right() -> bool:
    call_command("check_index", stdout=StringIO())
    return True


# ── Taking in ─────────────────────────────────────────────────────────────────────────────────
def test_the_rows_are_what_the_file_says_and_are_found(file):
    assert imported(file).endswith(
        "3 created, 0 changed, 0 deleted, 0 kept, 0 unchanged\n",
    )
    assert stored() == [
        ("Asiatic cholera", "A00", "synonym", "old name", "file", True),
        ("OMLL", "M61.56", "abbreviation", "", "file", True),
        ("bony calf", "M61.56", "lay", "", "file", True),
    ]
    assert codes_found("asiatic cholera")[0] == "A00"
    assert index_is_right()


def test_a_second_run_writes_nothing_and_says_so(file):
    imported(file)

    with CaptureQueriesContext(connection) as queries:
        assert imported(file) == f"{file}: unchanged, 0 rows written\n"

    verbs = ("INSERT", "UPDATE", "DELETE", "COPY")
    assert [each["sql"] for each in queries if each["sql"].startswith(verbs)] == []


def test_what_the_file_changes_moves_or_drops_is_changed_moved_and_dropped(tmp_path, file):
    imported(file)

    out = imported(
        written(tmp_path, "Bony Calf\tM61.56\tsynonym\tnew", "Asiatic cholera\tA00.0\tsynonym\t")
    )

    assert "1 created, 1 changed, 2 deleted, 0 kept, 0 unchanged" in out
    assert stored() == [
        ("Asiatic cholera", "A00.0", "synonym", "", "file", True),
        ("Bony Calf", "M61.56", "synonym", "new", "file", True),
    ]
    assert codes_found("asiatic cholera")[0] == "A00.0"
    assert index_is_right()


def test_a_dry_run_says_the_same_and_writes_nothing(file):
    with CaptureQueriesContext(connection) as queries:
        out = imported(file, dry_run=True)

    assert "3 created" in out
    assert out.endswith("(dry run: nothing was written)\n")
    assert not [each for each in queries if each["sql"].startswith(("INSERT", "COPY"))]
    assert stored() == []


def test_the_order_of_the_file_is_the_order_in_which_names_are_shown(tmp_path):
    names = [f"name {number:02}" for number in (3, 1, 2)]
    imported(written(tmp_path, *(f"{name}\tA00\tlay\t" for name in names)))

    assert [alias.name for alias in Alias.objects.shown()] == names


def test_so_many_that_the_index_is_written_anew_are_found_too(file, monkeypatch):
    monkeypatch.setattr(index, "MANY", 1)
    imported(file)

    assert index_is_right()


def test_a_failure_while_indexing_leaves_no_name(file, monkeypatch):
    monkeypatch.setattr(index, "refresh_codes", None)
    with pytest.raises(TypeError), transaction.atomic():
        imported(file)

    assert stored() == []


# ── Beside the site ───────────────────────────────────────────────────────────────────────────
def test_what_an_editor_switched_off_stays_off(file):
    imported(file)
    Alias.objects.filter(name="bony calf").update(is_in_use=False)

    assert "unchanged, 0 rows written" in imported(file)
    assert not Alias.objects.get(name="bony calf").is_in_use


def test_what_an_editor_changed_stays_even_when_the_file_drops_it(tmp_path, file):
    imported(file)
    Alias.objects.filter(name="bony calf").update(kind="synonym", origin="site")

    assert "unchanged, 0 rows written" in imported(file)
    assert "0 created, 0 changed, 1 deleted, 0 kept" in imported(written(tmp_path, CHOLERA))
    assert ("bony calf", "M61.56", "synonym", "", "site", True) in stored()


def test_a_name_that_an_editor_added_is_not_added_again_by_the_file(file):
    Alias.objects.create(name="Bony calf", code_id="M61.56", kind="lay")

    assert "2 created, 0 changed, 0 deleted, 1 kept" in imported(file)
    assert Alias.objects.filter(name__iexact="bony calf").count() == 1


def test_a_name_of_the_alphabetic_index_becomes_one_of_the_file(file):
    entry = Alias.objects.create(name="Bony calf", code_id="M61.56", kind="index", origin="index")

    assert "2 created, 1 changed" in imported(file)
    entry.refresh_from_db()
    assert (entry.name, entry.kind, entry.origin) == ("bony calf", "lay", "file")


# ── Refusing ──────────────────────────────────────────────────────────────────────────────────
BAD = {
    "bony calf\tM61.56\tlay": "there should be 4 columns and not 3",
    "bony calf\tM61.56\tlay\tnote\tmore": "there should be 4 columns and not 5",
    "bony calf\tM61.56\tpet name\t": "“pet name” is no kind: write one of lay, abbreviation",
    "bony calf\tM61.56\tindex\t": "“index” is no kind",
    "bony calf\tM61.77\tlay\t": "ICD-10-CM has no code M61.77",
    "bony calf\tcalf\tlay\t": "“calf” is not an ICD-10-CM code",
    "bony calf\tm6156\tlay\t": "write the code as M61.56.",
    "many injuries\tT07.XXXA\tlay\t": "T07.XXXA has a 7th character: give the name to T07",
    f"{'calf ' * 41}\tM61.56\tlay\t": "1 to 200 characters, and this has 204",
    "\tM61.56\tlay\t": "this has 0",
    "bony\x00calf\tM61.56\tlay\t": "control characters: take them out",
    f"bony calf\tM61.56\tlay\t{'x' * 301}": "more than 300 characters",
    "ASIATIC cholera\tA00\tlay\t": "A00 has this name in line 2 already",
}


@pytest.mark.parametrize("line", BAD, ids=range(len(BAD)))
def test_a_bad_line_is_named_and_nothing_is_taken_in(tmp_path, line):
    path = written(tmp_path, CHOLERA, ABBREVIATION, "", line)

    (told,) = refused(path)

    assert told.startswith(f"{path}: line 5: ")
    assert BAD[line] in told


def test_all_bad_lines_are_named_at_once(tmp_path):
    path = written(tmp_path, "a\tA00\tpet\t", CALF, "b\tB00\tpet\t")
    assert [line.split(":")[1] for line in refused(path)] == [" line 2", " line 4"]

    path = written(tmp_path, *(f"name {number}\tA00\tpet\t" for number in range(60)))
    assert refused(path)[-1] == f"{path}: 10 more"


def test_a_file_of_another_shape_is_refused(tmp_path):
    path = tmp_path / "other.tsv"
    path.write_text("term,code\ncholera,A00\n", encoding="utf-8")
    assert refused(path) == [
        f"{path}: line 1: the columns should be name, code, kind, note, with tabs between."
    ]
    path.write_bytes(f"{HEAD}\n".encode() + "Ménière\tH81.0\teponym\t".encode("latin-1"))
    assert refused(path) == [f"{path}: line 2: this is not UTF-8 text: save the file as UTF-8."]
    assert "No such file" in refused(tmp_path / "none.tsv")[0]


def test_a_file_with_other_line_ends_and_extra_blanks_is_read_the_same(tmp_path, file):
    imported(file)
    lines = file.read_text(encoding="utf-8").replace("bony calf", " bony  calf ")
    file.write_bytes(b"\xef\xbb\xbf" + lines.replace("\n", "\r\n").encode())

    assert "unchanged" in imported(file)


def test_a_retired_code_gets_no_name_and_those_it_has_stay(tmp_path, file):
    many = "very hurt\tT07\tlay\t"
    imported(written(tmp_path, many))
    call_command("load_icd10cm", folder=next_release(tmp_path), stdout=StringIO())

    assert "T07 was retired in ICD-10-CM 2027" in refused(written(tmp_path, many))[0]
    assert Alias.objects.filter(code="T07").exists()
    assert index_is_right()


def test_before_the_codes_are_loaded_it_says_what_to_do_first(file):
    Code.objects.update(parent=None)
    Code.objects.all().delete()

    assert refused(file) == [
        "No codes are loaded: run `manage.py load_icd10cm` first. Nothing was changed."
    ]


def test_what_the_reader_of_files_knows_is_what_the_table_takes():
    assert set(alias_files.KINDS) == set(AliasKind.values) - {AliasKind.INDEX}
    assert Alias._meta.get_field("name").max_length == alias_files.LONGEST_NAME
    assert Alias._meta.get_field("note").max_length == alias_files.LONGEST_NOTE
    assert set(AliasOrigin.values) == {"file", "index", "site"}
