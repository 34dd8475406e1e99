"""The starter articles keep to their form. What they say is read by people, not by tests."""

from __future__ import annotations

import re
from functools import cache
from io import StringIO

import pytest
from django.core.management import call_command

from conditions.content_files import ContentFile, parse
from conditions.icd10cm import packaged_files, read_release
from conditions.readability import readability_index, words
from conditions.text import BODIES, PUBLIC_BODIES
from tests import starter

PATHS = sorted(path for path in starter.CONTENT.glob("*.md") if path.name.islower())
INTERNAL_LINK = re.compile(r"\]\(/conditions/([^/)]*)/?[^)]*\)")
DOSE = re.compile(r"\b\d+(?:[.,]\d+)?\s?(?:mg|mcg|µg|g/day|ml|mL|IU|units? (?:a|per) day)\b(?!/d)")
TELEPHONE = re.compile(r"\b(?:911|999|112|988|116 ?123|\d{3}-\d{4})\b")

every_article = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


@cache
def article(path) -> ContentFile:
    return parse(path.read_text(encoding="utf-8"))


def public_text(file: ContentFile) -> str:
    return "\n\n".join(getattr(file.text, body) for body in PUBLIC_BODIES)


def test_there_are_enough_over_enough_chapters():
    letters = {code[0] for path in PATHS for code in article(path).codes}

    assert len(PATHS) >= 24
    assert len(letters) >= 12  # most chapters of ICD-10-CM have a letter of their own
    assert sum(bool(article(path).text.figures) for path in PATHS) >= 8


def test_no_code_stands_on_two_articles():
    codes = [code for path in PATHS for code in article(path).codes]

    assert sorted(codes) == sorted(set(codes))


def test_every_code_is_in_the_classification():
    known = {row.key for row in read_release(packaged_files()).codes}

    assert {code for path in PATHS for code in article(path).codes} <= known


@every_article
def test_it_is_named_after_its_slug_and_has_its_length(path):
    file = article(path)

    assert file.slug == path.stem
    assert 700 <= len(words(public_text(file))) <= 1500
    assert 400 <= len(words(file.text.full_treatment)) <= 900
    assert 3 <= len(file.text.references) <= 8
    assert file.codes
    assert file.review_due


@every_article
def test_its_public_text_is_easy_to_read(path):
    assert readability_index(public_text(article(path))) <= 9


@every_article
def test_its_links_lead_to_articles(path):
    slugs = {other.stem for other in PATHS}
    for body in BODIES:
        for slug in INTERNAL_LINK.findall(getattr(article(path).text, body)):
            assert slug in slugs, body


@every_article
def test_it_gives_no_dose_and_no_telephone_number(path):
    for body in BODIES:
        text = getattr(article(path).text, body)
        assert not TELEPHONE.search(text), body
        assert not DOSE.search(text), (body, DOSE.search(text))


@every_article
def test_its_urgent_signs_are_a_list_of_which_any_counts(path):
    urgent = article(path).text.urgent_help

    assert re.search(r"\bany\b", urgent)
    assert urgent.count("\n- ") >= 3


@pytest.mark.django_db
def test_the_report_has_a_line_an_article():
    starter.load()
    out = StringIO()

    call_command("content_report", stdout=out)

    lines = out.getvalue().splitlines()
    assert len(lines) == 1 + len(starter.SLUGS)
    assert lines[0].split()[:3] == ["public", "full", "index"]
    asthma = next(line for line in lines if line.endswith("asthma")).split()
    assert asthma[0] == str(len(words(public_text(article(starter.FILES[0])))))
    assert asthma[5:7] == ["2027-11-30", "J45"]


def test_an_easy_text_has_a_lower_index_than_a_hard_one():
    easy = "The leg hurts. You can walk. It gets well."
    hard = "Heterotopic ossification necessitates multidisciplinary radiological differentiation."

    assert readability_index(easy) < 2 < 20 < readability_index(hard)
    assert readability_index("") == 0
