"""The pages of ICD-10-CM codes, sitemaps and what pages say of themselves to machines."""

from __future__ import annotations

import json
import random
import re
from http import HTTPStatus
from io import StringIO

import pytest
from django.core.management import call_command

from conditions import cataloguing
from conditions.models import Alias, Code
from tests import factories, people
from tests.icd10cm_files import SMALL, next_release

pytestmark = pytest.mark.django_db

SEED = 4  # of the sample of pages


@pytest.fixture
def tree() -> None:
    call_command("load_icd10cm", folder=SMALL, stdout=StringIO())


def page(client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == HTTPStatus.OK, path
    return response.content.decode()


def data_of(html: str) -> dict:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html)
    assert found
    return json.loads(found[1])


def test_the_index_lists_the_chapters_and_the_release(tree, client):
    html = page(client, "/codes/")

    assert "Release 2026: 36 chapters, blocks, categories and codes" in html
    assert html.count('href="/codes/chapter-') == 3


def test_before_the_codes_are_loaded_the_pages_say_so(client):
    assert "not loaded on this site yet" in page(client, "/codes/")
    assert client.get("/codes/M61.569/").status_code == HTTPStatus.NOT_FOUND
    factories.published()
    assert "By body system" not in page(client, "/")


def test_a_code_is_read_step_by_step(tree, client):
    html = page(client, "/codes/M61.569/")

    steps = re.findall(r"<li><code>([^<]*)<b>([^<]*)</b></code>", html)
    assert steps == [
        *(("", "M"), ("M", "60–63"), ("M", "61"), ("M61", ".5"), ("M61.5", "6"), ("M61.56", "9"))
    ]
    assert "Yes, a complete code" in html
    assert '<link rel="canonical" href="http://localhost:8000/codes/M61.569/">' in html


def test_a_code_shows_its_children_and_whether_they_are_complete(tree, client):
    html = page(client, "/codes/M61.56/")

    assert '<a href="/codes/M61.561/">' in html
    assert "Complete code" in html
    assert "No, a more exact code is needed" in html


def test_inherited_notes_say_where_they_come_from_and_name_codes_as_links(tree, client):
    html = page(client, "/codes/A00.0/")

    notes = html[html.index('id="notes"') :]
    assert "diseases generally recognized as communicable" in notes
    assert '<a href="/codes/chapter-1/"><code>A00-B99</code></a>' in notes
    assert "Classical cholera" in notes
    assert "<td>here</td>" in notes


def test_the_nearest_seventh_characters_are_in_force(tree, client):
    assert "initial encounter" in page(client, "/codes/T36.0X1/")
    below = page(client, "/codes/T36.10/")
    assert "of its own" in below
    assert "initial encounter" not in below


@pytest.mark.parametrize("typed", ["m61569", "M61569", "m61.569", "M61.569-"])
def test_spellings_lead_to_the_one_address(tree, client, typed):
    response = client.get(f"/codes/{typed}/")

    assert response.status_code == HTTPStatus.MOVED_PERMANENTLY
    assert response.headers["Location"] == "/codes/M61.569/"


def test_an_unknown_code_is_followed_as_far_as_it_goes(tree, client):
    response = client.get("/codes/M61.58X/")

    assert response.status_code == HTTPStatus.NOT_FOUND
    html = response.content.decode()
    assert "There is no page for M61.58X" in html
    assert '<a href="/codes/M61.5/">' in html


@pytest.mark.parametrize("typed", ["nothing", "999", "%3Cscript%3E", "M61.5690000", "é", "M" * 300])
def test_what_is_no_code_gets_a_clear_page(tree, client, typed):
    response = client.get(f"/codes/{typed}/")

    assert response.status_code == HTTPStatus.NOT_FOUND
    assert "<script>" not in response.content.decode().replace("<script src", "")


