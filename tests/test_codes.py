"""The shape of ICD-10-CM codes."""

import pytest

from conditions.codes import canonical_code, code_problem

REAL = ["M61.569", "I10", "C4A", "M1A", "Z3A.00", "QA0", "L98.A195", "R97", "U07.1", "T36.0X1A"]


@pytest.mark.parametrize("code", REAL)
def test_a_real_code_is_canonical_as_icd10cm_prints_it(code: str) -> None:
    assert canonical_code(code) == code
    assert code_problem(code) is None


@pytest.mark.parametrize("code", REAL)
def test_a_code_without_its_dot_in_lower_case_is_made_canonical(code: str) -> None:
    assert canonical_code(f" {code.replace('.', '').lower()} ") == code


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "M", "M6", "61.5", "6M1", "DOG", "heart"),
        *("M61.", "M6.1569", "M61.56901", "M61.5-", "M61..5", "M61 569", "M61.5\n6", "M61/5"),
        *("\u013110", "I\u0661\u0660", "\u216010"),  # foreign signs that look alike
    ],
)
def test_what_is_no_code_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(ValueError, match=r"not an ICD-10-CM code.*such as M61\.569"):
        canonical_code(typed)


def test_a_code_that_is_not_canonical_is_answered_with_the_canonical_one() -> None:
    assert code_problem("m61569") == "Write the code as M61.569."
    assert code_problem(" I10") == "Write the code as I10."


def test_a_problem_of_a_wrong_code_names_it_and_shortens_it() -> None:
    assert str(code_problem("M61.5-")).startswith("“M61.5-” is not an ICD-10-CM code")
    assert "x" * 21 not in str(code_problem("x" * 500))
