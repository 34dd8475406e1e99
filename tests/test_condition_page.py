"""What the page of a condition says about itself."""

from __future__ import annotations

from datetime import date, timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.utils import timezone

from conditions import cataloguing, publishing
from tests import factories, people
from tests.factories import complete_text

pytestmark = pytest.mark.django_db


def page(edition, client: Client) -> str:
    return client.get(edition.get_absolute_url()).content.decode()


def test_it_shows_names_codes_edition_and_dates(client):
    edition = factories.published(factories.condition("bone-in-the-calf", "M61.569", "M61.561"))

    html = page(edition, client)

    assert "<h1>Bone in the calf</h1>" in html
    assert "heterotopic ossification" in html
    assert (
        '<a class="code" href="/codes/M61.569/"><b>M61</b>.569</a>'
        '<a class="code" href="/codes/M61.561/"><b>M61</b>.561</a>' in html
    )
    assert "<dt>Edition</dt><dd>1</dd>" in html
    assert f'<time datetime="{timezone.now():%Y-%m-%d}">' in html
    assert (
        '<link rel="canonical" href="http://localhost:8000/conditions/bone-in-the-calf/">' in html
    )
    assert '<meta name="description" content="Bone that forms inside a muscle' in html


def test_it_says_that_nobody_has_reviewed_it(client):
    html = page(factories.published(), client)

    assert "Not yet medically reviewed" in html
    assert "References not yet checked by a person." in html
    assert "No date set" in html


def test_it_shows_a_review_that_happened_and_of_that_edition_alone(client):
    edition = factories.published()
    publishing.record_review(
        edition,
        by=people.reviewer(),
        reviewer_name="Dr. A. Example",
        credentials="MD, orthopedics",
        reviewed_on=date(2026, 11, 1),
        next_due=date(2028, 11, 1),
    )
    publishing.confirm_references(edition, by=factories.editor())

    html = page(edition, client)

    assert "Dr. A. Example, MD, orthopedics, 1 Nov 2026" in html
    assert 'by <time datetime="2028-11-01">' in html
    assert "not yet" not in html.lower()

    newer = factories.published(factories.condition(), causes="A newer wording.")
    assert "Not yet medically reviewed" in page(newer, client)


def test_a_page_released_by_its_own_author_says_so(client, settings):
    settings.SOLO_PUBLISHING = True
    edition = factories.draft()
    publishing.submit(edition, by=factories.author())
    publishing.approve(edition, by=factories.author())
    publishing.publish(edition, by=factories.author())

    assert "this site is run by one person" in page(edition, client)


def test_a_safety_notice_stands_above_the_article_at_once(client):
    edition = factories.published()

    cataloguing.set_safety_notice(
        edition.condition, notice="A <medicine> was recalled.", by=factories.editor()
    )

    html = page(edition, client)
    assert "A &lt;medicine&gt; was recalled." in html
    assert html.index("Safety notice") < html.index('id="overview"')


def test_related_conditions_are_listed_when_they_are_published(client):
    edition = factories.published()
    other = factories.published(factories.condition("other", "I10"), title="Another condition")
    hidden = factories.draft(factories.condition("hidden", "I11"), title="A hidden one")
    cataloguing.set_related(
        edition.condition, related=[other.condition, hidden.condition], by=factories.editor()
    )

    html = page(edition, client)

    assert '<a href="/conditions/other/">Another condition</a>' in html
    assert "A hidden one" not in html


def test_an_edition_with_a_time_to_come_waits_while_the_old_one_stays(client):
    old = factories.published()
    new = factories.approved(factories.condition(), causes="From tomorrow on.")
    publishing.schedule(new, at=timezone.now() + timedelta(days=1), by=factories.editor())

    assert "Nobody knows the whole cause." in page(old, client)


def test_numbers_of_citations_do_not_change_with_the_gate_open(client):
    edition = factories.published()
    visitor = page(edition, client)
    client.force_login(people.reader())

    reader = page(edition, client)

    assert '<li id="ref-1">Open Body.' in visitor
    assert '<li id="ref-1">Open Body.' in reader
    assert '<li id="ref-2">Gated Body.' in reader
    assert "ref-2" not in visitor


def test_another_language_has_its_own_address_and_says_its_language(client):
    edition = factories.published()
    spanish = publishing.start_edition(
        condition=edition.condition,
        by=factories.author(),
        language="es",
        text=complete_text(
            title="Hueso en la pantorrilla",
            figures=(),
            symptoms="Dolor.",
            full_treatment="Descanso.[@gated-2021]",
        ),
    )
    publishing.submit(spanish, by=factories.author())
    publishing.approve(spanish, by=factories.editor())
    publishing.publish(spanish, by=factories.editor())

    html = client.get("/es/conditions/bone-in-the-calf/").content.decode()

    assert "Hueso en la pantorrilla" in html
    assert '<article class="prose" lang="es">' in html
    assert "/accounts/signup/?next=/es/conditions/bone-in-the-calf/%23treatment" in html
    assert "Bone in the calf" in page(edition, client)


@pytest.mark.parametrize(
    "path", ["/en/conditions/bone-in-the-calf/", "/fr/conditions/bone-in-the-calf/"]
)
def test_a_language_without_an_edition_has_no_page(client, path):
    factories.published()

    assert client.get(path).status_code == HTTPStatus.NOT_FOUND


def test_a_figure_is_served_as_a_document_that_can_do_nothing(client):
    edition = factories.published()
    row = edition.figures.get(file="calf.svg")

    response = client.get(f"/figures/{row.pk}/calf.svg")

    assert response.headers["Content-Type"] == "image/svg+xml"
    assert (
        response.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    )
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_a_page_is_only_for_reading(client, method):
    edition = factories.published()

    response = getattr(client, method)(edition.get_absolute_url())

    assert response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
