"""System checks, and that a server does not start on their errors."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connection

from conditions.triggers import drop_triggers
from config.checks import refuse_to_serve


def test_the_site_as_it_is_may_be_served() -> None:
    assert refuse_to_serve() == []


@pytest.mark.parametrize(
    "name", ["CacheMiddleware", "FetchFromCacheMiddleware", "UpdateCacheMiddleware"]
)
def test_site_cache_middleware_is_refused(settings: Any, name: str) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"django.middleware.cache.{name}"]
    assert f"{name} is in MIDDLEWARE" in refuse_to_serve()[0]


@pytest.mark.parametrize("key", ["short", "x" * 60])
def test_a_guessable_secret_key_is_refused(settings: Any, key: str) -> None:
    settings.SECRET_KEY = key
    assert "SECRET_KEY is too easy to guess" in refuse_to_serve()[0]


@pytest.mark.django_db
def test_missing_triggers_are_found_and_migrate_makes_them() -> None:
    assert _trigger_errors() == []
    drop_triggers()
    (error,) = _trigger_errors()
    assert "fixed_edition_update" in error.msg
    assert error.hint == "`manage.py migrate` makes them."
    call_command("migrate", verbosity=0)
    assert _trigger_errors() == []


@pytest.mark.django_db(transaction=True)
def test_tests_that_commit_have_the_triggers_too() -> None:
    assert not connection.in_atomic_block
    assert _trigger_errors() == []


def _trigger_errors() -> list[Any]:
    found = run_checks(include_deployment_checks=True, databases=["default"])
    return [error for error in found if error.id == "config.E003"]
