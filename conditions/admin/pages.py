"""What the admin's pages have in common: nothing is written by saving a model."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django.contrib.auth.models import AbstractUser as User
else:  # Django's class takes no parameter when the site runs.
    M = TypeVar("M", bound=Model)

    class ModelAdmin(admin.ModelAdmin, Generic[M]):
        pass


Row = TypeVar("Row", bound=Model)
logger = logging.getLogger(__name__)

READ_FULL_TREATMENT = "conditions.view_fulltreatment"
"""The permission without which no admin page tells anything of gated text."""


def may_read_full(request: HttpRequest) -> bool:
    return request.user.has_perm(READ_FULL_TREATMENT)


def staff(request: HttpRequest) -> User:
    """Who asks: behind `admin_view` nobody is anonymous."""
    return cast("User", request.user)


def events_address(**of: Any) -> str:
    """The audit rows of one condition or edition."""
    return f"{reverse('admin:conditions_event_changelist')}?{urlencode(of)}"


class DeskAdmin(ModelAdmin[Row]):
    """Lists and permissions are Django's; pages are ours, and nothing is deleted from a list."""

    actions = None
    view_on_site = False

    class Media:
        css = {"all": ("css/desk.css",)}

    def has_delete_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """A filter by a number or year that no database can hold is one that means nothing."""
        try:
            return super().get_changelist_instance(request)
        except (OverflowError, ValueError) as error:
            logger.warning("A list of %s failed: %s", self.opts.label, type(error).__name__)
            raise IncorrectLookupParameters from error

    def wanted(self, request: HttpRequest, object_id: str) -> Row:
        """The row that a page is about, or 404."""
        found: Row | None = self.get_object(request, object_id)
        if found is None:
            raise Http404(f"There is no {self.opts.verbose_name} {object_id}.")
        return found

    def page(
        self, request: HttpRequest, template: str, *, status: int = 200, **context: Any
    ) -> HttpResponse:
        request.current_app = self.admin_site.name
        shown = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(
            request, f"admin/conditions/{self.opts.model_name}/{template}", shown, status=status
        )

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseRedirectBase:
        """Django's log of changes stays empty: the events are the history."""
        row = self.wanted(request, object_id)
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        return redirect(events_address(**{f"{self.opts.model_name}_id": row.pk}))
