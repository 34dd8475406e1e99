"""What the pages on second factors have to know."""

from __future__ import annotations

from typing import Any

from django import template

from accounts import second_factor

register = template.Library()


@register.simple_tag(takes_context=True)
def door(context: dict[str, Any]) -> str:
    """How staff stand before the admin: "closed", "open", or nothing for everybody else."""
    request = context["request"]
    if not request.user.is_staff:
        return ""
    return "closed" if second_factor.desk_step(request) else "open"


@register.simple_tag
def kinds(user: Any) -> set[str]:
    return second_factor.kinds(user)


@register.simple_tag
def has_one_factor(user: Any) -> bool:
    """Whether taking one away takes the last."""
    return second_factor.count(user) == 1


@register.filter
def in_fours(secret: str) -> str:
    """A long secret as people copy it by eye."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
