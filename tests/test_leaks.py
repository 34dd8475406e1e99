"""No gated word reaches anybody for whom the gate is shut, by any address."""

from __future__ import annotations

import ast
import re
from http import HTTPStatus
from itertools import chain
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from conditions.models import Edition
from tests import every_url, factories, people
from tests.factories import CANARY
from tests.watched_client import GatedTableRead, WatchedClient

pytestmark = pytest.mark.django_db

METHODS = ("get", "head", "post", "options", "put")
QUERIES = (
    "format=json", "full=1", "preview=1", "print=1", "amp=1", "_escaped_fragment_=",
    "static=1&order=asc", "fields=full_treatment", "expand=full_treatment", "edition=1",
    "member=1", "is_member=true", "user=1", "token=x", "next=/", "language=en", "debug=1",
    "treatment=full", "show=all", "view=source", "raw=1", "draft=1", "version=2", "print=true",
)  # fmt: skip
ACCEPTS = ("application/json", "text/markdown", "application/xml", "text/plain", "*/*")
AGENTS = ("Googlebot/2.1", "Bingbot/2.0", "Twitterbot/1.0", "facebookexternalhit/1.1", "GPTBot")
SUFFIXES = (
    "treatment.css", ";.js", "%0A.png", "..%2fstatic", "full", "amp/", "index.html", ".md", ".json",
    "treatment/", "print/", "?", "%2e", "feed/", "full-treatment",
)  # fmt: skip


@pytest.fixture
def edition() -> Edition:
    return factories.published()


def seen(response) -> str:
    """All that a client gets: status line, headers, cookies and body, unquoted."""
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    body = b"".join(response) if response.streaming else response.content
    text = f"{headers}\n{response.cookies.output()}\n{body.decode('utf-8', 'replace')}"
    return unquote(text)


def test_no_address_is_unknown_to_these_tests(edition):
    assert set(every_url.routes()) == set(every_url.addresses(edition))


@pytest.mark.parametrize("method", METHODS)
def test_a_visitor_gets_no_gated_word_from_any_address(edition, method):
    visitor = WatchedClient()
    for address in chain.from_iterable(every_url.addresses(edition).values()):
        response = getattr(visitor, method)(address)

        assert CANARY not in seen(response), address
        assert response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, address


def test_a_verified_reader_does_get_the_gated_words(edition, client):
    client.force_login(people.reader())

    page = seen(client.get(edition.get_absolute_url()))

    for words in ("First", "last word is", "called", "Alternative"):
        assert f"{words} {CANARY}" in page


def test_the_watch_notices_a_read_of_the_gated_table(edition):
    reader = WatchedClient()
    reader.force_login(people.reader())

    with pytest.raises(GatedTableRead):
        reader.get(edition.get_absolute_url())


def test_a_gated_figure_opens_for_readers_alone(edition, client):
    secret = edition.figures.get(file="secret.svg")
    address = f"/figures/{secret.pk}/secret.svg"
    assert client.get(address).status_code == HTTPStatus.NOT_FOUND

    client.force_login(people.reader())

    response = client.get(address)
    assert CANARY in seen(response)
    assert response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("state", ["draft", "approved", "withdrawn"])
def test_figures_of_what_is_not_published_open_for_nobody(client, state):
    edition = getattr(factories, state)()
    client.force_login(people.reader())

    for row in edition.figures.all():
        assert client.get(f"/figures/{row.pk}/{row.file}").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_changes_nothing(edition, query):
    address = edition.get_absolute_url()
    visitor = WatchedClient()

    assert visitor.get(f"{address}?{query}").content == visitor.get(address).content


