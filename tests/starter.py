"""Some of the starter content in the test database, as `make run` loads all of it."""

from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

CONTENT = Path(settings.BASE_DIR) / "content"
OSSIFICATION = "/conditions/other-ossification-of-muscle-unspecified-lower-leg/"
SLUGS = (
    "asthma",
    "high-blood-pressure",
    "migraine",
    "other-ossification-of-muscle-unspecified-lower-leg",
    "type-2-diabetes",
)
FILES = tuple(CONTENT / f"{slug}.md" for slug in SLUGS)


def load() -> None:
    call_command("import_content", *map(str, FILES), stdout=StringIO())
