"""Approved text never changes: Python refuses in words, and the database refuses below it."""

from __future__ import annotations

from datetime import date

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models.deletion import ProtectedError

from conditions import publishing, triggers
from conditions.acts import note
from conditions.models import (
    AlsoKnownAs,
    ChangeRefused,
    Edition,
    Event,
    FullTreatment,
    MedicalReview,
    Picture,
    Reference,
    State,
)
from conditions.models.immutable import AppendOnly, EditionPart
from tests import factories

pytestmark = pytest.mark.django_db

PARTS = [model for model in apps.get_models() if issubclass(model, EditionPart)]
APPEND_ONLY = [model for model in apps.get_models() if issubclass(model, AppendOnly)]
FIXED_STATES = ("approved", "published", "withdrawn")
CHANGED = {  # a column of each part, and another value for it
    "AlsoKnownAs": ("name", "Other"),
    "Reference": ("citation", "Other."),
    "Figure": ("caption", "Other."),
}


def by_name(models):
    return pytest.mark.parametrize("model", models, ids=lambda model: model.__name__)


def changed(model) -> tuple[str, str]:
    return CHANGED.get(model.__name__, ("body", "Other."))


def rows(model, edition):
    """Past the guards in Python, as any other code of Django might reach the table."""
    return model._base_manager.filter(edition=edition)


def refused_below():
    """The database's own refusal, in a savepoint so that the test can look afterwards."""
    return _Refused()


class _Refused:
    def __enter__(self):
        self.refusal = pytest.raises(DatabaseError, match=r"append-only|approved")
        self.refusal.__enter__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def __exit__(self, *error):
        self.atomic.__exit__(*error)
        return self.refusal.__exit__(*error)


def execute(sql: str, *parameters) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def review_of(edition: Edition) -> MedicalReview:
    return publishing.record_review(
        edition,
        by=factories.editor(),
        reviewer_name="Ada Example",
        credentials="MD",
        reviewed_on=date(2026, 1, 2),
    )


# ── Completeness ──────────────────────────────────────────────────────────────────────────────
def test_every_part_and_every_append_only_table_has_its_triggers():
    assert {model.__name__ for model in PARTS} == set(triggers.PARTS)
    assert {model.__name__ for model in APPEND_ONLY} == set(triggers.APPEND_ONLY)
    assert triggers.present_triggers() >= triggers.expected_triggers()


def test_every_column_of_an_edition_is_fixed_or_moved_by_a_named_act():
    moved_by_acts = {
        "state",
        "publish_at",
        "review_due",
        "withdrawn_at",
        "withdrawal_notice",
        "withdrawn_for_safety",
        "references_checked_by_id",
        "references_checked_at",
    }

    columns = {field.column for field in Edition._meta.concrete_fields}

    assert columns == moved_by_acts | set(triggers.FIXED_COLUMNS)


def test_triggers_survive_another_migrate():
    call_command("migrate", verbosity=0)

    assert triggers.present_triggers() >= triggers.expected_triggers()


def test_triggers_lost_to_a_rebuilt_table_come_back_with_migrate():
    triggers.drop_triggers()
    assert not triggers.present_triggers() & triggers.expected_triggers()

    call_command("migrate", verbosity=0)

    assert triggers.present_triggers() >= triggers.expected_triggers()


# ── Parts: Python ─────────────────────────────────────────────────────────────────────────────
@by_name(PARTS)
@pytest.mark.parametrize("state", FIXED_STATES)
def test_a_part_of_a_fixed_edition_is_not_saved(model, state):
    row = rows(model, getattr(factories, state)()).first()
    setattr(row, *changed(model))

    with pytest.raises(ChangeRefused, match="Start a new edition instead"):
        row.save()


@by_name(PARTS)
def test_a_part_of_a_fixed_edition_is_not_deleted(model):
    row = rows(model, factories.published()).first()

    with pytest.raises(ChangeRefused):
        row.delete()

    assert model._base_manager.filter(pk=row.pk).exists()


