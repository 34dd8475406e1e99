"""The desk's pages of reports: what readers say is wrong, and what is done about it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import Case, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.timesince import timesince
from django.views.decorators.http import require_POST

from conditions import reports
from conditions.acts import AnswerNotSent, PublishingRefused
from conditions.admin.act_forms import ActForm
from conditions.admin.edition_acts import Act, Offer
from conditions.admin.pages import DeskAdmin, events_address, staff
from conditions.models import Edition, ProblemReport, ReportState
from conditions.models.report import MAX_ANSWER
from conditions.report_form import PlainTextField

CHANGE = ("conditions.change_problemreport",)


class AnswerForm(ActForm):
    answer = PlainTextField(
        max_length=MAX_ANSWER,
        widget=AdminTextareaWidget(attrs={"rows": 8}),
        help_text="Do not name the condition, and do not quote the report or the full treatment: "
        "others may read this mail. It says already that it answers a report about a page.",
    )


ACTS: dict[str, Act] = {
    "take-up": Act(
        label="Take it up",
        explanation="Tells the others that you look after it.",
        done="was taken up",
        permissions=CHANGE,
        offered="is_new",
        verb=reports.take_up,
    ),
    "answer": Act(
        label="Send the answer",
        explanation="By mail, once. The address is not shown and is deleted afterwards.",
        done="was answered",
        permissions=CHANGE,
        offered="awaits_answer",
        verb=reports.answer_report,
        form=AnswerForm,
    ),
    "close": Act(
        label="Close",
        explanation="Nothing is left to do. An address that is still kept is deleted, "
        "so that no answer can be sent any more.",
        done="was closed",
        permissions=CHANGE,
        offered="is_not_closed",
        verb=reports.close_report,
    ),
}


@admin.register(ProblemReport)
class ProblemReportAdmin(DeskAdmin[ProblemReport]):
    list_display = ("__str__", "slug", "edition", "kind", "state", "age", "wants_answer")
    list_filter = ("state", "kind")
    list_per_page = 50
    ordering = (
        Case(*(When(state=state, then=Value(rank)) for rank, state in enumerate(ReportState))),
        "-pk",
    )
    search_fields = ("condition__slug",)
    search_help_text = "Slug of the condition"

    # ── The list ──────────────────────────────────────────────────────────────────────────────
    def get_queryset(self, request: HttpRequest) -> QuerySet[ProblemReport]:
        found: QuerySet[ProblemReport] = super().get_queryset(request)
        return found.select_related("condition")

    @admin.display(description="condition", ordering="condition__slug")
    def slug(self, report: ProblemReport) -> str:
        return report.condition.slug

    @admin.display(description="edition")
    def edition(self, report: ProblemReport) -> str:
        return f"{report.edition_number} ({report.language})"

    @admin.display(description="age", ordering="-created_at")
    def age(self, report: ProblemReport) -> str:
        return timesince(report.created_at, depth=1)

    @admin.display(description="answer wanted")
    def wants_answer(self, report: ProblemReport) -> str:
        return "yes" if report.awaits_answer else ""

    # ── Who may ───────────────────────────────────────────────────────────────────────────────
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Addresses are not shown, so they are not found by asking for them letter by letter."""
        return not lookup.startswith("email") and super().lookup_allowed(lookup, value, request)

    # ── Pages ─────────────────────────────────────────────────────────────────────────────────
    def get_urls(self) -> list[URLPattern]:
        act = self.admin_site.admin_view(require_POST(self.act_view))
        name = "conditions_problemreport_act"
        return [path("<int:pk>/acts/<slug:name>/", act, name=name), *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        report = self._viewed(request, object_id)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return self._page(request, report)

    def act_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        report = self._viewed(request, str(pk))
        act = ACTS.get(name)
        if act is None:
            raise Http404
        if not request.user.has_perms(act.permissions):
            raise PermissionDenied
        offer = Offer(name, act, act.form(request.POST, prefix=name))
        if not offer.form.is_valid():
            return self._page(request, report, offer)
        return self._done(request, report, offer)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseRedirectBase:
        report = self._viewed(request, object_id)
        return redirect(events_address(condition_id=report.condition_id))

    # ── Steps ─────────────────────────────────────────────────────────────────────────────────
    def _viewed(self, request: HttpRequest, object_id: str) -> ProblemReport:
        report = self.wanted(request, object_id)
        if not self.has_view_permission(request, report):
            raise PermissionDenied
        return report

    def _done(self, request: HttpRequest, report: ProblemReport, offer: Offer) -> HttpResponse:
        try:
            offer.act.verb(report, by=staff(request), **offer.form.facts())
        except PublishingRefused as refused:
            if not offer.form.fields:
                messages.error(request, str(refused))
                return redirect("admin:conditions_problemreport_change", report.pk)
            offer.form.add_error(None, str(refused))
            status = 503 if isinstance(refused, AnswerNotSent) else 409
            return self._page(request, self._viewed(request, str(report.pk)), offer, status)
        messages.success(request, f"{report} {offer.act.done}.")
        return redirect("admin:conditions_problemreport_change", report.pk)

    def _page(
        self,
        request: HttpRequest,
        report: ProblemReport,
        refused: Offer | None = None,
        status: int = 200,
    ) -> HttpResponse:
        shown = {
            "title": str(report),
            "report": report,
            "who": _handler(report),
            "edition": Edition.objects.filter(
                condition=report.condition_id,
                language=report.language,
                number=report.edition_number,
            ).first(),
            "live": report.condition.live_edition(report.language),
            "offers": _offers(request, report, refused),
            "events": events_address(condition_id=report.condition_id),
        }
        return self.page(request, "report.html", status=status, **shown)


def _handler(report: ProblemReport) -> str:
    """Who took it up, answered or closed it last; the row holds a number alone."""
    if report.handled_by is None:
        return ""
    person = get_user_model()._default_manager.filter(pk=report.handled_by).first()
    return str(person or f"user {report.handled_by}")


def _offers(request: HttpRequest, report: ProblemReport, refused: Offer | None) -> list[Offer]:
    """What this person may do now. A form that was refused stays, with what was typed in it."""
    return [
        refused if refused and refused.name == name else Offer(name, act, act.form(prefix=name))
        for name, act in ACTS.items()
        if (refused and refused.name == name)
        or (request.user.has_perms(act.permissions) and getattr(report, act.offered))
    ]
