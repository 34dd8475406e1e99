"""What people type, asked of the whole classification with all names."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from conditions.search.finding import find
from conditions.search.suggesting import suggest
from tests import starter

pytestmark = pytest.mark.django_db

# What is typed, the spelling it is taken for, and the code that comes first or stands above it.
SEARCHES = (
    ("hart attack", "heart attack", "I21"),
    ("hart failure", "heart failure", "I50"),
    ("afib", "", "I48"),
    ("sugar diabetes", "", "E11"),
    ("m61569", "", "M61.569"),
    ("tennis elbow", "", "M77.1"),
    ("high blood presure", "high blood pressure", "I10"),
    ("brest cancer", "breast cancer", "C50"),
    ("kidny stones", "kidney stones", "N20"),
    ("assma", "asthma", "J45"),
    ("noomonia", "pneumonia", "J18"),
    ("newmonia", "pneumonia", "J18"),
    ("excema", "eczema", "L20"),
    ("migrane", "migraine", "G43"),
    ("tonsilitus", "tonsillitis", "J03"),
    ("alzimers", "alzheimers", "G30"),
    ("broken wrist", "", "S"),
    ("shingles", "", "B02"),
    ("the runs", "", "R19.7"),
    ("broken wrist from fall", "", "S"),
    ("left knee replacement", "", "Z96.65"),
    ("icd 10 code for hypertension", "", "I10"),
    ("sprain left ankle initial encounter", "", "S93.402"),
    ("r/o mi", "", "I21"),
    ("hx of dvt", "", "Z86.718"),
    ("E11.9 diabetes", "", "E11.9"),
    ("ckd stage 4", "", "N18.4"),
)


def test_what_people_type_is_found_among_everything():
    call_command("load_icd10cm", stdout=StringIO())
    call_command("import_aliases", starter.CONTENT / "aliases.tsv", stdout=StringIO())

    for typed, meant, code in SEARCHES:
        found = find(typed)
        first = [each.key for each in found.codes] + [each.code or "" for each in found.matches]
        assert (typed, found.corrected) == (typed, meant)
        assert first[0].startswith(code), (typed, first[:3])
    assert suggest("attack hear")[0].name == "heart attack"
