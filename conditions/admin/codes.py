"""The codes at the desk: found by code and title, and read; a command alone writes them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString

from conditions.admin.pages import DeskAdmin
from conditions.models import Code, Coding
from conditions.models.code import Kind

SUGGESTED = 12
CODINGS_PERMISSION = "conditions.view_condition"


@admin.register(Code)
class CodeAdmin(DeskAdmin[Code]):
    list_display = ("code", "title", "kind", "billable", "held_by")
    list_display_links = None
    list_filter = ("kind", "billable")
    list_per_page = 50
    search_fields = ("key",)
    search_help_text = "The beginning of a code, or words of a title"
    sortable_by = ()
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Code | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Code]:
        codes: QuerySet[Code] = super().get_queryset(request)
        return with_holder(codes).order_by("path")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Code], bool]:
        return found_by(queryset, search_term), False

    def get_urls(self) -> list[URLPattern]:
        suggest = self.admin_site.admin_view(self.suggest_view)
        return [path("suggest/", suggest, name="conditions_code_suggest"), *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Everything about a code stands on its public page."""
        code = self.wanted(request, object_id)
        if not self.has_view_permission(request, code):
            raise PermissionDenied
        return redirect(code)

    def suggest_view(self, request: HttpRequest) -> HttpResponse:
        """Codes for what an editor typed so far, each with the condition that holds it."""
        if not request.user.has_perm(CODINGS_PERMISSION):
            raise PermissionDenied
        typed = request.GET.get("q", "")[:100]
        codes = Code.objects.current().exclude(kind__in=(Kind.CHAPTER, Kind.BLOCK))
        found = with_holder(found_by(codes, typed)).order_by("depth", "path")[:SUGGESTED]
        rows = [_suggestion(code) for code in found] if typed.strip() else []
        return JsonResponse({"codes": rows})

    @admin.display(description="code")
    def code(self, code: Code) -> SafeString:
        return format_html('<a href="{}">{}</a>', code.get_absolute_url(), code.key)

    @admin.display(description="condition", empty_value="")
    def held_by(self, code: Any) -> str | None:
        holder: str | None = code.holder
        return holder


def _suggestion(code: Any) -> dict[str, str | None]:
    return {"key": code.key, "title": code.title, "holder": code.holder}


def with_holder(codes: QuerySet[Code]) -> QuerySet[Code]:
    """Each with the slug of the condition that holds it, if any."""
    coding = Coding.objects.filter(code=OuterRef("key"))
    return codes.annotate(holder=Subquery(coding.values("condition__slug")[:1]))


def found_by(codes: QuerySet[Code], typed: str) -> QuerySet[Code]:
    """Those whose code begins with what was typed, or whose title has all of its words."""
    words = typed.split()
    start = "".join(words).upper().replace(".", "")
    dotted = f"{start[:3]}.{start[3:]}" if len(start) > 3 else start
    in_title = Q()
    for word in words:
        in_title &= Q(title__icontains=word)
    return codes.filter(Q(key__gte=dotted, key__lt=f"{dotted}~") | in_title) if words else codes
