"""The desk's pages of names that people use for codes."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from conditions import aliasing
from conditions.acts import PublishingRefused
from conditions.admin.alias_forms import AliasForm, NewAliasForm
from conditions.admin.pages import DeskAdmin, events_address, staff
from conditions.codes import canonical_key
from conditions.models import Alias, AliasOrigin


@admin.register(Alias)
class AliasAdmin(DeskAdmin[Alias]):
    list_display = ("name", "of_code", "kind", "origin", "is_in_use")
    list_filter = ("kind", "origin", "is_in_use")
    list_per_page = 50
    search_fields = ("name",)
    search_help_text = "A part of the name, or a code"
    show_full_result_count = False

    # ── The list ──────────────────────────────────────────────────────────────────────────────
    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Alias], bool]:
        """A code is found however it is typed."""
        found, repeats = super().get_search_results(request, queryset, search_term)
        try:
            key = canonical_key(search_term)
        except ValueError:
            return found, repeats
        return queryset.filter(Q(code=key) | Q(pk__in=found.order_by().values("pk"))), repeats

    @admin.display(description="code", ordering="code_id")
    def of_code(self, alias: Alias) -> SafeString:
        return _link_to_code(alias)

    # ── Pages ─────────────────────────────────────────────────────────────────────────────────
    def get_urls(self) -> list[URLPattern]:
        remove = self.admin_site.admin_view(require_POST(self.remove_view))
        name = "conditions_alias_remove"
        return [path("<int:pk>/remove/", remove, name=name), *super().get_urls()]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = NewAliasForm(request.POST or None)
        if form.is_valid() and (alias := form.create(by=staff(request))):
            messages.success(request, f"{alias} was added to {alias.code_id}.")
            return redirect("admin:conditions_alias_changelist")
        return self.page(request, "new.html", title="Add alias", form=form)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        alias = self.wanted(request, object_id)
        if not self.has_view_permission(request, alias):
            raise PermissionDenied
        if request.method == "POST" and not self.has_change_permission(request, alias):
            raise PermissionDenied
        form = AliasForm(request.POST if request.method == "POST" else None, alias=alias)
        if form.is_valid() and form.save(by=staff(request)):
            messages.success(request, f"{alias} was saved.")
            return redirect(_address(alias))
        return self.page(request, "alias.html", **self._shown(request, alias, form))

    def remove_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        alias = self.wanted(request, str(pk))
        if not _may_remove(request):
            raise PermissionDenied
        try:
            aliasing.remove_alias(alias, by=staff(request))
        except PublishingRefused as refused:
            messages.error(request, str(refused))
            return redirect(_address(alias))
        messages.success(request, f"{alias} was removed from {alias.code_id}.")
        return redirect("admin:conditions_alias_changelist")

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseRedirectBase:
        alias = self.wanted(request, object_id)
        if not self.has_view_permission(request, alias):
            raise PermissionDenied
        return redirect(_events(alias))

    def _shown(self, request: HttpRequest, alias: Alias, form: AliasForm) -> dict[str, Any]:
        return {
            "title": str(alias),
            "alias": alias,
            "form": form,
            "may_change": self.has_change_permission(request, alias),
            "may_remove": alias.origin == AliasOrigin.SITE and _may_remove(request),
            "events": _events(alias),
        }


def _may_remove(request: HttpRequest) -> bool:
    return request.user.has_perm("conditions.delete_alias")


def _address(alias: Alias) -> str:
    return reverse("admin:conditions_alias_change", args=[alias.pk])


def _events(alias: Alias) -> str:
    """An event holds the name and the code in its note, since an alias may be removed."""
    return events_address(q=f"{alias.name} {alias.code_id}")


def _link_to_code(alias: Alias) -> SafeString:
    address = reverse("code", args=[alias.code_id])
    return format_html('<a href="{}">{}</a>', address, alias.code_id)
