"""PostgreSQL keeps new words of a GIN index in a list, which every search reads from end to end.

After the index was written anew that took 4 ms of each question, until the database had tidied up.
https://www.postgresql.org/docs/15/gin-implementation.html#GIN-FAST-UPDATE
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

INDEXES = ("search_entry_vector", "search_word_trigrams")


def write_at_once(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _set(schema_editor, "SET (fastupdate = off)")
    if schema_editor.connection.vendor == "postgresql":
        for index in INDEXES:
            schema_editor.execute(f"SELECT gin_clean_pending_list('{index}')")


def keep_lists(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _set(schema_editor, "RESET (fastupdate)")


def _set(schema_editor: BaseDatabaseSchemaEditor, what: str) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for index in INDEXES:
            schema_editor.execute(f"ALTER INDEX {index} {what}")


class Migration(migrations.Migration):
    dependencies = [
        ("conditions", "0005_alias_rights"),
    ]

    operations = [
        migrations.RunPython(write_at_once, keep_lists),
    ]
