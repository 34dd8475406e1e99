from django.apps import AppConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import devices, second_factor, sessions, social_adapter

        for module in (devices, second_factor, sessions, social_adapter):
            module.connect()
        post_migrate.connect(create_cache_table, sender=self)


def create_cache_table(using: str = "default", **_kwargs: object) -> None:
    """The rate limits' table, so that `migrate` is all an operator has to run."""
    call_command("createcachetable", database=using, verbosity=0)
