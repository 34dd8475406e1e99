from __future__ import annotations

from pathlib import Path


class BadRelease(Exception):
    """The files are not a whole ICD-10-CM release. The message names the place and the remedy."""

    def __init__(self, file: Path, line: int | None, message: str) -> None:
        place = f"{file.name}, line {line:,}" if line else file.name
        super().__init__(f"{place}: {message}")
