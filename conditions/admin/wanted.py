"""The desk's page of codes that people look for and no article covers."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import redirect

from conditions.admin.pages import DeskAdmin
from conditions.models import WantedCode
from conditions.search.wanted import KEPT_DAYS, most_wanted

PERIODS = (30, 90, 365)
"""Days to count over; the first where nobody chose."""


@admin.register(WantedCode)
class WantedCodeAdmin(DeskAdmin[WantedCode]):
    """Nothing here is about a person, so whoever sees the conditions sees it."""

    def has_view_permission(self, request: HttpRequest, obj: WantedCode | None = None) -> bool:
        return request.user.has_perm("conditions.view_condition")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: WantedCode | None = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        chosen = request.GET.get("days", "")
        days = next((each for each in PERIODS if str(each) == chosen), PERIODS[0])
        shown: dict[str, Any] = {
            "title": f"Wanted codes of the last {days} days",
            "days": days,
            "periods": PERIODS,
            "kept_days": KEPT_DAYS,
            "wanted": most_wanted(days),
            "may_start": request.user.has_perm("conditions.add_condition"),
        }
        return self.page(request, "list.html", **shown)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One day's count by itself tells nothing: the page of the code does."""
        return self.history_view(request, object_id)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseRedirectBase:
        row = self.wanted(request, object_id)
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        return redirect(row.code)
