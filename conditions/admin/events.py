"""The audit rows, to be read and nothing else."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from conditions.admin.pages import DeskAdmin
from conditions.models import Condition, Edition, Event


@admin.register(Event)
class EventAdmin(DeskAdmin[Event]):
    """`?condition_id=` and `?edition_id=` show those of one condition or edition."""

    list_display = ("at", "action", "who", "condition", "edition", "note")
    list_display_links = None
    list_filter = ("action",)
    list_per_page = 50
    search_fields = ("note",)
    search_help_text = "Words of a note"
    sortable_by = ()
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        """With names, which the rows themselves do not hold: one query whatever their number."""
        User = get_user_model()
        person = User._default_manager.filter(pk=OuterRef("actor_id"))
        condition = Condition.objects.filter(pk=OuterRef("condition_id"))
        edition = Edition.objects.filter(pk=OuterRef("edition_id"))
        events: QuerySet[Event] = super().get_queryset(request)
        return events.annotate(
            person=Subquery(person.values(User.USERNAME_FIELD)[:1]),
            slug=Subquery(condition.values("slug")[:1]),
            edition_number=Subquery(edition.values("number")[:1]),
        )

    @admin.display(description="by")
    def who(self, event: Any) -> str:
        if event.actor_id is None:
            return "a command"
        return event.person or f"user {event.actor_id}"

    @admin.display(description="condition", empty_value="")
    def condition(self, event: Any) -> SafeString | str | None:
        if event.condition_id is None:
            return None
        return _link("condition", event.condition_id, event.slug)

    @admin.display(description="edition", empty_value="")
    def edition(self, event: Any) -> SafeString | str | None:
        if event.edition_id is None:
            return None
        number = event.edition_number
        return _link("edition", event.edition_id, f"edition {number}" if number else None)


def _link(model: str, pk: int, name: str | None) -> SafeString | str:
    """The row's page by name; what was discarded has neither, and its id stays."""
    if not name:
        return f"discarded ({pk})"
    return format_html(
        '<a href="{}">{}</a>', reverse(f"admin:conditions_{model}_change", args=[pk]), name
    )
