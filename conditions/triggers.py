"""Database triggers that keep approved text as it is, on SQLite and PostgreSQL.

Python refuses first (`models.immutable`); a trigger still stands when `.update()`, raw SQL or a
cascade walk past Python. SQLite drops triggers when a later migration rebuilds a table, so they
are made anew after every `migrate` instead of once in a migration. See docs/adr/0002.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections

PARTS = (
    "AlsoKnownAs",
    "Cause",
    "Diagnosis",
    "Figure",
    "FullTreatment",
    "Overview",
    "Reference",
    "Symptom",
    "Treatment",
)
APPEND_ONLY = ("Event", "MedicalReview", "Picture")
FIXED_COLUMNS = (
    "id",
    "condition_id",
    "language",
    "number",
    "based_on_id",
    "title",
    "description",
    "origin",
    "author_id",
    "approver_id",
    "approved_at",
    "solo",
    "change_note",
    "created_at",
    "saved_at",
)
"""Columns of an approved edition that no transition moves."""

FIXED = "('approved', 'withdrawn')"

_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION nosology_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$
"""
_POSTGRESQL_PART_FUNCTION = f"""
CREATE OR REPLACE FUNCTION nosology_refuse_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE fixed boolean := false;
BEGIN
  IF TG_OP <> 'INSERT' THEN
    SELECT EXISTS (SELECT 1 FROM conditions_edition WHERE id = OLD.edition_id AND state IN {FIXED})
    INTO fixed;
  END IF;
  IF NOT fixed AND TG_OP <> 'DELETE' THEN
    SELECT EXISTS (SELECT 1 FROM conditions_edition WHERE id = NEW.edition_id AND state IN {FIXED})
    INTO fixed;
  END IF;
  IF fixed THEN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$
"""


def restore_triggers(using: str = DEFAULT_DB_ALIAS, **_kwargs: Any) -> None:
    """(Re)create every trigger; safe to repeat. Connected to `post_migrate`."""
    if _missing_tables(using):
        return
    with connections[using].cursor() as cursor:
        for statement in (*_drops(using), *_creates(using)):
            cursor.execute(statement)


def drop_triggers(using: str = DEFAULT_DB_ALIAS) -> None:
    """For test clean-up alone: `flush` has to delete what the triggers keep."""
    with connections[using].cursor() as cursor:
        for statement in _drops(using):
            cursor.execute(statement)


def expected_triggers() -> set[str]:
    names = {_name(model, event) for model in (*PARTS, *APPEND_ONLY) for event in _events(model)}
    return names | {_name("Edition", event) for event in ("update", "delete", "reopen")}


def present_triggers(using: str = DEFAULT_DB_ALIAS) -> set[str]:
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }[connections[using].vendor]
    with connections[using].cursor() as cursor:
        cursor.execute(query)
        return {name for (name,) in cursor.fetchall()}


def _missing_tables(using: str) -> bool:
    tables = set(connections[using].introspection.table_names())
    return not {_table(model) for model in ("Edition", *PARTS, *APPEND_ONLY)} <= tables


def _table(model: str) -> str:
    return str(apps.get_model("conditions", model)._meta.db_table)


def _name(model: str, event: str) -> str:
    return f"fixed_{model.lower()}_{event}"


def _events(model: str) -> tuple[str, ...]:
    return ("insert", "update", "delete") if model in PARTS else ("update", "delete")


def _drops(using: str) -> Iterator[str]:
    postgresql = connections[using].vendor == "postgresql"
    for model in ("Edition", *PARTS, *APPEND_ONLY):
        for event in ("insert", "update", "delete", "reopen"):
            on_table = f" ON {_table(model)}" if postgresql else ""
            yield f"DROP TRIGGER IF EXISTS {_name(model, event)}{on_table}"


def _creates(using: str) -> Iterable[str]:
    return _sqlite() if connections[using].vendor == "sqlite" else _postgresql()


def _sqlite() -> Iterator[str]:
    for model in PARTS:
        for event in _events(model):
            yield _sqlite_trigger(
                model, event, _sqlite_part_is_fixed(event), "its edition was approved"
            )
    for model in APPEND_ONLY:
        for event in _events(model):
            yield _sqlite_trigger(model, event, "1", "rows are append-only")
    for event, when in _edition_conditions("IS NOT").items():
        yield _sqlite_trigger("Edition", event, when, "approved editions do not change")


def _sqlite_trigger(model: str, event: str, when: str, why: str) -> str:
    operation = "UPDATE" if event == "reopen" else event.upper()
    return (
        f"CREATE TRIGGER {_name(model, event)} BEFORE {operation} ON {_table(model)} "
        f"WHEN {when} BEGIN SELECT RAISE(ABORT, '{_table(model)}: {why}'); END"
    )


def _sqlite_part_is_fixed(event: str) -> str:
    rows = {"insert": ["NEW"], "update": ["OLD", "NEW"], "delete": ["OLD"]}[event]
    return " OR ".join(
        "EXISTS (SELECT 1 FROM conditions_edition "
        f"WHERE id = {row}.edition_id AND state IN {FIXED})"
        for row in rows
    )


def _edition_conditions(differs: str) -> dict[str, str]:
    changed = " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in FIXED_COLUMNS)
    return {
        "update": f"OLD.state IN {FIXED} AND ({changed})",
        "delete": f"OLD.state IN {FIXED}",
        # approved -> withdrawn is the one way on; nothing leaves these states again.
        "reopen": f"(OLD.state = 'withdrawn' AND NEW.state <> 'withdrawn') "
        f"OR (OLD.state = 'approved' AND NEW.state NOT IN {FIXED})",
    }


def _postgresql() -> Iterator[str]:
    yield _POSTGRESQL_FUNCTION
    yield _POSTGRESQL_PART_FUNCTION
    for model in PARTS:
        for event in _events(model):
            yield _postgresql_trigger(
                model, event, "", "nosology_refuse_part", "its edition was approved"
            )
    for model in APPEND_ONLY:
        for event in _events(model):
            yield _postgresql_trigger(model, event, "", "nosology_refuse", "rows are append-only")
    for event, when in _edition_conditions("IS DISTINCT FROM").items():
        yield _postgresql_trigger(
            "Edition", event, f"WHEN ({when})", "nosology_refuse", "approved editions do not change"
        )


def _postgresql_trigger(model: str, event: str, when: str, function: str, why: str) -> str:
    operation = "UPDATE" if event == "reopen" else event.upper()
    return (
        f"CREATE TRIGGER {_name(model, event)} BEFORE {operation} ON {_table(model)} "
        f"FOR EACH ROW {when} EXECUTE FUNCTION {function}('{_table(model)}: {why}')"
    )