@by_name(PARTS)
def test_a_part_of_a_draft_changes_freely(model):
    edition = factories.draft()
    row = rows(model, edition).first()
    setattr(row, *changed(model))

    row.save()
    row.delete()

    assert row not in rows(model, edition)


# ── Parts: the database ───────────────────────────────────────────────────────────────────────
@by_name(PARTS)
@pytest.mark.parametrize("state", FIXED_STATES)
def test_the_database_refuses_to_update_a_part(model, state):
    edition = getattr(factories, state)()
    field, value = changed(model)

    with refused_below():
        rows(model, edition).update(**{field: value})

    assert not rows(model, edition).filter(**{field: value}).exists()


@by_name(PARTS)
def test_the_database_refuses_a_bulk_update(model):
    row = rows(model, factories.published()).first()
    field, value = changed(model)
    setattr(row, field, value)

    with refused_below():
        model._base_manager.bulk_update([row], [field])


@by_name(PARTS)
def test_the_database_refuses_raw_sql(model):
    edition = factories.published()
    column, value = changed(model)

    with refused_below():
        execute(f"UPDATE {model._meta.db_table} SET {column} = %s", value)  # noqa: S608
    with refused_below():
        execute(f"DELETE FROM {model._meta.db_table}")  # noqa: S608

    assert rows(model, edition).exists()


@by_name(PARTS)
def test_the_database_refuses_to_delete_a_part(model):
    edition = factories.published()

    with refused_below():
        rows(model, edition).delete()
    with refused_below():
        rows(model, edition)._raw_delete(using="default")

    assert rows(model, edition).exists()


@by_name(PARTS)
def test_the_database_refuses_a_new_part(model):
    live = factories.published()
    draft = publishing.start_edition(condition=live.condition, by=None)
    row = rows(model, draft).first()
    rows(model, draft).delete()
    row.edition = live
    if model._meta.pk.name != "edition":
        row.pk = None
    if hasattr(row, "key"):
        row.key = "another-key"
    if hasattr(row, "file"):
        row.file = "another.svg"

    with refused_below():
        model._base_manager.bulk_create([row])


@by_name(PARTS)
def test_the_database_refuses_to_move_a_part_out_of_or_into_a_fixed_edition(model):
    live = factories.published()
    draft = publishing.start_edition(condition=live.condition, by=None)
    table = model._meta.db_table
    move = f"UPDATE {table} SET edition_id = %s WHERE edition_id = %s"  # noqa: S608

    with refused_below():
        execute(move, live.pk, draft.pk)
    execute(f"DELETE FROM {table} WHERE edition_id = %s", draft.pk)  # noqa: S608
    with refused_below():
        execute(move, draft.pk, live.pk)

    assert rows(model, live).exists()


# ── Editions ──────────────────────────────────────────────────────────────────────────────────
def test_a_fixed_edition_is_not_saved_and_says_what_to_do():
    edition = factories.published()
    edition.title = "Other"

    with pytest.raises(ChangeRefused, match="changes only by acts of publishing"):
        edition.save()


def test_a_fixed_edition_is_not_deleted_and_says_what_to_do():
    edition = factories.published()

    with pytest.raises(ChangeRefused, match="Withdraw"):
        edition.delete()
    with pytest.raises(ChangeRefused, match="Withdraw"):
        Edition.objects.filter(pk=edition.pk).delete()


def test_a_fixed_edition_is_not_deleted_with_its_condition_or_its_author():
    edition = factories.published()

    with pytest.raises(ProtectedError):
        edition.condition.delete()
    with pytest.raises(ProtectedError):
        edition.author.delete()


