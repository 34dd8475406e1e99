"""The desk's pages of editions: the list, the page to write one, the page to read one, the acts."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST, require_safe

from conditions.acts import Incomplete, PublishingRefused, StaleEdition
from conditions.admin.clash import Clash
from conditions.admin.edition_acts import ACTS, Act, Offer, Standing, act_form, offers
from conditions.admin.manuscript import FULL_SECTION, Manuscript, shortcomings
from conditions.admin.pages import DeskAdmin, events_address, may_read_full, staff
from conditions.admin.preview import preview
from conditions.admin.reading import read
from conditions.edition_rows import read_text
from conditions.models import Edition, Figure
from conditions.text import MAX_BODY

FIELDSETS = (
    ("Title and names", ("saved_at", "opened", "title", "description", "also_known_as")),
    ("The condition", ("overview", "causes", "symptoms", "urgent_help", "diagnosis")),
    ("Treatment, public", ("teaser", "warnings", "covers")),
    ("Treatment, for readers with an account", ("full_treatment",)),
    ("About this edition", ("review_due", "change_note")),
)


@admin.register(Edition)
class EditionAdmin(DeskAdmin[Edition]):
    list_display = (
        "title",
        "slug",
        "language",
        "number",
        "state",
        "publish_at",
        "review_due",
        "author",
    )
    list_filter = ("state", "language", "origin")
    list_per_page = 50
    list_select_related = ("condition", "author")
    ordering = ("-saved_at",)
    search_fields = ("title", "condition__slug", "names__name")
    search_help_text = "Title, other name or slug"

    @admin.display(description="condition", ordering="condition__slug")
    def slug(self, edition: Edition) -> str:
        return edition.condition.slug

    # ── Who may ───────────────────────────────────────────────────────────────────────────────
    def has_add_permission(self, request: HttpRequest) -> bool:
        """An edition is started from its condition or from an older edition."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Edition | None = None) -> bool:
        allowed: bool = super().has_change_permission(request, obj)
        return allowed and (obj is None or obj.is_open)

    def has_view_permission(self, request: HttpRequest, obj: Edition | None = None) -> bool:
        """Who may change editions may read those that are fixed."""
        permissions = ("conditions.view_edition", "conditions.change_edition")
        return any(request.user.has_perm(permission) for permission in permissions)

    # ── Addresses ─────────────────────────────────────────────────────────────────────────────
    def get_queryset(self, request: HttpRequest) -> QuerySet[Edition]:
        editions: QuerySet[Edition] = super().get_queryset(request)
        return editions.select_related("condition", "author", "approver", "based_on")

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        return [
            path(f"<int:pk>/{rest}/", guarded(view), name=f"conditions_edition_{name}")
            for rest, view, name in (
                ("read", require_safe(self.read_view), "read"),
                ("preview", require_POST(self.preview_view), "preview"),
                ("figures/<int:figure_pk>", require_safe(self.figure_view), "figure"),
                ("acts/<slug:name>", require_POST(self.act_view), "act"),
            )
        ] + super().get_urls()

    # ── Pages ─────────────────────────────────────────────────────────────────────────────────
    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        edition = self._viewed(request, object_id)
        if request.method == "POST":
            return self._save(request, edition)
        return self._page(request, edition)

    def read_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """An open edition as it would read."""
        return self._reading_page(request, self._viewed(request, str(pk)))

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One section as it is being written, for whom may write it."""
        edition = self._viewed(request, str(pk))
        if not self.has_change_permission(request, edition):
            raise PermissionDenied
        return preview(request, edition)

    def figure_view(self, request: HttpRequest, pk: int, figure_pk: int) -> HttpResponse:
        """A picture of any edition; one of the full treatment is as closed as that is."""
        edition = self._viewed(request, str(pk))
        figure = get_object_or_404(
            Figure.objects.select_related("picture"), pk=figure_pk, edition=edition
        )
        if figure.section == FULL_SECTION and not may_read_full(request):
            raise Http404
        response = HttpResponse(bytes(figure.picture.data), content_type=figure.picture.media_type)
        response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
        return response

    def act_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        edition = self._viewed(request, str(pk))
        act = ACTS.get(name)
        if act is None:
            raise Http404
        if not request.user.has_perms(act.permissions):
            raise PermissionDenied
        form = act_form(name, edition, request.POST)
        if not form.is_valid():
            return self._page(request, edition, Offer(name, act, form))
        return self._done(request, edition, act, form.facts())

    # ── Steps ─────────────────────────────────────────────────────────────────────────────────
    def _viewed(self, request: HttpRequest, object_id: str) -> Edition:
        edition = self.wanted(request, object_id)
        if not self.has_view_permission(request, edition):
            raise PermissionDenied
        return edition

    def _save(self, request: HttpRequest, edition: Edition) -> HttpResponse:
        if not self.has_change_permission(request, edition):
            raise PermissionDenied
        manuscript = Manuscript(
            edition, may_read_full=may_read_full(request), data=request.POST, files=request.FILES
        )
        if not manuscript.is_valid():
            return self._writing_page(request, edition, manuscript)
        try:
            manuscript.save(by=staff(request))
        except PublishingRefused as refused:
            clash = manuscript.clash() if isinstance(refused, StaleEdition) else None
            edition.refresh_from_db()
            return self._writing_page(
                request, edition, manuscript, refused=str(refused), clash=clash
            )
        messages.success(request, f"{edition} was saved.")
        return redirect("admin:conditions_edition_change", edition.pk)

    def _done(
        self, request: HttpRequest, edition: Edition, act: Act, facts: dict[str, Any]
    ) -> HttpResponse:
        try:
            made = act.verb(edition, by=staff(request), **facts)
        except PublishingRefused as refused:
            for message in self._reasons(request, edition, refused):
                messages.error(request, message)
            shown = edition
        else:
            shown = made if isinstance(made, Edition) else edition
            messages.success(request, f"{shown} {act.done}.")
        return redirect(*self._page_of(shown))

    def _page_of(self, edition: Edition) -> tuple[Any, ...]:
        """The edition's page, or its condition's once it was discarded."""
        if Edition.objects.filter(pk=edition.pk).exists():
            return "admin:conditions_edition_change", edition.pk
        return "admin:conditions_condition_change", edition.condition_id

    def _reasons(
        self, request: HttpRequest, edition: Edition, refused: PublishingRefused
    ) -> list[str]:
        if not isinstance(refused, Incomplete):
            return [str(refused)]
        found = shortcomings(refused.problems, read_text(edition), may_read_full(request))
        return [f"{one.label}: {one.message}" for one in found]

    def _page(
        self, request: HttpRequest, edition: Edition, refused: Offer | None = None
    ) -> HttpResponse:
        """To write in for whom it is open, to read for everybody else."""
        if not self.has_change_permission(request, edition):
            return self._reading_page(request, edition, offer=refused)
        manuscript = Manuscript(edition, may_read_full=may_read_full(request))
        return self._writing_page(request, edition, manuscript, offer=refused)

    def _writing_page(
        self,
        request: HttpRequest,
        edition: Edition,
        manuscript: Manuscript,
        *,
        refused: str = "",
        clash: Clash | None = None,
        offer: Offer | None = None,
    ) -> HttpResponse:
        form = manuscript.form
        groups = [
            (heading, [form[name] for name in names if name in form.fields])
            for heading, names in FIELDSETS
        ]
        return self.page(
            request,
            "write.html",
            status=409 if refused else 200,
            manuscript=manuscript,
            groups=[group for group in groups if group[1]],
            refused=refused,
            clash=clash,
            most=MAX_BODY,
            **self._about(request, edition, offer),
        )

    def _reading_page(
        self, request: HttpRequest, edition: Edition, *, offer: Offer | None = None
    ) -> HttpResponse:
        full = may_read_full(request)
        reading = read(edition, may_read_full=full)
        about = self._about(request, edition, offer)
        return self.page(request, "read.html", reading=reading, may_read_full=full, **about)

    def _about(self, request: HttpRequest, edition: Edition, offer: Offer | None) -> dict[str, Any]:
        standing = Standing(edition, staff(request))
        return {
            "title": str(edition),
            "edition": edition,
            "standing": standing,
            "offers": offers(standing, offer),
            "may_change": self.has_change_permission(request, edition),
            "reviews": edition.reviews.all(),
            "events": events_address(edition_id=edition.pk),
        }
