from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    Text = models.CharField[str, str]
else:
    Text = models.CharField


class ByteOrderedField(Text):
    """Text that both databases sort and compare by its bytes, as SQLite does anyway.

    PostgreSQL would go by the language of the database: "M60" and "M60.0" and "M6A" would stand in
    another order, and no index would serve a range of them.
    """

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        collation = "C" if connection.vendor == "postgresql" else None
        return {**super().db_parameters(connection), "collation": collation}
