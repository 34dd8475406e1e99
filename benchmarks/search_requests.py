"""How long requests to the search take, how large its index is, and how long writing it takes.

    python -m benchmarks.search_requests [HOW MANY OF EACH KIND]

Starts the server that `make run` starts, with one worker on a free port, on the data of VAR_DIR or
DATABASE_URL, and asks over one connection that is kept. The queries are the same each time. The
index is then written anew, which changes nothing in it. Other programs on the machine are in the
figures.
"""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from urllib.parse import quote

import django
from django.utils import timezone

from config import local

SEED, EACH, WARM_UP, START_SECONDS = 1, 200, 30, 60
ADDRESSES = {"page": "/search/", "search": "/api/v1/search", "suggest": "/api/v1/suggest"}
SIZES = {
    "sqlite": (
        "SELECT SUM(pgsize) FROM dbstat WHERE name IN"
        " (SELECT name FROM sqlite_master WHERE tbl_name LIKE 'conditions!_search%' ESCAPE '!')"
    ),
    "postgresql": (
        "SELECT SUM(pg_total_relation_size(oid)) FROM pg_class"
        " WHERE relkind = 'r' AND relname LIKE 'conditions!_search%' ESCAPE '!'"
    ),
}


def main() -> None:
    each = int(sys.argv[1]) if sys.argv[1:] else EACH
    port = _free_port()
    os.environ |= {"PORT": str(port), "HOST": "127.0.0.1", "GRANIAN_WORKERS": "1"}
    local.set_environment(debug=False)
    django.setup()
    asked = _queries(each)
    with _counts_kept(), _server(port) as connection:
        print(f"{'ms':<30} {'p50':>7} {'p95':>7} {'max':>7}")
        for what, address in ADDRESSES.items():
            for query in asked["words of titles"][:WARM_UP]:
                _ask(connection, address, query)
            for kind, queries in asked.items():
                _tell(f"{what}: {kind}", [_ask(connection, address, query) for query in queries])
    _tell_index()


# ── What is asked ─────────────────────────────────────────────────────────────────────────────
def _queries(each: int) -> dict[str, list[str]]:
    from conditions.models import Alias, Code, Edition, Kind
    from tests.odd_queries import misspelled

    chance = random.Random(SEED)  # noqa: S311  (the same ones each time)
    codes = Code.objects.current().exclude(kind__in={Kind.CHAPTER, Kind.BLOCK}).order_by("key")
    keys, titles = zip(*codes.values_list("key", "title"), strict=True)
    aliases = list(Alias.objects.in_use().order_by("pk").values_list("name", flat=True))
    editions = list(Edition.objects.listed().values_list("title", flat=True)) or titles
    spellings: tuple[Callable[[str], str], ...] = (
        str.lower,
        lambda key: key.replace(".", ""),
        lambda key: f"ICD-10 {key}",
    )

    def words(most: int) -> str:
        found = chance.choice(titles).replace(",", "").split()
        at = chance.randrange(len(found))
        return " ".join(found[at : at + chance.randint(1, most)])

    def with_typo() -> str:
        found = words(3).split()
        at = max(range(len(found)), key=lambda place: len(found[place]))
        return " ".join((*found[:at], misspelled(chance, found[at]), *found[at + 1 :]))

    kinds: dict[str, Callable[[], str]] = {
        "codes": lambda: chance.choice(spellings)(chance.choice(keys)),
        "titles of articles": lambda: chance.choice(editions),
        "words of titles": lambda: words(4),
        "aliases": lambda: chance.choice(aliases or titles),
        "one typing error": with_typo,
        "beginnings": lambda: words(3)[: chance.randint(2, 12)],
    }
    return {kind: [make()[:200] for _ in range(each)] for kind, make in kinds.items()}


@contextmanager
def _counts_kept() -> Iterator[None]:
    """What is searched here wants no article: the day's counts of codes stay as they were."""
    from conditions.models import WantedCode

    counts = WantedCode.objects.filter(day=timezone.localdate())
    before = list(counts)
    try:
        yield
    finally:
        counts.delete()
        WantedCode.objects.bulk_create(before)


# ── The server ────────────────────────────────────────────────────────────────────────────────
@contextmanager
def _server(port: int) -> Iterator[HTTPConnection]:
    address = ("--host", "127.0.0.1", "--port", str(port))
    options = ("--interface", "wsgi", "--no-ws", *address, "config.worker:application")
    server = subprocess.Popen([sys.executable, "-m", "granian", *options])
    try:
        _wait_for(port)
        connection = HTTPConnection("localhost", port, timeout=30)
        yield connection
        connection.close()
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _ask(connection: HTTPConnection, address: str, query: str) -> float:
    """Milliseconds from asking to the last byte of the answer."""
    began = time.perf_counter()
    connection.request("GET", f"{address}?q={quote(query)}")
    response = connection.getresponse()
    answer = response.read()
    ms = (time.perf_counter() - began) * 1000
    if response.status != 200:
        sys.exit(f"{response.status} for {query!a}: {answer[:200]!r}")
    return ms


# ── What is told ──────────────────────────────────────────────────────────────────────────────
def _tell(what: str, times: list[float]) -> None:
    times.sort()
    half, late = times[len(times) // 2], times[int(len(times) * 0.95)]
    print(f"{what:<30} {half:7.1f} {late:7.1f} {times[-1]:7.1f}", flush=True)


def _tell_index() -> None:
    from conditions.search import index

    print(f"The index takes {_size()}.")  # first, since PostgreSQL keeps the old rows for a while
    began = time.perf_counter()
    pages = index.rebuild()
    print(f"Writing its {pages:,} pages anew takes {time.perf_counter() - began:.1f} s.")


def _size() -> str:
    from django.db import DatabaseError, connection

    try:
        with connection.cursor() as cursor:
            cursor.execute(SIZES[connection.vendor])
            return f"{int(cursor.fetchone()[0]) / 1_000_000:.1f} MB"
    except DatabaseError as error:
        return f"what this database does not tell ({error})"


if __name__ == "__main__":
    main()
