"""Reporting a problem with a page: open to everybody, and it keeps nothing about who reports."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.personal_data import erase, export
from conditions import publishing, reports
from conditions.models import Edition, Event, ProblemReport
from tests import factories, people
from tests.factories import complete_text

pytestmark = pytest.mark.django_db

TEXT = "The second cause is the wrong way round."
ADDRESS = "/conditions/bone-in-the-calf/report/"
SENT = f"{ADDRESS}sent/"


@pytest.fixture
def edition() -> Edition:
    return factories.published()


def send(client: Client | None = None, to: str = ADDRESS, **typed: Any) -> Any:
    form = {"kind": "wrong", "text": TEXT, "email": "", "website": ""} | typed
    return (client or Client()).post(to, form)


def html(response: Any) -> str:
    return str(response.content.decode())


def link_on(page: str) -> str:
    found = re.search(r'<a href="([^"]+)"[^>]*>Report a problem with this page</a>', page)
    assert found
    return found[1]


# ── The way there and back ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("state", ["published", "withdrawn"])
def test_the_page_links_to_the_form_and_stays_one_for_all(client, state):
    edition = getattr(factories, state)()
    page = client.get(edition.get_absolute_url())

    assert "public" in page.headers["Cache-Control"]
    assert not page.cookies
    assert "csrfmiddlewaretoken" not in html(page)
    assert 'method="post"' not in html(page)
    form = client.get(link_on(html(page)))
    assert form.status_code == 200
    assert "csrfmiddlewaretoken" in html(form)
    assert f'href="{edition.get_absolute_url()}"' in html(form)


@pytest.mark.parametrize("path", [ADDRESS, SENT])
def test_its_pages_are_kept_by_nobody_and_start_no_session(edition, client, path):
    response = client.get(path)

    assert response.headers["Cache-Control"] == "private, no-store"
    assert '<meta name="robots" content="noindex">' in html(response)
    assert set(client.cookies) <= {"csrftoken"}


@pytest.mark.parametrize("path", [ADDRESS, SENT])
def test_a_condition_that_is_not_published_has_no_form(client, path):
    factories.draft()

    assert client.get(path).status_code == 404
    assert send(to=path).status_code in (404, 405)


def test_the_form_says_that_it_is_not_for_advice_and_what_to_do_in_an_emergency(
    edition, client, settings
):
    settings.EMERGENCY_ADVICE = "Call 555."

    for path in (ADDRESS, SENT):
        assert "Call 555." in html(client.get(path))
    assert "This is not the place for medical advice." in html(client.get(ADDRESS))


def test_whoever_has_sent_one_is_thanked_and_led_back(edition, client):
    response = send(client)

    assert response.status_code == 302
    assert response.headers["Location"] == SENT
    page = html(client.get(SENT))
    assert "Thank you for your report" in page
    assert f'href="{edition.get_absolute_url()}"' in page


# ── What is kept ──────────────────────────────────────────────────────────────────────────────
def test_a_report_is_kept_with_its_page_and_nothing_about_its_sender(edition):
    reader = Client(REMOTE_ADDR="192.0.2.55", headers={"user-agent": "Telltale/1"})
    reader.force_login(people.reader())

    send(reader, kind="unclear", email="Maria@Example.org", text="  First line.\r\nSecond line. ")

    row = ProblemReport.objects.values().get()
    row.pop("id")
    assert row.pop("created_at") <= timezone.now()
    assert row == {
        "condition_id": edition.condition_id,
        "edition_number": 1,
        "language": "en",
        "kind": "unclear",
        "text": "First line.\nSecond line.",
        "email": "maria@example.org",
        "state": "new",
        "answer": "",
        "answered_at": None,
        "handled_by": None,
    }


def test_sending_writes_no_event_and_no_mail(edition):
    before = Event.objects.count()

    send(email="maria@example.org")

    assert Event.objects.count() == before
    assert mail.outbox == []


def test_the_form_is_never_filled_in_with_the_address_of_an_account(edition, client):
    client.force_login(people.reader("telltale@example.org"))

    assert "telltale@" not in html(client.get(ADDRESS))
    send(client)
    assert ProblemReport.objects.get().email == ""


def test_the_edition_is_the_one_whose_page_led_here(edition, client):
    link = link_on(html(client.get(edition.get_absolute_url())))
    factories.published(factories.condition(), causes="Now somebody knows.")

    send(to=link)
    send()

    numbers = ProblemReport.objects.order_by("pk").values_list("edition_number", flat=True)
    assert list(numbers) == [1, 2]


@pytest.mark.parametrize("said", ["0", "2", "-1", "01", "one", "١", "", "9" * 5000, "1&edition=7"])
def test_an_edition_that_nobody_can_have_read_is_taken_as_the_live_one(edition, said):
    response = send(to=f"{ADDRESS}?edition={said}")

    assert response.status_code == 302
    assert ProblemReport.objects.get().edition_number == 1


def test_a_page_in_another_language_has_its_own_form(edition, client):
    spanish = publishing.start_edition(
        condition=edition.condition,
        language="es",
        by=factories.author(),
        text=complete_text(
            title="Hueso", figures=(), symptoms="Dolor.", full_treatment="Reposo.[@gated-2021]"
        ),
    )
    publishing.submit(spanish, by=factories.author())
    publishing.approve(spanish, by=factories.editor())
    publishing.publish(spanish, by=factories.editor())
    link = link_on(html(client.get("/es/conditions/bone-in-the-calf/")))

    response = send(client, to=link)

    assert response.headers["Location"] == "/es/conditions/bone-in-the-calf/report/sent/"
    assert ">Back to Hueso</a>" in html(client.get(response.headers["Location"]))
    assert ProblemReport.objects.get().language == "es"


def test_an_address_is_forgotten_when_nobody_answers_in_time(edition):
    old, young = factories.report(edition), factories.report(edition)
    age = timedelta(days=reports.ADDRESS_KEPT_DAYS, minutes=1)
    ProblemReport.objects.filter(pk=old.pk).update(created_at=timezone.now() - age)

    send()

    assert ProblemReport.objects.get(pk=old.pk).email == ""
    assert ProblemReport.objects.get(pk=young.pk).email == "maria@example.org"


def test_the_daily_clean_up_forgets_them_too(edition):
    factories.report(edition)
    ProblemReport.objects.update(created_at=timezone.now() - timedelta(days=181))

    call_command("clearsessions")

    assert ProblemReport.objects.get().email == ""


def test_who_deletes_an_account_leaves_no_address_in_a_report(edition):
    reader = people.reader()
    report = factories.report(edition, email=reader.email)
    assert export(reader)["reports_waiting_for_an_answer"] == [
        {
            "created_at": report.created_at,
            "condition_slug": "bone-in-the-calf",
            "kind": "wrong",
            "text": report.text,
        }
    ]

    erase(reader)

    assert (ProblemReport.objects.get().email, ProblemReport.objects.get().text) == (
        "",
        report.text,
    )


def test_all_reports_forget_the_address_of_somebody_who_goes(edition):
    gone, other = factories.report(edition), factories.report(edition, email="ada@example.org")

    reports.forget_address("MARIA@example.org")

    assert ProblemReport.objects.get(pk=gone.pk).email == ""
    assert ProblemReport.objects.get(pk=other.pk).email == "ada@example.org"


# ── What is refused ───────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("kind", "", "Choose what kind of problem it is."),
        ("kind", "praise", "Select a valid choice."),
        ("text", "", "Write what the problem is."),
        ("text", " \r\n" * 20, "Write what the problem is."),
        ("text", "Too short", "Say a little more: at least 10 characters."),
        ("text", "x" * 4001, "Shorten it to 4,000 characters at most."),
        ("email", "maria@", "This is not an email address."),
        ("email", "a@example.org\r\nBcc: b@example.org", "This is not an email address."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(
    edition, field, typed, said
):
    right = {"kind": "missing", "text": "A <b>kept</b> report.", "email": "kept@example.org"}
    response = send(**right | {field: typed})
    page = html(response)

    assert response.status_code == 200
    assert "<title>Error: " in page
    assert f'<li><a href="#id_{field}">{said}' in page
    control = re.search(rf'<(?:input|select|textarea)[^>]*id="id_{field}"[^>]*>', page)
    assert control
    assert f"id_{field}_error" in control[0]
    assert 'aria-invalid="true"' in control[0]
    assert f'id="id_{field}_error"' in page
    if field != "text":
        assert "A &lt;b&gt;kept&lt;/b&gt; report.</textarea>" in page
    if field != "email":
        assert 'value="kept@example.org"' in page
    if field != "kind":
        assert '<option value="missing" selected>' in page
    assert not ProblemReport.objects.exists()


def test_line_ends_count_once_as_people_count_them(edition):
    text = "\r\n".join(["x" * 39] * 100)  # 3,999 characters, and 99 more as it is sent

    assert send(text=text).status_code == 302
    assert len(ProblemReport.objects.get().text) == 3999


def test_a_form_without_its_token_is_refused(edition):
    response = send(Client(enforce_csrf_checks=True))

    assert response.status_code == 403
    assert not ProblemReport.objects.exists()


def test_a_program_that_fills_in_every_field_is_thanked_and_nothing_is_kept(edition, client):
    page = html(client.get(ADDRESS))
    trap = re.search(r'<div class="vh" aria-hidden="true">.*?</div>', page)
    assert trap
    assert 'name="website"' in trap[0]
    assert 'tabindex="-1"' in trap[0]

    response = send(client, website="https://spam.example")

    assert response.headers["Location"] == SENT
    assert not ProblemReport.objects.exists()


# ── How many ──────────────────────────────────────────────────────────────────────────────────
def send_from(address: str, **typed: Any) -> Any:
    return send(Client(REMOTE_ADDR=address), **typed)


def test_one_connection_sends_ten_an_hour_and_then_keeps_what_was_typed(edition):
    for _ in range(10):
        assert send_from("192.0.2.1").status_code == 302

    refused = send_from("192.0.2.1", text="One report too many.")

    assert refused.status_code == 429
    assert "Wait an hour, then send it again." in html(refused)
    assert "One report too many.</textarea>" in html(refused)
    assert ProblemReport.objects.count() == 10
    assert Client(REMOTE_ADDR="192.0.2.1").get(ADDRESS).status_code == 200
    assert send_from("192.0.2.2").status_code == 302


def test_the_whole_site_takes_a_hundred_an_hour(edition):
    for turn in range(100):
        assert send_from(f"192.0.2.{turn}").status_code == 302

    assert send_from("198.51.100.1").status_code == 429
    assert ProblemReport.objects.count() == 100


def test_only_reports_that_would_be_kept_are_counted(edition):
    for _ in range(12):
        send_from("192.0.2.1", text="short")
        send_from("192.0.2.1", website="https://spam.example")

    assert send_from("192.0.2.1").status_code == 302
