"""The starter content in the test database, as `make run` loads it."""

from io import StringIO

from django.conf import settings
from django.core.management import call_command

OSSIFICATION = "/conditions/other-ossification-of-muscle-unspecified-lower-leg/"


def load() -> None:
    call_command("import_content", str(settings.BASE_DIR / "content"), stdout=StringIO())
