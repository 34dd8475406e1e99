"""What clinicians type: shorthand of the record, and words that say only that a code is wanted."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from conditions.models import Alias
from conditions.search import index
from conditions.search.finding import find
from conditions.search.shorthand import spelled_out
from conditions.search.suggesting import suggest
from tests.icd10cm_files import SMALL

ALIASES = (
    ("broken left knee", "M61.56", "lay"),
    ("knee fracture", "M61.5", "lay"),
    ("history of cholera", "M61", "lay"),
    ("cancer of the calf", "M62", "lay"),
    ("FX", "A00.9", "abbreviation"),
    ("DNR code", "A00.0", "lay"),
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("r/o fx l hip", "fracture left hip"),
        ("s/p fall, rt. ankles", "fall, right ankles"),
        ("H/O DVT", "history of DVT"),
        ("hx breast ca", "history of breast cancer"),
        ("fhx of ca of colon", "family history of cancer of colon"),
        ("anemia d/t ckd w/o bleeding", "anemia due to ckd without bleeding"),
        ("copd w/ fever", "copd with fever"),
        ("icd-10-cm code asthma", "code asthma"),
        ("asthma ICD10", "asthma"),
        ("sprain, initial encounter", "sprain,"),
        ("burn subsequent encounter for fracture", "burn fracture"),
    ],
)
def test_shorthand_is_spelled_out(typed, meant):
    assert " ".join(spelled_out(typed).split()) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "CA 125", "ca", "low ca", "ca oxalate", "RT", "vitamin l", "hepatitis r", "l-dopa", "fxr",
        "either/or", "R/L", "encounter for vaccination", "initial", "picd 10", "caries", "rto",
    ],
)  # fmt: skip
def test_what_may_be_something_else_stays(typed):
    assert spelled_out(typed) == typed


@pytest.fixture
def _codes(db):
    call_command("load_icd10cm", folder=SMALL, stdout=StringIO())
    Alias.objects.bulk_create(
        Alias(name=name, code_id=code, kind=kind) for name, code, kind in ALIASES
    )
    index.rebuild()


@pytest.mark.usefixtures("_codes")
@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("icd 10 code for cholera", "A00"), ("cholera ICD-10", "A00"), ("cholera code", "A00"),
        ("what is the icd10 cm diagnosis code for cholera?", "A00"),
        ("broken l knee initial encounter", "M61.56"), ("r/o fx knee", "M61.5"),
        ("hx of cholera", "M61"), ("ca of calf", "M62"),
    ],
)  # fmt: skip
def test_the_condition_in_it_is_found(typed, code):
    found = find(typed)

    assert (found.matches[0].code, found.corrected) == (code, "")


@pytest.mark.usefixtures("_codes")
@pytest.mark.parametrize(("typed", "code"), [("fx", "A00.9"), ("dnr code", "A00.0")])
def test_a_name_that_is_shorthand_itself_is_found(typed, code):
    assert find(typed).matches[0].code == code


@pytest.mark.usefixtures("_codes")
@pytest.mark.parametrize("typed", ["icd 10", "ICD-10-CM codes", "r/o", "initial encounter", "h/o"])
def test_shorthand_alone_is_no_fault(typed):
    assert find(typed).corrected == ""
    assert isinstance(suggest(typed), list)


@pytest.mark.usefixtures("_codes")
def test_it_is_spelled_out_for_suggestions_too():
    assert suggest("icd 10 code for asiatic chol") == suggest("asiatic chol")
    assert suggest("broken l knee")[0].name == "broken left knee"
