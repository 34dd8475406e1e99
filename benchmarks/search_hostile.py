"""2,000 random and hostile queries, asked of the site's own data: what fails, and the slowest.

    python -m benchmarks.search_hostile [HOW MANY]

On the data of VAR_DIR or DATABASE_URL, as `make run` has it. The queries are the same each time;
other programs on the machine are in the figures, so processor time is told besides.
"""

from __future__ import annotations

import sys
import time
from http import HTTPStatus
from typing import NamedTuple

import django

from config import local

SEED = 2000
ALLOWED_MS = 300
SHOWN = 5
EXPECTED = {HTTPStatus.OK, HTTPStatus.BAD_REQUEST}


class Asked(NamedTuple):
    ms: float
    processor_ms: float
    status: int
    query: str


def main() -> None:
    local.set_environment(debug=False)
    django.setup()
    many = int(sys.argv[1]) if sys.argv[1:] else 2000
    failed = 0
    for what in ("search", "suggest"):
        failed += _tell(what, _ask_all(what, many))
    sys.exit(bool(failed))


def _ask_all(what: str, many: int) -> list[Asked]:
    from django.test import Client

    from conditions.models import SearchWord
    from tests.odd_queries import random_queries

    known = SearchWord.objects.order_by("word").values_list("word", flat=True).distinct()
    client = Client(raise_request_exception=False, SERVER_NAME="localhost")
    client.get(f"/api/v1/{what}", {"q": "warm up"})
    return [_ask(client, what, query) for query in random_queries(SEED, many, list(known))]


def _ask(client: object, what: str, query: str) -> Asked:
    began, processor = time.perf_counter(), time.process_time()
    response = client.get(f"/api/v1/{what}", {"q": query})  # type: ignore[attr-defined]
    seconds, processor = time.perf_counter() - began, time.process_time() - processor
    return Asked(seconds * 1000, processor * 1000, response.status_code, query)


def _tell(what: str, asked: list[Asked]) -> int:
    """Print it; how many went wrong."""
    wrong = [each for each in asked if each.status not in EXPECTED]
    times = sorted(each.ms for each in asked)
    slow = sum(ms > ALLOWED_MS for ms in times)
    half, most = times[len(times) // 2], times[-1]
    print(
        f"{what}: {len(asked):,} queries, {len(wrong)} errors, p50 {half:.1f} ms, "
        f"p95 {times[int(len(times) * 0.95)]:.1f} ms, slowest {most:.1f} ms, "
        f"{slow} over {ALLOWED_MS} ms; {max(each.processor_ms for each in asked):.1f} ms of "
        "processor at most"
    )
    for each in wrong[:SHOWN]:
        print(f"  {each.status}: {each.query!a}")
    for each in sorted(asked, reverse=True)[:SHOWN]:
        print(f"  {each.ms:6.1f} ms ({each.processor_ms:.1f} of processor): {each.query[:80]!a}")
    return len(wrong)


if __name__ == "__main__":
    main()