@pytest.mark.parametrize("column", triggers.FIXED_COLUMNS)
@pytest.mark.parametrize("state", FIXED_STATES)
def test_the_database_keeps_every_fixed_column(column, state):
    edition = getattr(factories, state)()
    field = next(each for each in Edition._meta.concrete_fields if each.column == column)
    other = {
        "BooleanField": True,
        "DateTimeField": "2001-01-01T00:00:00Z",
        "CharField": "xx",
    }.get(field.get_internal_type(), 999_999)

    with refused_below():
        Edition.objects.filter(pk=edition.pk).update(**{field.attname: other})


def test_the_database_refuses_raw_sql_on_a_fixed_edition():
    edition = factories.published()
    table = Edition._meta.db_table

    with refused_below():
        execute(f"UPDATE {table} SET title = 'Other' WHERE id = %s", edition.pk)  # noqa: S608
    with refused_below():
        Edition._base_manager.filter(pk=edition.pk)._raw_delete(using="default")


def test_a_fixed_column_is_not_emptied_either():
    edition = factories.published()

    with refused_below():
        Edition.objects.filter(pk=edition.pk).update(author=None)


@pytest.mark.parametrize(
    ("make", "state"),
    [
        (factories.published, State.DRAFT),
        (factories.published, State.IN_REVIEW),
        (factories.withdrawn, State.DRAFT),
        (factories.withdrawn, State.APPROVED),
    ],
)
def test_the_database_lets_nothing_out_of_a_fixed_state(make, state):
    edition = make()

    with refused_below():
        Edition.objects.filter(pk=edition.pk).update(state=state)


def test_a_bulk_update_of_editions_is_refused_below():
    edition = factories.published()
    edition.title = "Other"

    with refused_below():
        Edition.objects.bulk_update([edition], ["title"])


def test_an_edition_cannot_lose_its_text_by_a_cascade():
    edition = factories.published()

    with refused_below():
        Edition._base_manager.filter(pk=edition.pk).delete()

    assert FullTreatment.objects.filter(edition=edition).exists()


def test_a_draft_takes_its_parts_along():
    edition = factories.draft()

    edition.delete()

    assert not Reference.objects.exists()
    assert not AlsoKnownAs.objects.exists()


# ── Append-only rows ──────────────────────────────────────────────────────────────────────────
def an_append_only_row(model):
    edition = factories.published()
    if model is MedicalReview:
        return review_of(edition)
    if model is Event:
        note("tried", None, edition.condition_id, edition)
    return model._base_manager.first()


COLUMN = {"Event": "note", "MedicalReview": "reviewer_name", "Picture": "media_type"}


@by_name(APPEND_ONLY)
def test_an_append_only_row_refuses_in_words(model):
    row = an_append_only_row(model)

    for attempt in (
        row.save,
        row.delete,
        model.objects.all().delete,
        lambda: model.objects.update(**{COLUMN[model.__name__]: "x"}),
        lambda: model.objects.bulk_update([row], [COLUMN[model.__name__]]),
    ):
        with pytest.raises(ChangeRefused, match="append-only"):
            attempt()


@by_name(APPEND_ONLY)
def test_the_database_keeps_an_append_only_row(model):
    row = an_append_only_row(model)
    column = COLUMN[model.__name__]
    table = model._meta.db_table

    with refused_below():
        model._base_manager.filter(pk=row.pk).update(**{column: "x"})
    with refused_below():
        execute(f"UPDATE {table} SET {column} = 'x'")  # noqa: S608
    with refused_below():
        execute(f"DELETE FROM {table}")  # noqa: S608
    with refused_below():
        model._base_manager.filter(pk=row.pk)._raw_delete(using="default")

    assert model._base_manager.filter(pk=row.pk).exists()


def test_a_picture_that_an_edition_shows_is_the_picture_it_showed():
    edition = factories.published()
    picture = edition.figures.first().picture

    with refused_below():
        execute(f"UPDATE {Picture._meta.db_table} SET data = %s", b"other")  # noqa: S608

    assert bytes(Picture.objects.get(pk=picture.pk).data) == bytes(picture.data)
