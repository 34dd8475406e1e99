"""Reporting a problem with a page. The form stands on a page of its own, so that the page of the
condition holds no token and stays one for all."""

from __future__ import annotations

from allauth.core import ratelimit
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from conditions.models import Edition
from conditions.report_form import ReportForm
from conditions.reports import send_report

TOO_MANY = ValidationError(
    "Your report is not stored yet: too many were sent in a short time. What you typed is still "
    "here. Wait an hour, then send it again.",
    code="too_many",
)


@require_http_methods(["GET", "HEAD", "POST"])
def report_problem(
    request: HttpRequest, slug: str, language: str = settings.LANGUAGE_CODE
) -> HttpResponse:
    edition = _live_or_404(slug, language)
    form = ReportForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _taken(request, form, edition):
        return redirect(f"{request.path}sent/")
    status = 429 if form.has_error("__all__", "too_many") else 200
    context = {"edition": edition, "form": form}
    return render(request, "conditions/report_problem.html", context, status=status)


@require_safe
def report_sent(
    request: HttpRequest, slug: str, language: str = settings.LANGUAGE_CODE
) -> HttpResponse:
    return render(request, "conditions/report_sent.html", {"edition": _live_or_404(slug, language)})


def _live_or_404(slug: str, language: str) -> Edition:
    live = Edition.objects.live(language).select_related("condition")
    return get_object_or_404(live, condition__slug=slug)


def _taken(request: HttpRequest, form: ReportForm, edition: Edition) -> bool:
    """Whether the sender may go. A program is told the same as a person, and nothing is kept."""
    if form.is_from_a_program:
        return True
    # The limits stand in ACCOUNT_RATE_LIMITS: so many by network address, so many by this key.
    if not ratelimit.consume(request, action="report_problem", key="site"):
        form.add_error(None, TOO_MANY)
        return False
    send_report(
        condition=edition.condition,
        edition_number=_number_read(request, edition),
        language=edition.language,
        kind=form.cleaned_data["kind"],
        text=form.cleaned_data["text"],
        email=form.cleaned_data["email"],
    )
    return True


def _number_read(request: HttpRequest, live: Edition) -> int:
    """The edition whose page led here, as the link on it says; otherwise the live one."""
    said = request.GET.get("edition")
    return next((n for n in range(1, live.number + 1) if str(n) == said), live.number)
