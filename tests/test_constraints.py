"""Every named constraint, violated once past all Python: the database itself refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from accounts.models import User
from conditions.models import (
    Alias,
    AlsoKnownAs,
    Code,
    CodeNote,
    Coding,
    Condition,
    Edition,
    Figure,
    MedicalReview,
    ProblemReport,
    Reference,
    SearchEntry,
    SearchWord,
    State,
    WantedCode,
)
from tests import factories, people
from tests.icd10cm_files import SMALL

pytestmark = pytest.mark.django_db


def set_on(edition: Edition, **values) -> None:
    Edition.objects.filter(pk=edition.pk).update(**values)


def open_edition(**values) -> Edition:
    return Edition(condition=factories.condition(), title="Title", **{"number": 1, **values})


def twice(*rows: models.Model) -> None:
    for row in rows:
        type(row)._base_manager.bulk_create([row])


def number_twice() -> None:
    live = factories.published()
    twice(open_edition(number=live.number))


def two_open() -> None:
    twice(open_edition(number=1), open_edition(number=2))


def unknown_state() -> None:
    set_on(factories.draft(), state="lost")


def two_eyes() -> None:
    edition = factories.draft()
    set_on(edition, state=State.APPROVED, approver=edition.author, approved_at=timezone.now())


def approved_by_nobody() -> None:
    set_on(factories.draft(), state=State.APPROVED)


def approver_of_a_draft() -> None:
    set_on(factories.draft(), approver=factories.editor(), approved_at=timezone.now())


def draft_with_a_time() -> None:
    set_on(factories.draft(), publish_at=timezone.now())


def approval_without_a_date() -> None:
    set_on(factories.draft(), state=State.APPROVED, approver=factories.editor())


def check_of_references_by_nobody() -> None:
    set_on(factories.published(), references_checked_at=timezone.now())


def withdrawal_without_a_date() -> None:
    set_on(factories.published(), state=State.WITHDRAWN)


def key_twice() -> None:
    edition = factories.draft()
    twice(Reference(edition=edition, position=9, key="open-2020", citation="Again."))


def file_twice() -> None:
    row = factories.draft().figures.first()
    row.pk = None
    twice(row)


def review_by_nobody(**names) -> None:
    facts = {"reviewer_name": "Ada Example", "credentials": "MD", **names}
    edition = factories.published()
    twice(MedicalReview(edition=edition, reviewed_on=date(2026, 1, 2), recorded_by=1, **facts))


def report_with(**values) -> None:
    ProblemReport.objects.filter(pk=factories.report().pk).update(**values)


def email_twice_in_another_case() -> None:
    people.reader("reader@example.org")
    User.objects.bulk_create([User(email="READER@example.org")])


def code_with(**values) -> None:
    call_command("load_icd10cm", folder=SMALL, stdout=StringIO())
    Code.objects.filter(key="M61.569").update(**values)


def note_twice() -> None:
    code_with()
    twice(CodeNote(code_id="M62", position=0, kind="note", text="Again."))


def entry_of_nothing() -> None:
    SearchEntry.objects.create(chapter="", depth=0, title="", names="", body="")


def entry_twice(**of: Any) -> None:
    SearchEntry.objects.all().delete()
    facts = {"chapter": "", "depth": 0, "title": "", "names": "", "body": "", **of}
    twice(SearchEntry(**facts), SearchEntry(**facts))


def code_entry_twice() -> None:
    code_with()
    entry_twice(code_id="M62")


def word_twice(edition: bool) -> None:
    word = {"word": "calf", "stem": "calf", "frequency": 1}
    pk = factories.published().pk if edition else None
    SearchWord.objects.filter(word="calf").delete()
    twice(SearchWord(**word, edition_id=pk), SearchWord(**word, edition_id=pk))


def wanted_twice() -> None:
    code_with()
    day = date(2026, 11, 23)
    twice(WantedCode(code_id="M62", day=day), WantedCode(code_id="M62", day=day))


def alias(**facts: Any) -> Alias:
    return Alias(**{"name": "bony muscle", "code_id": "M62", "kind": "lay", **facts})


def alias_twice() -> None:
    code_with()
    twice(alias(), alias(name="Bony MUSCLE"))


def alias_of_unknown_kind() -> None:
    code_with()
    alias(kind="praise").save()


VIOLATIONS: dict[str, Callable[[], None]] = {
    "edition_number_once": number_twice,
    "edition_one_open": two_open,
    "edition_state_is_known": unknown_state,
    "edition_four_eyes": two_eyes,
    "edition_approved_by_someone": approved_by_nobody,
    "edition_approver_only_once_approved": approver_of_a_draft,
    "edition_time_only_once_approved": draft_with_a_time,
    "edition_approval_paired": approval_without_a_date,
    "edition_reference_check_paired": check_of_references_by_nobody,
    "edition_withdrawal_dated": withdrawal_without_a_date,
    "reference_key_once": key_twice,
    "figure_file_once": file_twice,
    "review_names_a_person": lambda: review_by_nobody(reviewer_name=""),
    "report_kind_is_known": lambda: report_with(kind="praise"),
    "report_state_is_known": lambda: report_with(state="lost", handled_by=1),
    "report_says_something": lambda: report_with(text=""),
    "report_answer_paired": lambda: report_with(answer="Thank you."),
    "report_answered_by_an_answer": lambda: report_with(state="answered", handled_by=1),
    "report_handled_by_someone": lambda: report_with(state="in_progress"),
    "report_closed_without_address": lambda: report_with(state="closed", handled_by=1),
    "code_path_once": lambda: code_with(path="00"),
    "code_kind_is_known": lambda: code_with(kind="lost"),
    "code_has_a_position_until_retired": lambda: code_with(retired_in="2027"),
    "code_note_position_once": note_twice,
    "search_entry_is_edition_or_code": entry_of_nothing,
    "search_word_once": lambda: word_twice(edition=True),
    "search_word_of_names_once": lambda: word_twice(edition=False),
    "wanted_code_once_a_day": wanted_twice,
    "alias_once_a_code": alias_twice,
    "alias_kind_is_known": alias_of_unknown_kind,
    "user_email_once_in_any_case": email_twice_in_another_case,
}
UNIQUE_FIELDS: dict[str, Callable[[], None]] = {
    "conditions.Condition.slug": lambda: twice(Condition(slug="same"), Condition(slug="same")),
    "conditions.Coding.code": lambda: twice(
        Coding(condition=factories.condition("one", "M61.5"), code="I10"),
        Coding(condition=factories.condition("two", "M61.4"), code="I10"),
    ),
    "conditions.SearchEntry.edition": lambda: entry_twice(edition_id=factories.published().pk),
    "conditions.SearchEntry.code": code_entry_twice,
    "accounts.User.email": lambda: twice(User(email="a@b.org"), User(email="a@b.org")),
}
OURS = [
    model for app in ("conditions", "accounts") for model in apps.get_app_config(app).get_models()
]


def named_constraints() -> dict[str, models.BaseConstraint]:
    return {each.name: each for model in OURS for each in model._meta.constraints}


def unique_fields() -> set[str]:
    """Columns that may hold a value once; keys are the database's own business."""
    return {
        f"{model._meta.label}.{field.name}"
        for model in OURS
        for field in model._meta.local_concrete_fields
        if field.unique and not field.primary_key
    }