def test_a_code_without_an_article_leads_to_the_nearest_above(tree, client):
    factories.published(factories.condition("ossification", "M61"), title="Ossified muscle")

    html = page(client, "/codes/M61.569/")

    assert "<strong>M61.569 has no article of its own yet.</strong>" in html
    assert '<a href="/conditions/ossification/">Ossified muscle</a> (M61)' in html
    assert "A patch of bone grows where none should be." in html
    assert "[@open-2020]" not in html
    assert "#ref-1" not in html


def test_a_code_with_its_own_article_says_so_and_those_above_list_it(tree, client):
    factories.published(title="Ossified muscle")

    assert "This code has its own article" in page(client, "/codes/M61.569/")
    above = page(client, "/codes/M60-M63/")
    assert "Articles on codes below" in above
    assert "Ossified muscle" in above


@pytest.mark.parametrize("state", ["draft", "approved", "withdrawn"])
def test_an_article_that_is_not_published_is_not_led_to(tree, client, state):
    getattr(factories, state)(title="Not for readers")

    assert "Not for readers" not in page(client, "/codes/M61.569/")
    assert "Not for readers" not in page(client, "/codes/M61/")


def test_a_retired_code_keeps_a_page_outside_counts_and_sitemap(tree, client, tmp_path):
    call_command("load_icd10cm", folder=next_release(tmp_path), stdout=StringIO())

    html = page(client, "/codes/A00.9/")

    assert "Retired in 2027" in html
    assert '<meta name="robots" content="noindex">' in html
    assert "/codes/A00.9/" not in page(client, "/codes/A00/")
    assert "/codes/A00.9/" not in page(client, "/sitemap-codes.xml")


# ── Names ─────────────────────────────────────────────────────────────────────────────────────
def named(key: str, *names: str, **fields) -> None:
    for name in names:
        Alias.objects.create(code_id=key, name=name, **{"kind": "lay", **fields})


def test_a_code_says_what_people_call_it_in_the_order_in_which_names_came(tree, client):
    named("M61.56", "bony calf", "Beinkalk & <b>")
    named("M61", "muscle to bone")

    html = page(client, "/codes/M61.56/")

    assert "<span>Also called</span> bony calf, Beinkalk &amp; &lt;b&gt;</p>" in html
    assert "muscle to bone" not in html
    assert data_of(html)["alternateName"] == ["bony calf", "Beinkalk & <b>"]
    assert "more name" not in html


def test_of_many_names_the_first_twelve_are_shown_at_once(tree, client):
    named("M61.56", *(f"name {number:02}" for number in range(1, 15)))

    html = page(client, "/codes/M61.56/")

    shown, folded = html.split("<summary>2 more names</summary>")
    assert "name 12" in shown
    assert "name 13" not in shown[shown.index("<h1") :]
    assert "name 13, name 14</p></details>" in folded
    assert len(data_of(html)["alternateName"]) == 14


def test_phrases_names_of_the_index_or_switched_off_and_the_title_are_not_also_called(tree, client):
    named("M61.56", "Ossification leg", kind="index", origin="index")
    named("M61.56", "bone in my calf", kind="phrase")
    named("M61.56", "bony calf", is_in_use=False)
    named("M61.56", "other ossification of MUSCLE, lower leg")

    html = page(client, "/codes/M61.56/")

    assert "Also called" not in html
    assert data_of(html)["alternateName"] == []


def test_a_code_page_takes_at_most_eight_queries(tree, client, django_assert_max_num_queries):
    factories.published(factories.condition("ossification", "M61"))
    for key in Code.objects.values_list("key", flat=True):
        named(key, "a name")
    for key in Code.objects.values_list("key", flat=True):
        with django_assert_max_num_queries(8):
            page(client, f"/codes/{key}/")


# ── Conditions and their codes ────────────────────────────────────────────────────────────────
def test_a_condition_page_has_its_place_and_the_codes_that_inherit_it(tree, client):
    edition = factories.published(factories.condition("ossification", "M61.56"))

    html = page(client, edition.get_absolute_url())

    crumbs = html[html.index('aria-label="Breadcrumb"') : html.index("<h1>")]
    assert re.findall(r'href="(/codes/[^"]*)"', crumbs) == [
        *("/codes/chapter-2/", "/codes/M60-M63/", "/codes/M61/")
    ]
    inheriting = html[html.index("Codes this article is about") :]
    assert '<a href="/codes/M61.561/">' in inheriting


