"""A test client that knows what SQL its requests ran."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import Client

from conditions.models import FullTreatment

GATED_TABLE = FullTreatment._meta.db_table


class WatchedClient(Client):
    """Fails a request that names the gated table, for identities that may not read it."""

    def request(self, **environ: Any) -> Any:
        with connection.execute_wrapper(_refuse_gated_table):
            return super().request(**environ)


class GatedTableRead(AssertionError):
    pass


def _refuse_gated_table(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    if GATED_TABLE in sql.lower():
        raise GatedTableRead(f"This request must not read the gated table: {sql}")
    return execute(sql, params, many, context)
