from __future__ import annotations

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from conditions.models import Code, Coding

register = template.Library()


@register.simple_tag
def icon(name: str, size: int = 22) -> SafeString:
    """A line drawing from the sprite; always beside a word, so hidden from screen readers."""
    return format_html(
        '<svg class="icon" width="{0}" height="{0}" aria-hidden="true"><use href="{1}#{2}"/></svg>',
        size,
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def code_chip(coding: Coding) -> SafeString:
    return format_html(
        '<a class="code" href="{}"><b>{}</b>{}</a>',
        reverse("code", args=[coding.code]),
        coding.category,
        coding.detail,
    )


@register.simple_tag
def code_mark(code: Code) -> SafeString:
    """A code on its own page: no link, the category in bold."""
    shown = code.span or code.key
    return format_html('<span class="code"><b>{}</b>{}</span>', shown[:3], shown[3:])
