"""What the site does for PostgreSQL alone."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.core.management import CommandError
from django.db import connection

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="PostgreSQL's own"),
]
search = import_module("conditions.migrations.0004_search")


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.mark.parametrize(
    ("setting", "value"), [("jit", "off"), ("max_parallel_workers_per_gather", "0")]
)
def test_no_query_is_compiled_or_divided(setting, value):
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {setting}")

        assert cursor.fetchone() == (value,)


def test_new_words_are_in_the_index_at_once_and_not_in_a_list_that_every_search_reads():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, reloptions[1] FROM pg_class WHERE relname ~ '^search_' AND relam ="
            " (SELECT oid FROM pg_am WHERE amname = 'gin') ORDER BY relname"
        )

        assert cursor.fetchall() == [
            ("search_entry_vector", "fastupdate=off"),
            ("search_word_trigrams", "fastupdate=off"),
        ]


def test_a_role_that_may_not_create_the_extension_of_the_search_is_told_what_to_do():
    run("DROP EXTENSION pg_trgm CASCADE", "CREATE ROLE weak", "SET LOCAL ROLE weak")

    with pytest.raises(CommandError, match='"CREATE EXTENSION pg_trgm"') as refused:
        search.create_trigram_extension(None, connection.schema_editor())

    assert "permission denied" in str(refused.value)
    run("RESET ROLE")


def test_an_extension_that_is_there_needs_no_right():
    run("CREATE ROLE weak", "SET LOCAL ROLE weak")

    search.create_trigram_extension(None, connection.schema_editor())

    run("RESET ROLE")