@pytest.mark.parametrize("headers", [
    *({"accept": accept} for accept in ACCEPTS),
    *({"user-agent": agent, "referer": "https://www.google.com/"} for agent in AGENTS),
    {"x-forwarded-host": "evil.example"},
    {"x-original-url": "/admin/"},
    {"x-http-method-override": "PUT"},
    {"range": "bytes=0-10"},
])  # fmt: skip
def test_no_request_header_opens_the_gate(edition, headers):
    address = edition.get_absolute_url()
    visitor = WatchedClient()

    response = visitor.get(address, headers=headers)

    assert response.content == visitor.get(address).content
    assert "evil.example" not in seen(response)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_neighboring_addresses_are_no_second_page(edition, suffix):
    response = WatchedClient().get(edition.get_absolute_url() + suffix)

    assert CANARY not in seen(response)
    assert response.status_code == (HTTPStatus.OK if suffix == "?" else HTTPStatus.NOT_FOUND)


def test_the_public_page_does_not_depend_on_gated_text(client):
    short = factories.published(factories.condition("abrupt", "I10"))
    long = factories.published(
        factories.condition("lengthy", "I11"),
        full_treatment=short.full_treatment.body + "\n\n#### More\n\n" + "Much more text. " * 500,
    )

    def page_of(edition):
        """The page without the three things that tell the two conditions apart."""
        html = client.get(edition.get_absolute_url()).content.decode()
        figure = edition.figures.get(file="calf.svg").pk
        for own in (
            edition.condition.slug,
            f"figures/{figure}/",
            str(edition.condition.codings.get()),
        ):
            html = html.replace(own, "")
        return re.sub(r"<b>I1[01]</b>", "", html)

    assert page_of(short) == page_of(long)


def test_no_mail_holds_gated_words(edition, client):
    address = edition.get_absolute_url() + "%23treatment"
    known = people.reader()
    for path, data in (
        ("signup", {"email": "new@example.org", "password1": people.PASSWORD}),
        ("signup", {"email": known.email, "password1": people.PASSWORD}),
        ("login/code", {"email": known.email}),
        ("password/reset", {"email": known.email}),
    ):
        Client().post(f"/accounts/{path}/?next={address}", data)

    assert len(mail.outbox) == 4
    for message in mail.outbox:
        assert CANARY not in message.message().as_string()
        assert edition.title not in message.message().as_string()


def test_only_the_modules_behind_the_gate_import_the_gated_text():
    allowed = {
        "conditions/gate.py",
        "conditions/edition_rows.py",
        "conditions/models/__init__.py",
        "conditions/models/sections.py",
    }

    assert set(_files_that_name("FullTreatment")) - allowed == set()


def test_no_reader_side_module_imports_the_rows_of_whole_editions():
    names = "views api article caching gate index urls".split()
    reader_side = {f"{name}.py" for name in names}

    importers = {Path(name).name for name in _files_that_name("edition_rows")}

    assert importers & reader_side == set()


def test_imports_run_one_way():
    for name, module in _imports():
        if name.startswith("conditions/"):
            assert not module.startswith(("accounts", "config")), name
        if name.startswith("accounts/"):
            assert not module.startswith("config"), name


def _files_that_name(word: str) -> list[str]:
    return [name for name, tree in _trees() if any(_names(node, word) for node in ast.walk(tree))]


def _names(node: ast.AST, word: str) -> bool:
    if isinstance(node, ast.ImportFrom):
        return word in (node.module or "") or any(alias.name == word for alias in node.names)
    return isinstance(node, ast.Attribute | ast.Name) and word in (
        getattr(node, "attr", ""),
        getattr(node, "id", ""),
    )


def _imports() -> list[tuple[str, str]]:
    return [
        (name, module)
        for name, tree in _trees()
        for node in ast.walk(tree)
        for module in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    ]


def _trees() -> list[tuple[str, ast.Module]]:
    root = Path(settings.BASE_DIR)
    return [
        (str(path.relative_to(root)), ast.parse(path.read_text(encoding="utf-8")))
        for app in ("conditions", "accounts", "config")
        for path in sorted((root / app).rglob("*.py"))
        if "migrations" not in path.parts
    ]
