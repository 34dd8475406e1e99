"""The only writer of problem reports: what readers send, and what editors do about it.

Moves are conditional UPDATEs, so of two editors who act at once exactly one succeeds. The events
they leave hold neither what was written nor an address.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from conditions.acts import NotPossibleNow, PublishingRefused, act, note
from conditions.models import Condition, ProblemReport, ReportState
from conditions.models.report import UNANSWERED_STATES
from conditions.report_mail import mail_answer

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser as User

ADDRESS_KEPT_DAYS = 180
"""A report that nobody answered or closed by then loses its email address."""


@act
def send_report(
    *, condition: Condition, edition_number: int, language: str, kind: str, text: str, email: str
) -> ProblemReport:
    """Keep what a reader reports. It leaves no event: those tell what people of the site did."""
    forget_old_addresses()
    report: ProblemReport = ProblemReport.objects.create(
        condition=condition,
        edition_number=edition_number,
        language=language,
        kind=kind,
        text=text,
        email=email.lower(),  # as accounts keep theirs
    )
    return report


@act
def take_up(report: ProblemReport, *, by: User) -> None:
    """Tell the others on the desk who works on it."""
    _move(
        report,
        frm=(ReportState.NEW,),
        doing="taking it up",
        state=ReportState.IN_PROGRESS,
        handled_by=by.pk,
    )
    _note("report taken up", by, report)


def answer_report(report: ProblemReport, *, by: User, answer: str) -> None:
    """Mail the answer, and forget the address. AnswerNotSent leaves the report open.

    Not one transaction: none may wait for the mail server, since SQLite has one writer at a time.
    Recording comes first, so that two editors do not send two answers.
    """
    _record_answer(report, by=by, answer=answer.strip())
    try:
        mail_answer(to=report.email, answer=report.answer)
    except BaseException:
        _take_answer_back(report, by=by)
        raise
    _forget_addresses(pk=report.pk)
    report.refresh_from_db()


@act
def close_report(report: ProblemReport, *, by: User) -> None:
    """Nothing is left to do. The address goes, so no answer can be sent any more."""
    _move(
        report,
        frm=(*UNANSWERED_STATES, ReportState.ANSWERED),
        doing="closing",
        state=ReportState.CLOSED,
        handled_by=by.pk,
        email="",
    )
    _note("report closed", by, report)


def forget_old_addresses() -> None:
    """Delete the addresses of reports that lay too long, whatever became of them."""
    too_old = timezone.now() - timedelta(days=ADDRESS_KEPT_DAYS)
    _forget_addresses(created_at__lt=too_old)


def forget_address(email: str) -> None:
    """Somebody who goes wants no answers any more."""
    _forget_addresses(email=email.lower())


@act
def _record_answer(report: ProblemReport, *, by: User, answer: str) -> None:
    if not answer:
        raise PublishingRefused("Write the answer.")
    _move(
        report,
        frm=UNANSWERED_STATES,
        doing="answering",
        state=ReportState.ANSWERED,
        answer=answer,
        answered_at=timezone.now(),
        handled_by=by.pk,
    )
    if not report.email:
        raise PublishingRefused("No email address is kept with this report: close it instead.")
    _note("report answered", by, report)


@act
def _take_answer_back(report: ProblemReport, *, by: User) -> None:
    _move(
        report,
        frm=(ReportState.ANSWERED,),
        doing="taking the answer back",
        state=ReportState.IN_PROGRESS,
        answer="",
        answered_at=None,
    )
    _note("report answer not sent", by, report)


def _move(report: ProblemReport, *, frm: Iterable[str], doing: str, **values: Any) -> None:
    moved = ProblemReport.objects.filter(pk=report.pk, state__in=list(frm)).update(**values)
    report.refresh_from_db()
    if not moved:
        raise NotPossibleNow(f"{report} is {report.get_state_display()}: {doing} is not possible.")


def _forget_addresses(**of: Any) -> None:
    ProblemReport.objects.filter(**of).exclude(email="").update(email="")


def _note(action: str, by: User, report: ProblemReport) -> None:
    note(action, by, report.condition_id, about=str(report))
