"""Which codes people look for that have no article: a count a day, never what was typed or by whom.

The count is a hint for editors. It waits for nobody and breaks no search.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.db import DatabaseError, connection, transaction
from django.db.models import Sum
from django.utils import timezone

from conditions.models import Code, WantedCode
from conditions.search.finding import Found
from conditions.search.ranking import score
from conditions.search.results import Result

CLEAR = 0.8
"""From this score on a name is the query and little else: “leg” is no search for the many codes
that have the word, and “lower leg fracture” is one for a code."""

KEPT_DAYS = 400
MOST_LISTED = 100
WAIT_MILLISECONDS = 200
"""For others who write, such as a release of codes that is being loaded."""

_COUNT = """
INSERT INTO conditions_wantedcode (day, code_id, times) VALUES (%s, %s, 1)
ON CONFLICT (day, code_id) DO UPDATE SET times = conditions_wantedcode.times + 1
"""
logger = logging.getLogger(__name__)


# ── Counting ──────────────────────────────────────────────────────────────────────────────────
def note_wanted(found: Found, listed: Iterable[Result]) -> None:
    """Count the code that a search led to, where neither it nor one above it has an article.

    `listed` are its first results, with articles. To be called once a search: not for its further
    pages, nor for suggestions.
    """
    key = _code_found(found)
    if not any(each.lacks_article and each.code == key for each in listed):
        return
    try:
        with _waiting_briefly(), connection.cursor() as cursor:
            cursor.execute(_COUNT, [timezone.localdate(), key])
    except DatabaseError as error:
        # By its kind alone: a message may quote values.
        logger.warning("A wanted code was not counted: %s", type(error).__name__)


def _code_found(found: Found) -> str | None:
    """The code that the query names, or that its first result is and clearly answers to."""
    if found.missing_code:
        return None
    if found.codes:
        return found.codes[0].key
    best = next(iter(found.matches), None)
    if best is None:
        return None
    is_clear = best.id in found.exact or score(best, found.terms) >= CLEAR
    return best.code if is_clear else None


@contextmanager
def _waiting_briefly() -> Iterator[None]:
    """One transaction that soon gives up where others hold what it wants to write."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            # Nor does the reader wait for the disk: a count that a crash loses is no loss.
            cursor.execute(
                "SELECT set_config('lock_timeout', %s, true),"
                " set_config('synchronous_commit', 'off', true)",
                [f"{WAIT_MILLISECONDS}ms"],
            )
            yield
        return
    with connection.cursor() as cursor:
        (usual,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {WAIT_MILLISECONDS}")
        try:
            with transaction.atomic():
                yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")


def forget_old_counts() -> None:
    too_old = timezone.localdate() - timedelta(days=KEPT_DAYS)
    WantedCode.objects.filter(day__lt=too_old).delete()


# ── Reading ───────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Wanted:
    code: Code
    times: int


def most_wanted(days: int) -> list[Wanted]:
    """The codes looked for most in the last `days` days that have no article to this day."""
    since = timezone.localdate() - timedelta(days=days - 1)
    counted = WantedCode.objects.filter(day__gte=since).order_by().values("code")
    totals = counted.annotate(total=Sum("times")).order_by("-total", "code")
    times = dict(totals.values_list("code", "total")[: 3 * MOST_LISTED])
    codes = Code.objects.in_bulk(times)
    covered = Code.objects.nearest_codings(codes.values())
    listed = [Wanted(codes[key], total) for key, total in times.items() if key not in covered]
    return listed[:MOST_LISTED]
