from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ConditionsConfig(AppConfig):
    name = "conditions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from conditions import checks  # noqa: F401  (registers the checks)
        from conditions.roles import create_roles
        from conditions.search import sqlite
        from conditions.triggers import restore_triggers

        post_migrate.connect(restore_triggers, sender=self)
        post_migrate.connect(sqlite.restore_triggers, sender=self)
        post_migrate.connect(create_roles, sender=self)