def test_no_constraint_is_without_its_violation():
    assert set(VIOLATIONS) == set(named_constraints())
    assert set(UNIQUE_FIELDS) == unique_fields()


@pytest.mark.parametrize("name", sorted(VIOLATIONS))
def test_the_database_refuses_a_violation(name):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        VIOLATIONS[name]()

    assert names_it(str(refused.value), name)


@pytest.mark.parametrize("name", sorted(UNIQUE_FIELDS))
def test_the_database_refuses_a_value_twice(name):
    with pytest.raises(IntegrityError, match=r"(?i)unique"), transaction.atomic():
        UNIQUE_FIELDS[name]()


def test_an_open_report_has_no_answer():
    answered = {"answer": "Thank you.", "answered_at": timezone.now()}

    with pytest.raises(IntegrityError, match="report_answered_by_an_answer"), transaction.atomic():
        report_with(**answered)


def test_neither_name_nor_credentials_of_a_reviewer_may_be_empty():
    with pytest.raises(IntegrityError, match="review_names_a_person"), transaction.atomic():
        review_by_nobody(credentials="")


def test_an_open_edition_in_another_language_is_allowed():
    twice(open_edition(language="en"), open_edition(language="es"))

    assert Edition.objects.open().count() == 2


def test_names_and_figures_may_come_again_in_another_edition():
    first = factories.published()
    factories.draft(first.condition)

    assert AlsoKnownAs.objects.count() == 2
    assert Figure.objects.filter(file="calf.svg").count() == 2


def names_it(message: str, name: str) -> bool:
    """SQLite names the columns of a unique constraint instead of the constraint."""
    constraint = named_constraints()[name]
    fields = getattr(constraint, "fields", ())
    return name in message or (bool(fields) and all(field in message for field in fields))
