"""The desk's pages of conditions: the list, a condition with its editions, a new one."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from conditions.acts import PublishingRefused
from conditions.admin.condition_forms import ConditionForm, NewConditionForm
from conditions.admin.pages import DeskAdmin, events_address, staff
from conditions.codes import canonical_code
from conditions.models import Condition, Edition
from conditions.publishing import start_edition


@admin.register(Condition)
class ConditionAdmin(DeskAdmin[Condition]):
    list_display = ("slug", "title", "codes", "live_edition", "open_edition")
    list_per_page = 50
    search_fields = ("slug", "editions__title", "editions__names__name", "codings__code")
    search_help_text = "Slug, title, other name or ICD-10-CM code"

    # ── The list ──────────────────────────────────────────────────────────────────────────────
    def get_queryset(self, request: HttpRequest) -> QuerySet[Condition]:
        conditions: QuerySet[Condition] = super().get_queryset(request)
        if request.resolver_match and request.resolver_match.url_name == _name("changelist"):
            return conditions.prefetch_related(
                "codings",
                Prefetch("editions", Edition.objects.live(), to_attr="live_now"),
                Prefetch("editions", Edition.objects.open(), to_attr="open_now"),
            )
        return conditions

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Condition], bool]:
        """A code is found however it is typed."""
        with suppress(ValueError):
            search_term = canonical_code(search_term)
        return super().get_search_results(request, queryset, search_term)

    @admin.display(description="live title")
    def title(self, condition: Any) -> str | None:
        return condition.live_now[0].title if condition.live_now else None

    @admin.display(description="codes")
    def codes(self, condition: Condition) -> str:
        return ", ".join(coding.code for coding in condition.codings.all())

    @admin.display(description="live edition")
    def live_edition(self, condition: Any) -> SafeString:
        return _links(condition.live_now)

    @admin.display(description="open edition")
    def open_edition(self, condition: Any) -> SafeString:
        return _links(condition.open_now)

    # ── Pages ─────────────────────────────────────────────────────────────────────────────────
    def get_urls(self) -> list[URLPattern]:
        start = self.admin_site.admin_view(require_POST(self.start_view))
        return [path("<int:pk>/start/", start, name=_name("start")), *super().get_urls()]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        given = {"codes": request.GET.get("codes", "")[:100]}
        form = NewConditionForm(request.POST or None, initial=given)
        if form.is_valid() and (condition := form.create(by=staff(request))):
            messages.success(request, f"{condition} was created. Start its first edition below.")
            return redirect(_address(condition))
        return self.page(request, "new.html", title="Add condition", form=form)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        condition = self.wanted(request, object_id)
        if not self.has_view_permission(request, condition):
            raise PermissionDenied
        if request.method == "POST" and not self.has_change_permission(request, condition):
            raise PermissionDenied
        form = ConditionForm(request.POST or None, condition=condition)
        if form.is_valid() and form.save(by=staff(request)):
            messages.success(request, f"{condition} was saved.")
            return redirect(_address(condition))
        return self.page(request, "condition.html", **self._shown(request, condition, form))

    def start_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A draft with the text of the live edition, or an empty one where there is none."""
        condition = self.wanted(request, str(pk))
        if not request.user.has_perm("conditions.change_edition"):
            raise PermissionDenied
        try:
            edition = start_edition(condition=condition, by=staff(request))
        except PublishingRefused as refused:
            messages.error(request, str(refused))
            return redirect(_address(condition))
        messages.success(request, f"{edition} was started.")
        return redirect("admin:conditions_edition_change", edition.pk)

    def _shown(
        self, request: HttpRequest, condition: Condition, form: ConditionForm
    ) -> dict[str, Any]:
        editions = list(condition.editions.select_related("author", "approver"))
        languages = {edition.language for edition in editions}
        live = [condition.live_edition(language) for language in languages]
        return {
            "title": condition.slug,
            "condition": condition,
            "form": form,
            "may_change": self.has_change_permission(request, condition),
            "editions": editions,
            "live": [edition for edition in live if edition],
            "open": next((edition for edition in editions if edition.is_open), None),
            "may_view_editions": request.user.has_perms(["conditions.view_edition"]),
            "may_start": request.user.has_perm("conditions.change_edition"),
            "events": events_address(condition_id=condition.pk),
        }


def _name(page: str) -> str:
    return f"conditions_condition_{page}"


def _address(condition: Condition) -> str:
    return reverse(f"admin:{_name('change')}", args=[condition.pk])


def _links(editions: list[Edition]) -> SafeString:
    """Number and state of each edition, and the way to it."""
    return format_html_join(
        ", ",
        '<a href="{}">{} {}</a>',
        (
            (
                reverse("admin:conditions_edition_change", args=[edition.pk]),
                edition.number,
                edition.get_state_display(),
            )
            for edition in editions
        ),
    )