def test_the_place_of_a_condition_costs_no_query_once_it_is_known(
    tree, client, django_assert_max_num_queries
):
    edition = factories.published()
    page(client, edition.get_absolute_url())

    with django_assert_max_num_queries(5):
        page(client, edition.get_absolute_url())


def test_changed_codes_show_at_once(tree, client):
    edition = factories.published()
    page(client, edition.get_absolute_url())

    cataloguing.set_codes(edition.condition, codes=["A00"], by=None)

    assert 'href="/codes/chapter-1/"' in page(client, edition.get_absolute_url())


# ── For machines ──────────────────────────────────────────────────────────────────────────────
def test_the_sitemaps_list_conditions_and_codes_under_the_address_of_the_site(tree, client):
    edition = factories.published()

    index = page(client, "/sitemap.xml")
    conditions = page(client, "/sitemap-conditions.xml")
    codes = page(client, "/sitemap-codes.xml")

    assert "<loc>http://localhost:8000/sitemap-codes.xml</loc>" in index
    assert "<loc>http://localhost:8000/conditions/bone-in-the-calf/</loc>" in conditions
    assert f"<lastmod>{edition.publish_at:%Y-%m-%d}</lastmod>" in conditions
    assert codes.count("<loc>") == 36
    assert client.get("/sitemap-other.xml").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("state", ["draft", "approved", "withdrawn"])
def test_the_sitemap_has_only_what_is_published(client, state):
    getattr(factories, state)()

    assert "bone-in-the-calf" not in page(client, "/sitemap-conditions.xml")


def test_robots_are_kept_from_accounts_and_shown_the_sitemap(client):
    text = page(client, "/robots.txt")

    assert "Disallow: /accounts/" in text
    assert "Disallow: /api/" in text
    assert "Sitemap: http://localhost:8000/sitemap.xml" in text


def test_a_condition_page_describes_itself_from_public_fields(client):
    data = data_of(page(client, factories.published().get_absolute_url()))

    assert data["@type"] == "MedicalWebPage"
    assert data["isAccessibleForFree"] is False
    assert data["mainEntity"]["code"] == [
        {"@type": "MedicalCode", "codeValue": "M61.569", "codingSystem": "ICD-10-CM"}
    ]
    assert data["citation"] == ["Open Body. An open source. 2020."]
    assert "lastReviewed" not in data
    assert "reviewedBy" not in data


def test_a_reader_gets_the_same_description_of_the_page_as_a_visitor(client):

    edition = factories.published()
    visitor = data_of(page(client, edition.get_absolute_url()))
    client.force_login(people.reader())

    assert data_of(page(client, edition.get_absolute_url())) == visitor


def test_no_title_can_end_the_data_block(client):
    edition = factories.published(title="</script><b>x</b>")

    html = page(client, edition.get_absolute_url())

    assert data_of(html)["name"] == "</script><b>x</b>"
    assert "</script><b>x" not in html


def test_a_code_page_describes_its_place(tree, client):
    data = data_of(page(client, "/codes/M61.56/"))

    assert data["about"]["codeValue"] == "M61.56"
    assert [item["name"] for item in data["breadcrumb"]["itemListElement"]][-1].endswith(
        "lower leg"
    )


# ── All of them ───────────────────────────────────────────────────────────────────────────────
@pytest.mark.all_codes
def test_pages_of_the_whole_classification_answer(client, request):
    """A seeded sample; `make all-codes` takes every one."""
    call_command("load_icd10cm", stdout=StringIO())
    keys = list(Code.objects.order_by("position").values_list("key", flat=True))
    assert len(keys) == 98_505
    every = request.config.getoption("--all-codes")
    sample = random.Random(SEED).sample(keys, 500)  # noqa: S311 (a sample, no secret)
    for key in keys if every else sample:
        assert client.get(f"/codes/{key}/").status_code == HTTPStatus.OK, key
