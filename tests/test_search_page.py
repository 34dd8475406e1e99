"""The page of the search: what it finds, groups, filters, marks and refuses."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from html import unescape
from http import HTTPStatus
from io import StringIO
from urllib.parse import quote

import pytest
from django.core.management import call_command
from django.utils import timezone

from conditions import publishing
from conditions.models import Alias
from conditions.search import index
from conditions.search import page as results_page
from conditions.search.highlighting import highlighted
from conditions.search.ranking import Term
from tests import factories, people
from tests.icd10cm_files import SMALL
from tests.watched_client import WatchedClient

pytestmark = pytest.mark.django_db

HOSTILE = (
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "{{ 7*7 }}", "%", "_", "*",
    "\\", '"', "'", '"unbalanced', "ossification AND", "OR", "NOT muscle", "NEAR(a b, 2)",
    "title:muscle", "muscle*", "(muscle", "muscle)", "^muscle", "-muscle", "+", "a & b | !c",
    "muscle:*", "<->", "'; DROP TABLE conditions_searchentry; --", "\x01\x07\x1b[31m bone",
    "\u202egnp.exe", "\ud83e 🦴", "\ufffd", "é" * 200, "ﷺ" * 200, "İ" * 200, "a " * 100,
    "1" * 200, "M61.569 " * 25, "?" * 200,
)  # fmt: skip


@pytest.fixture
def tree() -> None:
    call_command("load_icd10cm", folder=SMALL, stdout=StringIO())


@pytest.fixture
def edition(tree):
    return factories.published()


def get(client, query: str, more: str = ""):
    return client.get(f"/search/?q={quote(query, errors='surrogatepass')}{more}")


def search(client, query: str, more: str = "") -> str:
    response = get(client, query, more)
    assert response.status_code == HTTPStatus.OK, query
    return response.content.decode()


def main(html: str) -> str:
    return html[html.index("<main") : html.index("</main>")]


def heading(html: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", html)
    assert found
    return unescape(found[1])


def sections(html: str) -> list[str]:
    return re.findall(r'<h2 class="index-head"[^>]*>(.*?)</h2>', html)


def choices(html: str) -> list[str]:
    """The filters with their counts, in their order."""
    rail = main(html)[: main(html).index("<h1")]
    return re.findall(r">([^<>]+ <span>\d+)</span></a>", rail)


# ── What is found ─────────────────────────────────────────────────────────────────────────────
def test_a_name_finds_the_condition_first_and_then_codes(edition, client):
    html = search(client, "ossification")

    assert sections(html) == ["Conditions", "Codes"]
    assert edition.get_absolute_url() in html
    assert "/codes/M61.561/" in html
    assert 'value="ossification"' in html


def test_articles_that_only_mention_it_come_after_codes(tree, client):
    factories.published(title="Bone in the calf", causes="Unlike cholera, nobody catches it.")

    assert sections(search(client, "cholera")) == ["Codes", "Articles that mention it"]
    assert sections(search(client, "cholera", "&kind=condition")) == ["Articles that mention it"]


def test_a_code_in_any_spelling_is_shown_first_with_its_article_after_it(edition, client):
    html = search(client, "icd-10 m61 569")

    assert sections(html) == ["Codes", "Conditions"]
    assert 'Go to <a href="/codes/M61.569/">M61.569 Other ossification' in html
    assert "Own article" in html
    assert edition.get_absolute_url() in html


def test_each_code_says_where_its_article_stands(tree, client):
    factories.published(factories.condition("ossification", "M61.5"))

    html = search(client, "ossification of muscle")

    assert "<small>Own article</small>" in html
    assert "<small>Article of M61.5</small>" in html


def test_a_code_that_does_not_exist_is_said_to_be_none(edition, client):
    html = search(client, "M61.58X")

    assert heading(html) == "There is no code “M61.58X” in ICD-10-CM"
    assert "The nearest one is M61.5." in html
    assert 'href="/codes/M61.5/"' in html


def test_a_misspelled_word_is_corrected_openly_and_can_be_searched_as_typed(edition, client):
    html = search(client, "osification")

    assert "Showing results for <strong>ossification</strong> instead of osification." in html
    assert '<a href="/search/?q=osification&amp;as_typed=1">osification</a>' in html
    assert edition.get_absolute_url() in html

    as_typed = search(client, "osification", "&as_typed=1")

    assert heading(as_typed) == "No results for “osification”"
    assert '<a href="/search/?q=osification">' in as_typed


def test_the_one_with_this_name_is_where_to_go(edition, client):
    html = search(client, "Heterotopic Ossification")

    assert f'Go to <a href="{edition.get_absolute_url()}">Bone in the calf</a>' in html
    assert "Go to" not in search(client, "ossification of the muscle")


def test_a_name_of_a_code_leads_to_the_article_that_holds_it(tree, client):
    edition = factories.published(
        factories.condition("cholera", "A00"), title="Cholera (bowel infection)"
    )

    html = search(client, "cholera")

    assert f'Go to <a href="{edition.get_absolute_url()}">Cholera (bowel infection)</a>' in html


def test_an_article_that_has_just_this_abbreviation_does_not_only_mention_it(tree, client):
    edition = factories.published(factories.condition("cholera", "A00"), title="Cholera")
    Alias.objects.create(name="ALL", code_id="A00", kind="abbreviation")
    index.rebuild()

    html = search(client, "ALL")

    assert sections(html) == ["Conditions", "Codes"]
    assert f'Go to <a href="{edition.get_absolute_url()}">Cholera</a>' in html


def test_words_that_only_ask_do_not_hide_the_one_that_is_meant(tree, client):
    assert 'Go to <a href="/codes/A00/">A00 Cholera</a>' in search(client, "What is cholera?")


def test_words_are_marked_in_titles_and_descriptions(edition, client):
    html = search(client, "ossifications muscles")

    assert "Other <mark>ossification</mark> of <mark>muscle</mark>" in html
    assert "inside a <mark>muscle</mark> of the lower leg." in html


def test_nothing_found_leads_on(edition, client):
    html = search(client, "xyzzyq")

    assert heading(html) == "No results for “xyzzyq”"
    for link in ("/conditions/", "/codes/", "/search/?q=M61.569"):
        assert f'href="{link}"' in main(html)
    assert 'value="xyzzyq"' in main(html)


@pytest.mark.parametrize("query", ["", "%20%20", "%01%02", "%E2%80%AE"])
def test_an_empty_search_offers_the_form_and_ways_to_browse(client, query):
    response = client.get(f"/search/?q={query}")

    assert response.status_code == HTTPStatus.OK
    assert response.content == client.get("/search/").content
    html = main(response.content.decode())
    assert 'name="q" value=""' in html
    assert 'href="/conditions/"' in html
    assert 'href="/codes/"' in html


def test_a_withdrawn_condition_is_not_found(tree, client):
    edition = factories.withdrawn()

    assert edition.get_absolute_url() not in search(client, "heterotopic ossification")


def test_a_scheduled_edition_is_not_found_before_its_time(tree, client):
    edition = factories.approved(title="Wanderknochen")
    publishing.schedule(edition, at=timezone.now() + timedelta(days=1), by=factories.editor())

    assert heading(search(client, "Wanderknochen")) == "No results for “Wanderknochen”"


# ── Filters and pages ─────────────────────────────────────────────────────────────────────────
def test_filters_count_what_was_found_in_kinds_and_chapters(edition, client):
    factories.published(
        factories.condition("cholera", "A00"), causes="An ossification of the mind."
    )

    assert choices(search(client, "ossification")) == [
        "All <span>9",
        "Conditions <span>2",
        "Codes <span>7",
        "All <span>9",
        "Diseases of the musculoskeletal system and connective tissue <span>8",
        "Certain infectious and parasitic diseases <span>1",
    ]
    assert choices(search(client, "ossification", "&kind=condition")) == [
        "All <span>9",
        "Conditions <span>2",
        "Codes <span>7",
        "All <span>2",
        "Certain infectious and parasitic diseases <span>1",
        "Diseases of the musculoskeletal system and connective tissue <span>1",
    ]
    assert choices(search(client, "M61.58X")) == []


def test_one_kind_is_one_list(edition, client):
    html = search(client, "ossification", "&kind=code")

    assert sections(html) == ["Codes"]
    assert edition.get_absolute_url() not in html
    assert 'q=ossification&amp;kind=code" aria-current="true">Codes' in html


def test_a_chapter_narrows_both_kinds(edition, client):
    other = factories.published(
        factories.condition("cholera", "A00"), causes="An ossification of the mind."
    )

    html = search(client, "ossification", "&chapter=chapter-1")

    assert sections(html) == ["Conditions"]
    assert other.get_absolute_url() in html
    assert edition.get_absolute_url() not in html


def test_filters_that_leave_nothing_say_so(edition, client):
    factories.published(
        factories.condition("cholera", "A00"), causes="An ossification of the mind."
    )

    html = search(client, "ossification", "&chapter=chapter-1&kind=code")

    assert 'None with these filters. <a href="/search/?q=ossification">' in html


@pytest.mark.parametrize(
    "more",
    ["&kind=none", "&chapter=chapter-99", "&chapter=%27", "&kind=&chapter=&page=", "&page=7",
     "&page=-1", "&page=x", "&page=%D9%A3", f"&page={'9' * 5000}", "&as_typed=no", "&q2=&&&="],
)  # fmt: skip
def test_filters_that_do_not_exist_are_left_out(edition, client, more):
    assert main(search(client, "ossification", more)) == main(search(client, "ossification"))


def test_a_long_list_comes_in_pages(edition, client, monkeypatch):
    monkeypatch.setattr(results_page, "PER_PAGE", 3)
    first = search(client, "ossification", "&kind=code")
    second = search(client, "ossification", "&kind=code&page=2")

    codes_of = re.compile(r"<li><code>(M[^<]*)")
    assert len(codes_of.findall(first)) == len(codes_of.findall(second)) == 3
    assert set(codes_of.findall(first)).isdisjoint(codes_of.findall(second))
    assert "Page 2 of 3" in second
    assert '<a href="/search/?q=ossification&amp;kind=code" rel="prev">' in second
    assert '<a href="/search/?q=ossification&amp;kind=code&amp;page=3" rel="next">' in second
    assert "Page 3 of 3" in search(client, "ossification", "&kind=code&page=99")


def test_a_section_shows_its_beginning_and_leads_to_the_rest(edition, client, monkeypatch):
    monkeypatch.setattr(results_page, "PER_SECTION", 2)

    html = search(client, "ossification")

    assert len(re.findall(r"<li><code>M", html)) == 2
    assert '<a href="/search/?q=ossification&amp;kind=code">All 7 codes</a>' in html


def test_more_than_is_ranked_is_not_counted_as_all(edition, client, monkeypatch):
    monkeypatch.setattr(results_page, "MOST_CODES", 5)

    html = search(client, "ossification")

    assert heading(html) == "The best 8 results for “ossification”"
    assert "There are more." in html


# ── What may not happen ───────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("query", HOSTILE)
def test_hostile_queries_are_text_and_nothing_else(edition, client, query):
    response = get(client, query)

    assert response.status_code == HTTPStatus.OK
    html = response.content.decode()
    assert "<script>" not in html
    assert "<img" not in main(html)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202e]", html)


def test_marks_do_not_open_what_a_title_holds(tree, client):
    factories.published(title="Bone <b>growth</b> & script", description='A "<script>" of bone.')

    html = main(search(client, "script b bone"))

    assert "<b>growth" not in html
    assert "<script>" not in html
    assert "&lt;<mark>script</mark>&gt;" in html


def test_a_query_may_have_two_hundred_characters(client):
    assert get(client, "a" * 200).status_code == HTTPStatus.OK

    response = get(client, "a" * 201)

    assert response.status_code == HTTPStatus.BAD_REQUEST
    html = response.content.decode()
    assert "up to 200 characters long. This one has 201" in html
    assert f'value="{"a" * 200}"' in main(html)
    assert 'role="search"' in html


def test_too_long_a_query_is_not_searched(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert get(client, "ossification " * 9000).status_code == HTTPStatus.BAD_REQUEST


def test_a_nul_is_refused(client):
    assert client.get("/search/?q=bone%00").status_code == HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize("query", ["", "ossification", "xyzzyq", "a" * 201])
def test_results_are_private_and_in_no_index(edition, client, query):
    response = get(client, query)

    assert response.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in response.headers
    assert not response.cookies
    html = response.content.decode()
    assert '<meta name="robots" content="noindex">' in html
    assert "canonical" not in html
    assert "csrfmiddlewaretoken" not in html


def test_results_are_read_and_never_sent(edition, client):
    head = client.head("/search/?q=ossification")

    assert head.status_code == HTTPStatus.OK
    assert head.content == b""
    assert client.post("/search/", {"q": "ossification"}).status_code == 405


def test_no_log_line_holds_a_query(edition, client, caplog):
    client.force_login(people.reader())
    with caplog.at_level(logging.INFO):
        for query in ("secretillness", "secretillness" * 20, "secretillness\0"):
            get(client, query)
        client.post("/search/?q=secretillness")

    assert "secretillness" not in caplog.text


def test_crawlers_are_kept_from_results(client):
    text = client.get("/robots.txt").content.decode()

    assert "Disallow: /search/\n" in text
    assert "Disallow: /api/\n" in text


# ── The field on other pages ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "path",
    ["/", "/conditions/", "/codes/", "/codes/M61.569/", "/privacy/", "/accounts/login/",
     "/no-such-page/", "/codes/M61.58X/", "/search/", "/search/?q=bone"],
)  # fmt: skip
def test_every_page_has_a_search_field(edition, client, path):
    html = client.get(path).content.decode()

    assert '<form class="search' in html
    assert 'action="/search/"' in html


def test_a_page_for_an_unknown_code_offers_to_search_the_nearest(tree, client):
    html = main(client.get("/codes/M61.58X/").content.decode())

    assert 'name="q" value="M61.5"' in html
    assert 'name="q" value="x&lt;y"' in main(client.get("/codes/x%3Cy/").content.decode())


def test_searching_reads_no_gated_table(edition):
    visitor = WatchedClient()

    for query in ("ossification", "osification", "M61.569", "xyzzyq"):
        assert visitor.get(f"/search/?q={query}").status_code == HTTPStatus.OK


# ── Marks ─────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "stem", "marked"),
    [
        ("Broken bones", "bone", "Broken <mark>bones</mark>"),
        ("Ménière’s disease", "menier", "<mark>Ménière’s</mark> disease"),
        ("Me\u0301nie\u0300re", "menier", "<mark>Me\u0301nie\u0300re</mark>"),
        ("Oedema, and edema", "edema", "<mark>Oedema</mark>, and <mark>edema</mark>"),
        ("A leg-long scar", "leg", "A <mark>leg</mark>-long scar"),
        ("legend", "leg", "legend"),
        ("1 < 2 & 'x'", "2", "1 &lt; <mark>2</mark> &amp; &#x27;x&#x27;"),
        ("<mark>", "mark", "&lt;<mark>mark</mark>&gt;"),
        ("&amp;", "amp", "&amp;<mark>amp</mark>;"),
        ("", "leg", ""),
    ],
)
def test_found_words_are_marked_in_every_form(text, stem, marked):
    assert highlighted(text, [Term(stem, 1)]) == marked


def test_the_beginning_of_a_word_marks_the_words_it_may_become():
    term = Term("ossif", 1, frozenset({"ossif", "ossific"}))

    assert highlighted("An ossification", [term]) == "An <mark>ossification</mark>"
