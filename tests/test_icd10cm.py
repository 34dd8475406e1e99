"""The official ICD-10-CM files become rows; what is truncated or foreign is refused."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from conditions import icd10cm
from conditions.icd10cm import BadRelease, CodeRow, Release, files_in, packaged_files, read_release
from conditions.icd10cm.notes import KINDS
from conditions.models import Kind, NoteKind
from tests.icd10cm_files import CODE_LIST, SMALL, TABULAR, copied, rewrite

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def small() -> Release:
    return read_release(files_in(SMALL))


@pytest.fixture(scope="module")
def full() -> Release:
    return read_release(packaged_files())


@pytest.fixture
def folder(tmp_path) -> Path:
    return copied(tmp_path)


def row(release: Release, key: str) -> CodeRow:
    (found,) = [row for row in release.codes if row.key == key]
    return found


def notes(release: Release, key: str) -> list[tuple[str, str]]:
    return [(note.kind, note.text) for note in release.notes if note.code == key]


def refused(folder: Path) -> str:
    with pytest.raises(BadRelease) as refusal:
        read_release(files_in(folder))
    return str(refusal.value)


# ── The small release ─────────────────────────────────────────────────────────────────────────
def test_every_node_has_a_row_and_the_version_comes_from_the_file(small):
    assert small.version == "2026"
    assert Counter(code.kind for code in small.codes) == {
        "chapter": 3,
        "block": 6,
        "category": 6,
        "subcategory": 16,
        "extension": 5,
    }


def test_a_row_says_all_there_is_to_say_of_a_code(small):
    assert row(small, "M61.569") == CodeRow(
        key="M61.569",
        kind="subcategory",
        title="Other ossification of muscle, unspecified lower leg",
        span="",
        parent="M61.56",
        path="010100000102",
        depth=5,
        position=17,
        last=17,
        billable=True,
    )


def test_chapters_and_blocks_have_keys_of_their_own(small):
    assert row(small, "chapter-2").parent is None
    assert row(small, "M60-M63").parent == "chapter-2"
    assert row(small, "B99-B99").span == "B99"
    assert row(small, "B99").parent == "B99-B99"


def test_the_range_at_the_end_of_a_title_goes_to_the_span(small):
    chapter = row(small, "chapter-2")
    assert chapter.title == "Diseases of the musculoskeletal system and connective tissue"
    assert chapter.span == "M00-M99"


def test_positions_are_in_pre_order_and_last_ends_the_subtree(small):
    assert [code.position for code in small.codes] == list(range(len(small.codes)))
    below = [code.key for code in small.codes[13 : row(small, "M61.5").last + 1]]
    assert below == ["M61.50", "M61.56", "M61.561", "M61.562", "M61.569"]


def test_a_path_begins_with_the_path_of_the_parent(small):
    paths = {code.key: code.path for code in small.codes}
    for code in small.codes:
        assert code.path[:-2] == (paths[code.parent] if code.parent else "")
        assert code.depth == len(code.path) // 2 - 1
    assert list(paths.values()) == sorted(paths.values())


def test_leaves_below_blocks_are_billable_and_nothing_else(small):
    billable = {code.key for code in small.codes if code.billable}
    listed = {line.split()[0] for line in (SMALL / CODE_LIST).read_text().splitlines()}
    assert {key.replace(".", "") for key in billable} == listed
    assert not row(small, "M00-M25").billable


def test_seventh_characters_make_codes_padded_with_x_that_the_list_has(small):
    assert row(small, "T07.XXXD").title == "Unspecified multiple injuries, subsequent encounter"
    extensions = [code.key for code in small.codes if code.parent == "T36.0X1"]
    assert extensions == ["T36.0X1A", "T36.0X1D"]  # the list has no T36.0X1S


def test_the_nearest_definition_of_seventh_characters_counts(small):
    assert row(small, "T36.10X1").title == "Poisoning by one cephalosporin, of its own"


def test_a_code_written_out_with_seven_characters_gets_no_eighth(small):
    written = row(small, "T36.0X2A")
    assert (written.kind, written.billable, written.last) == ("subcategory", True, written.position)


def test_other_words_for_a_seventh_character_follow_after_a_stroke(small):
    assert row(small, "T07.XXXA").title.endswith(", initial encounter/first visit")
    assert ("seventh_character", "initial encounter/first visit") in notes(small, "T07")


def test_notes_of_all_kinds_keep_the_order_of_the_file(small):
    assert notes(small, "M62") == [
        ("use_additional_code", "underlying condition"),
        ("use_additional_code", "drug (T36-T50)"),
        ("code_first", "underlying disease"),
        ("code_also", "any associated contracture"),
    ]


def test_tabs_and_double_blanks_are_cleaned_and_accents_survive(small):
    assert row(small, "A00.9").title == "Cholera, unspecified"
    cause, _, menieres = [text for _, text in notes(small, "chapter-2")]
    assert "condition. It tells" in cause
    assert menieres == "Ménière's disease (H81.0-)"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("icd10cm-order-2026.txt", "{nth:05} {code}     1 Title      Title of {code}"),
        ("code-list-2026.txt", "{code}"),
    ],
)
def test_the_code_list_is_read_in_each_of_its_forms(folder, small, name, line):
    path = folder / CODE_LIST
    codes = [text.split()[0] for text in path.read_text().splitlines()]
    path.unlink()
    lines = [line.format(nth=nth, code=code) for nth, code in enumerate(["A00", *codes])]
    (folder / name).write_text("\r\n".join(lines))

    assert read_release(files_in(folder)).codes == small.codes


# ── Refusals ──────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("kept", [40, 90, 100, 145])
def test_a_truncated_tabular_list_is_refused_with_its_line(folder, kept):
    path = folder / TABULAR
    path.write_text("\n".join(path.read_text(encoding="utf-8").splitlines()[:kept]))

    assert refused(folder).startswith(f"{TABULAR}, line {kept}: this is not whole")


def test_a_code_list_cut_short_is_refused_with_the_place_of_the_first_missing_code(folder):
    path = folder / CODE_LIST
    path.write_text("\n".join(path.read_text().splitlines()[:-1]))

    line = next(
        number
        for number, text in enumerate((folder / TABULAR).read_text("utf-8").splitlines(), start=1)
        if "<name>T36.10<" in text
    )
    message = refused(folder)
    assert message.startswith(f"{TABULAR}, line {line - 1}: T36.10 is not in {CODE_LIST}")


def test_a_code_that_only_the_list_has_is_refused_with_its_line(folder):
    rewrite(folder / CODE_LIST, ("M62 ", "M62X "))
    assert f"M62 is not in {CODE_LIST}" in refused(folder)
    rewrite(folder / CODE_LIST, ("M62X ", "M62     Title\nM63 "))
    assert refused(folder).startswith(f"{CODE_LIST}, line 9: M63 is not in {TABULAR}")


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("<version>2026</version>", "<other/>", 3, "<other> does not belong here"),
        ("<version>2026</version>", "<version/>", 9, "<chapter> does not belong here"),
        ("<name>2</name>", "<name>4</name>", 52, "chapter 2 should stand here"),
        ("<name>A00.9<", "<name>A00,9<", 34, "“A00,9” is not an ICD-10-CM code"),
        ("<name>A00.9<", "<name>a00.9<", 34, "“a00.9” does not belong below A00"),
        ("<name>A00.9<", "<name>A01.9<", 34, "“A01.9” does not belong below A00"),
        ("<name>A00.9<", "<name>A00.0<", 34, "A00.0 stands here twice"),
        ("Cholera,  unspecified", " ", 34, "its title is no title"),
        ("Cholera,  unspecified", "x" * 256, 34, "its title is no title"),
        ("Poisoning by penicillins, accidental<", "x" * 250 + "<", 159, "its title is no title"),
        ("<codeFirst>", "<visualImpairment/><codeFirst>", 112, "<visualImpairment> is not known"),
        ('section id="B99"', 'section id="rest"', 40, "“rest” is no block"),
        ("<codeAlso>", "<codeNever>", 115, "<codeNever> is not known here"),
        ("<note>drug (T36-T50)</note>", "<list/>", 110, "<list> is not known here"),
        ('<extension char="1">of its own</extension>', "<note/>", 177, "<note> is not known"),
    ],
)
def test_what_is_not_the_official_format_is_refused_with_its_line(folder, old, new, line, message):
    path = folder / TABULAR
    rewrite(path, (old, new))
    if new == "<codeNever>":
        rewrite(path, ("</codeAlso>", "</codeNever>"))

    assert message in refused(folder)
    assert f"line {line}:" in refused(folder)


@pytest.mark.parametrize(
    "text", ["", "no XML", "<html><body/></html>", "<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"]
)
def test_a_foreign_file_is_refused(folder, text):
    (folder / TABULAR).write_text(text)

    assert refused(folder).startswith(f"{TABULAR}, line 1: ")


def test_a_code_list_that_is_empty_or_no_text_is_refused(folder):
    (folder / CODE_LIST).write_text("\n")
    assert refused(folder) == f"{CODE_LIST}: the file is empty."
    (folder / CODE_LIST).write_bytes(b"A000\nA009 Chol\xe9ra\n")
    assert refused(folder) == f"{CODE_LIST}, line 2: this is not UTF-8 text."


def test_a_folder_without_the_files_or_with_several_is_refused(folder):
    (folder / "icd10cm-codes-addenda-2026.txt").write_text("only what changed")
    files_in(folder)
    (folder / "icd10cm-codes-2025.txt").write_text("A00")
    assert "several files may be the code list" in refused(folder)
    (folder / TABULAR).unlink()
    assert "the tabular list (*tabular*.xml) is not in this folder" in refused(folder)


def test_without_the_package_it_says_so(monkeypatch):
    monkeypatch.setattr(icd10cm.files, "PACKAGE", "no_such_package")
    with pytest.raises(BadRelease, match="the package is not installed"):
        packaged_files()


# ── The full release ──────────────────────────────────────────────────────────────────────────
def test_the_packaged_release_has_every_node_and_note(full):
    assert len(full.codes) == 98_505
    assert Counter(code.kind for code in full.codes) == {
        "chapter": 22,
        "block": 297,
        "category": 1_918,
        "subcategory": 44_963,
        "extension": 51_305,
    }
    assert sum(code.billable for code in full.codes) == 74_719
    assert Counter(note.kind for note in full.notes) == {
        "inclusion_term": 12_574,
        "excludes1": 5_407,
        "excludes2": 2_520,
        "seventh_character": 1_790,
        "use_additional_code": 1_485,
        "includes": 1_024,
        "code_first": 809,
        "code_also": 655,
        "seventh_note": 508,
        "note": 180,
        "vision": 7,
    }


def test_keys_are_unique_and_39_blocks_differ_from_their_only_category(full):
    assert len({code.key for code in full.codes}) == len(full.codes)
    blocks = {code.span for code in full.codes if code.kind == "block"}
    assert len(blocks & {code.key for code in full.codes if code.kind == "category"}) == 39


def test_no_text_of_the_packaged_release_has_stray_blanks_or_a_range_at_its_end(full):
    texts = [code.title for code in full.codes] + [note.text for note in full.notes]
    assert not [text for text in texts if text != " ".join(text.split()) or not text]
    tops = [code for code in full.codes if code.kind in {"chapter", "block"}]
    assert not [code for code in tops if code.title.endswith(f"({code.span})") or not code.span]


def test_the_table_of_h54_becomes_sentences(full):
    sentences = [text for kind, text in notes(full, "H54.8") if kind == "vision"]
    assert sentences[0].endswith("Visual acuity with best possible correction:")
    assert sentences[1] == (
        "1: maximum less than: 6/18, 3/10(0.3), 20/70; "
        "minimum equal to or better than: 6/60, 1/10(0.1), 20/200"
    )
    assert sentences[5] == "5: No light perception"


def test_the_kinds_are_those_of_the_tables():
    assert {*KINDS.values(), "seventh_character", "vision"} == set(NoteKind.values)
    assert [kind.value for kind in Kind][:2] == ["chapter", "block"]


def test_the_package_is_read_and_never_imported():
    script = (
        "import sys; from conditions.icd10cm import packaged_files; packaged_files();"
        "sys.exit('simple_icd_10_cm' in sys.modules or 'django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
