"""The home page and the A to Z."""

from __future__ import annotations

import pytest

from tests import factories, starter

pytestmark = pytest.mark.django_db


def test_the_home_page_shows_what_was_updated_and_which_letters_have_entries(client):
    starter.load()

    html = client.get("/").content.decode()

    assert '<a href="/conditions/asthma/">Asthma</a>' in html
    assert '<a href="/conditions/#letter-a">A</a>' in html
    assert '<span class="is-empty">Q</span>' in html
    assert f'<a href="{starter.OSSIFICATION}">Read about this condition</a>' in html


def test_the_home_page_of_an_empty_site_has_no_dead_ends(client):
    html = client.get("/").content.decode()

    assert "Recently updated" not in html
    assert "Read about this condition" not in html


def test_the_a_to_z_lists_titles_and_other_names_under_their_letters(client):
    factories.published(title="Ménière’s disease", also_known_as=("endolymphatic hydrops",))

    html = client.get("/conditions/").content.decode()

    letter_m = html[html.index('id="letter-m"') :]
    assert '<a href="/conditions/bone-in-the-calf/">Ménière’s disease</a>' in letter_m
    letter_e = html[html.index('id="letter-e"') : html.index('id="letter-m"')]
    assert "endolymphatic hydrops <i>see</i>" in letter_e


def test_a_name_without_a_letter_stands_at_the_end(client):
    factories.published(title="5-alpha-reductase deficiency", also_known_as=())

    html = client.get("/conditions/").content.decode()

    assert 'id="letter-other">#</h2>' in html


@pytest.mark.parametrize("state", ["draft", "approved", "withdrawn"])
def test_lists_show_only_what_is_published(client, state):
    getattr(factories, state)()

    for path in ("/", "/conditions/"):
        assert "Bone in the calf" not in client.get(path).content.decode()


def test_lists_take_the_same_queries_however_long_they_are(client, django_assert_num_queries):
    factories.published()
    with django_assert_num_queries(4):
        client.get("/conditions/")
    for number in range(5):
        factories.published(factories.condition(f"condition-{number}", f"I1{number}"))

    with django_assert_num_queries(4):
        client.get("/conditions/")
