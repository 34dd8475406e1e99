"""Parts of the account pages and mails that a template cannot say by itself."""

from __future__ import annotations

from typing import Any

from allauth.account import app_settings
from allauth.account.utils import passthrough_next_redirect_url
from django import template
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.forms import BoundField
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts import way_back as ways

register = template.Library()


@register.simple_tag
def control(field: BoundField, hint: object = "", **attrs: Any) -> SafeString:
    """The input of a field, told about its hint and error; no placeholder, no inline style."""
    field.help_text = ""  # the template shows the hint; Django would point at its own
    described = [f"{field.auto_id}_hint"] if hint else []
    described += [f"{field.auto_id}_error"] if field.errors else []
    attrs = {name.replace("_", "-"): value for name, value in attrs.items() if value}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs={"placeholder": False, "style": False, **attrs})


@register.filter
def is_trap(field: BoundField) -> bool:
    """Whether this is the field that only a program fills in."""
    return bool(field.name == app_settings.SIGNUP_FORM_HONEYPOT_FIELD)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    return getattr(field.field.widget, "input_type", "") == "checkbox"


@register.simple_tag
def code_minutes(kind: str) -> str:
    """How long a code lives: kind is EMAIL_VERIFICATION, LOGIN or PASSWORD_RESET."""
    return str(getattr(app_settings, f"{kind}_BY_CODE_TIMEOUT") // 60)


@register.simple_tag
def session_idle() -> str:
    """How long a reader may stay away."""
    return in_words(settings.SESSION_COOKIE_AGE // 3600)


@register.simple_tag
def session_idle_of_staff() -> str:
    return in_words(min(settings.STAFF_SESSION_IDLE_HOURS, settings.SESSION_COOKIE_AGE // 3600))


@register.simple_tag
def session_most() -> str:
    """How long a session lasts at most."""
    return in_words(settings.SESSION_ABSOLUTE_DAYS * 24)


@register.filter
def in_words(hours: int) -> str:
    """Whole days from two days on."""
    count, unit = (hours // 24, "day") if hours >= 48 and hours % 24 == 0 else (hours, "hour")
    return f"{count} {unit}{'' if count == 1 else 's'}"


@register.simple_tag(takes_context=True)
def way_back(context: dict[str, Any]) -> ways.WayBack | None:
    request = context.get("request")
    return ways.way_back(request) if request else None


@register.simple_tag(takes_context=True)
def url_with_next(context: dict[str, Any], name: str) -> str:
    """A page's address that carries on the `next` of this request, if it is one of ours."""
    request: HttpRequest | None = context.get("request")
    if request is None:
        return reverse(name)
    return str(passthrough_next_redirect_url(request, reverse(name), REDIRECT_FIELD_NAME))
