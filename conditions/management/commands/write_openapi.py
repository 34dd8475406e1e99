from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from conditions.api import api


class Command(BaseCommand):
    help = "Write docs/openapi.json, the description of the API for machines."

    def handle(self, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / "docs" / "openapi.json"
        path.write_text(json.dumps(api.get_openapi_schema(), indent=2) + "\n", encoding="utf-8")
        self.stdout.write(f"{path.name} is written.")
