"""The desk of reports: who sees and does what, and the answer by mail."""

from __future__ import annotations

from collections.abc import Sequence
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.test import Client
from django.urls import reverse

from conditions import reports
from conditions.acts import NotPossibleNow, PublishingRefused
from conditions.models import Event, ProblemReport
from tests import factories, people
from tests.admin_pages import fields_of, filled_in, logged_in, messages_of, staff_with
from tests.factories import CANARY

pytestmark = pytest.mark.django_db

LIST = "/admin/conditions/problemreport/"
ANSWER = "Thank you.\r\n\r\nThe order is right: see the third source."
ACTS = ("take-up", "answer", "close")


class Refusing(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise SMTPRecipientsRefused({"maria@example.org": (550, b"No such user")})


class Broken(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise RuntimeError("a mistake in a program")


class NoticingTransactions(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        assert not connection.in_atomic_block
        return len(email_messages)


@pytest.fixture
def desk() -> Client:
    return logged_in(factories.editor())


def page_of(report: ProblemReport) -> str:
    return reverse("admin:conditions_problemreport_change", args=[report.pk])


def act_on(report: ProblemReport, name: str) -> str:
    return reverse("admin:conditions_problemreport_act", args=[report.pk, name])


def press(desk: Client, report: ProblemReport, name: str, **typed: Any) -> Any:
    form = filled_in(desk, page_of(report), f"act-{name}")
    typed = {f"{name}-{field}": value for field, value in typed.items()}
    return desk.post(act_on(report, name), form | typed, follow=True)


def html(response: Any) -> str:
    return str(response.content.decode())


def offered(desk: Client, report: ProblemReport) -> list[str]:
    page = html(desk.get(page_of(report)))
    return [name for name in ACTS if f'id="act-{name}"' in page]


def actions() -> list[str]:
    return [event.action for event in Event.objects.all() if event.action.startswith("report")]


# ── Seeing them ───────────────────────────────────────────────────────────────────────────────
def test_the_list_has_the_new_ones_first_and_is_filtered(desk):
    edition = factories.published()
    closed, taken, new = (factories.report(edition) for _ in range(3))
    reports.close_report(closed, by=factories.editor())
    reports.take_up(taken, by=factories.editor())
    unclear = factories.report(edition, kind="unclear", email="")

    for query, shown in (
        ("", [unclear, new, taken, closed]),
        ("?state__exact=new", [unclear, new]),
        ("?kind__exact=unclear", [unclear]),
        ("?q=calf", [unclear, new, taken, closed]),
        ("?q=knee", []),
    ):
        assert list(desk.get(LIST + query).context["cl"].result_list) == shown, query
    page = html(desk.get(LIST))
    for piece in ("bone-in-the-calf", "1 (en)", "Something is wrong", "yes", "0\xa0minutes"):
        assert piece in page


def test_the_list_takes_the_same_number_of_queries_however_long(
    desk, django_assert_max_num_queries
):
    edition = factories.published()
    for _ in range(5):
        factories.report(edition)

    with django_assert_max_num_queries(12):
        desk.get(LIST)


def test_a_report_is_read_with_the_way_to_its_page_and_no_address(desk):
    edition = factories.published()
    report = factories.report(edition, text="First <script>.\n\nSecond.")
    factories.published(factories.condition(), causes="Now somebody knows.")

    page = html(desk.get(page_of(report)))

    assert "<p>First &lt;script&gt;.</p>" in page
    assert "An answer is wanted." in page
    assert f'href="{edition.get_absolute_url()}"' in page
    assert f'href="/admin/conditions/condition/{edition.condition_id}/change/"' in page
    assert f'href="/admin/conditions/edition/{edition.pk}/change/"' in page
    assert "Live is edition 2 by now." in page
    assert "maria@" not in page + html(desk.get(LIST))


def test_an_address_is_not_found_by_asking_for_it_letter_by_letter(desk):
    factories.report()

    response = desk.get(f"{LIST}?email__startswith=m")

    assert response.status_code in (302, 400)


def test_the_start_page_counts_the_new_ones(desk):
    assert "new report" not in html(desk.get("/admin/"))
    edition = factories.published()
    factories.report(edition)
    assert "1 new report of problems</a>" in html(desk.get("/admin/"))
    reports.close_report(factories.report(edition), by=factories.editor())
    factories.report(edition)

    page = html(desk.get("/admin/"))

    assert f'<a href="{LIST}?state__exact=new">2 new reports of problems</a>' in page
    assert "new report" not in html(logged_in(staff_with("view_event")).get("/admin/"))


def test_a_report_on_a_withdrawn_page_leads_there_too(desk):
    edition = factories.withdrawn()

    page = html(desk.get(page_of(factories.report(edition))))

    assert f'href="{edition.get_absolute_url()}"' in page


# ── Who may ───────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("permissions", "may_see", "may_act"),
    [
        ((), False, False),
        (("view_condition", "change_edition", "view_fulltreatment"), False, False),
        (("add_problemreport", "delete_problemreport"), False, False),
        (("view_problemreport",), True, False),
        (("change_problemreport",), True, True),
    ],
)
def test_every_address_by_permission(permissions, may_see, may_act):
    report = factories.report()
    desk = logged_in(staff_with(*permissions))
    seen = 200 if may_see else 403

    assert desk.get(LIST).status_code == seen
    assert desk.get(page_of(report)).status_code == seen
    assert desk.get(f"{LIST}{report.pk}/history/").status_code == (302 if may_see else 403)
    assert desk.post(page_of(report), {"state": "closed"}).status_code == (405 if may_see else 403)
    for path in (f"{LIST}add/", f"{LIST}{report.pk}/delete/"):
        assert desk.get(path).status_code == 403, path
        assert desk.post(path, {"post": "yes"}).status_code == 403, path
    if may_see:
        assert offered(desk, report) == (list(ACTS) if may_act else [])
    for name in ACTS:
        form = {"answer-answer": "An answer."}
        assert desk.post(act_on(report, name), form).status_code == (302 if may_act else 403), name
    assert ProblemReport.objects.get().state == ("closed" if may_act else "new")
    assert len(mail.outbox) == int(may_act)


def test_readers_and_visitors_are_sent_away():
    report = factories.report()
    for client in (Client(), logged_in(people.reader())):
        for path in (LIST, page_of(report), act_on(report, "close")):
            assert client.get(path).status_code in (302, 403), path
            assert client.post(path).status_code in (302, 403), path
    assert ProblemReport.objects.get().state == "new"


def test_what_is_not_there_is_not_found(desk):
    report = factories.report()

    assert desk.post(act_on(report, "praise")).status_code == 404
    assert desk.get(act_on(report, "close")).status_code == 405
    assert desk.post(f"{LIST}{report.pk + 1}/acts/close/").status_code == 404


def test_history_leads_to_the_events_of_the_condition(desk):
    report = factories.report()

    response = desk.get(f"{LIST}{report.pk}/history/")

    assert response.url == f"/admin/conditions/event/?condition_id={report.condition_id}"
    assert desk.get(response.url).status_code == 200


# ── Doing something about them ────────────────────────────────────────────────────────────────
def test_an_answer_goes_by_mail_once_and_the_address_with_it(desk, settings):
    settings.SITE_URL = "https://conditions.example.org"
    report = factories.report()

    assert offered(desk, report) == ["take-up", "answer", "close"]
    assert messages_of(press(desk, report, "take-up")) == [f"{report} was taken up."]
    assert offered(desk, report) == ["answer", "close"]
    response = press(desk, report, "answer", answer=ANSWER)

    assert messages_of(response) == [f"{report} was answered."]
    report.refresh_from_db()
    assert (report.state, report.email) == ("answered", "")
    assert report.answer == "Thank you.\n\nThe order is right: see the third source."
    assert report.answered_at
    assert offered(desk, report) == ["close"]
    assert [message.to for message in mail.outbox] == [["maria@example.org"]]
    page = html(response)
    assert "<p>The order is right: see the third source.</p>" in page
    assert "by editor@example.org" in page

    press(desk, report, "close")
    assert offered(desk, report) == []
    assert actions() == ["report closed", "report answered", "report taken up"]


@pytest.mark.parametrize("contact", ["", "desk@example.org"])
def test_the_mail_says_what_it_is_and_names_no_condition(desk, settings, contact):
    settings.SITE_NAME = "Men's Health"
    settings.CONTACT_EMAIL = contact
    edition = factories.published()
    report = factories.report(edition, text="A heron told me so.")

    press(desk, report, "answer", answer="Yes & no.\r\n<b>Look</b> again.")

    message = mail.outbox[0]
    body, (alternative,) = str(message.body), message.alternatives
    assert message.subject == "Our answer to your report to Men's Health"
    assert "Yes & no.\n<b>Look</b> again." in body
    assert "a page of Men's Health" in body
    assert contact in body
    assert body.endswith("--\nMen's Health\nhttp://localhost:8000\n")
    assert alternative.mimetype == "text/html"
    assert "Yes &amp; no.<br>&lt;b&gt;Look&lt;/b&gt; again." in alternative.content
    assert "<script" not in alternative.content
    whole = message.message().as_string()
    for private in (edition.title, edition.condition.slug, "M61", "heron", CANARY, "wrong"):
        assert private not in whole, private


def test_no_transaction_waits_for_the_mail_server(desk, settings, transactional_db):
    settings.EMAIL_BACKEND = f"{__name__}.NoticingTransactions"
    report = factories.report()

    press(desk, report, "answer", answer=ANSWER)

    assert ProblemReport.objects.get().state == "answered"


def test_an_answer_that_no_server_takes_is_kept_on_the_page(desk, settings, caplog):
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    report = factories.report()

    response = press(desk, report, "answer", answer="A long answer.")

    assert response.status_code == 503
    assert "The mail server did not take the mail" in html(response)
    assert fields_of(html(response), "act-answer")["answer-answer"] == "A long answer."
    report.refresh_from_db()
    assert (report.state, report.email) == ("in_progress", "maria@example.org")
    assert (report.answer, report.answered_at) == ("", None)
    assert actions() == ["report answer not sent", "report answered"]
    assert "maria@" not in caplog.text

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    press(desk, report, "answer", answer="A long answer.")
    assert len(mail.outbox) == 1


def test_a_mistake_of_ours_while_sending_leaves_the_report_open_too(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Broken"
    report = factories.report()

    with pytest.raises(RuntimeError):
        reports.answer_report(report, by=factories.editor(), answer="A long answer.")

    assert ProblemReport.objects.get().awaits_answer


@pytest.mark.parametrize("typed", ["", "  \r\n ", "x" * 4001])
def test_an_answer_is_neither_empty_nor_endless(desk, typed):
    report = factories.report()

    response = press(desk, report, "answer", answer=typed)

    assert "please correct what is marked below" in html(response)
    assert ProblemReport.objects.get().state == "new"
    assert mail.outbox == []


def test_nothing_is_no_answer():
    report = factories.report()

    with pytest.raises(PublishingRefused, match="Write the answer"):
        reports.answer_report(report, by=factories.editor(), answer=" ")

    assert ProblemReport.objects.get().is_new


def test_of_two_editors_one_answers_and_the_other_keeps_what_was_typed(desk):
    report = factories.report()
    form = filled_in(desk, page_of(report), "act-answer")
    reports.answer_report(report, by=factories.author(), answer="The first answer.")

    response = desk.post(act_on(report, "answer"), form | {"answer-answer": "The second."})

    assert response.status_code == 409
    assert "is answered: answering is not possible." in html(response)
    assert fields_of(html(response), "act-answer")["answer-answer"] == "The second."
    assert len(mail.outbox) == 1


def test_without_an_address_no_answer_is_offered_or_taken(desk):
    report = factories.report(email="")

    assert offered(desk, report) == ["take-up", "close"]
    assert "No answer can be sent" in html(desk.get(page_of(report)))
    response = desk.post(act_on(report, "answer"), {"answer-answer": "To nobody."})

    assert response.status_code == 409
    assert "No email address is kept with this report" in html(response)
    assert ProblemReport.objects.get().state == "new"
    assert actions() == []


def test_closing_forgets_the_address(desk):
    report = factories.report()

    press(desk, report, "close")

    report.refresh_from_db()
    assert (report.state, report.email, report.answer) == ("closed", "", "")


@pytest.mark.parametrize("name", ["take-up", "close"])
def test_what_somebody_did_a_moment_ago_is_said(desk, name):
    report = factories.report()
    reports.close_report(report, by=factories.author())

    response = desk.post(act_on(report, name), follow=True)

    assert "is closed:" in messages_of(response)[0]


def test_an_act_on_a_stale_row_is_refused_by_the_database():
    report = factories.report()
    stale = ProblemReport.objects.get()
    reports.take_up(report, by=factories.editor())

    with pytest.raises(NotPossibleNow):
        reports.take_up(stale, by=factories.author())

    assert ProblemReport.objects.get().handled_by == factories.editor().pk


def test_no_event_holds_what_was_written_or_an_address(desk):
    report = factories.report(text="A heron told me so.")
    press(desk, report, "take-up")
    press(desk, report, "answer", answer="The answer is wolf.")
    press(desk, report, "close")

    events = "".join(str(values) for values in Event.objects.values())

    assert f"{report}" in events
    for private in ("heron", "wolf", "maria@"):
        assert private not in events
