"""`content/aliases.tsv`: the names that people use for codes."""

from __future__ import annotations

from collections import Counter

from conditions.icd10cm import packaged_files, read_release
from tests import starter

KINDS = {"lay", "abbreviation", "eponym", "spelling", "synonym", "phrase"}
LINES = (starter.CONTENT / "aliases.tsv").read_text(encoding="utf-8").splitlines()
ROWS = [line.split("\t") for line in LINES[1:]]


def test_every_row_has_a_name_a_code_a_known_kind_and_a_note_that_may_be_empty():
    assert LINES[0] == "name\tcode\tkind\tnote"
    for row in ROWS:
        assert len(row) == 4, row
        name, code, kind, _note = row
        assert name == " ".join(name.split()) != ""
        assert len(name) <= 120
        assert code
        assert kind in KINDS, row


def test_no_name_stands_twice_for_one_code():
    pairs = Counter((name.casefold(), code) for name, code, _kind, _note in ROWS)

    assert [pair for pair, count in pairs.items() if count > 1] == []


def test_every_code_is_in_the_classification():
    codes = {row.key for row in read_release(packaged_files()).codes}

    assert [row for row in ROWS if row[1] not in codes] == []


def test_there_are_enough_of_each_kind():
    kinds = Counter(row[2] for row in ROWS)

    assert len(ROWS) >= 3000
    assert kinds["abbreviation"] >= 500
    assert min(kinds.values()) >= 100
