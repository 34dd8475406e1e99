"""The groups a new site starts with, so that rights are given in the admin by a role's name.

A group is made once, by `migrate`. What an administrator changes about it afterwards stays.
"""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import DEFAULT_DB_ALIAS, connections

_READ = ("view_condition", "view_edition", "view_fulltreatment", "view_event", "view_alias")
_WRITE = ("change_edition",)
_RELEASE = ("approve_edition",)
_ANSWER = ("view_problemreport", "change_problemreport")
_KEEP = ("add_condition", "change_condition")
_NAME = ("add_alias", "change_alias", "delete_alias")

ROLES: dict[str, tuple[str, ...]] = {
    "Author": (*_READ, *_WRITE),
    "Reviewer": (*_READ, *_RELEASE, *_ANSWER),
    "Editor": (*_READ, *_WRITE, *_RELEASE, *_ANSWER, *_KEEP, *_NAME),
}


def create_roles(app_config: AppConfig, using: str = DEFAULT_DB_ALIAS, **_kwargs: Any) -> None:
    """Connected to `post_migrate`; safe to repeat."""
    present = connections[using].introspection.table_names()
    if not {Group._meta.db_table, "django_content_type"} <= set(present):
        return
    create_permissions(app_config, verbosity=0, using=using)
    ours = Permission.objects.using(using).filter(content_type__app_label=app_config.label)
    for name, codenames in ROLES.items():
        group, is_new = Group.objects.using(using).get_or_create(name=name)
        if is_new:
            group.permissions.set(ours.filter(codename__in=codenames))
