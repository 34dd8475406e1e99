"""Mail of a site on one's own machine: printed on the terminal and kept as files."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

RULE = "─" * 72


class EmailBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            path = _keep(message)
            _print(message, path)
        return len(email_messages)


def _keep(message: EmailMessage) -> Path:
    folder = Path(settings.VAR_DIR) / "mail"
    # Log-in codes stand in these: for this account alone.
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S.%fZ")
    path = folder / f"{moment}-{secrets.token_hex(2)}.eml"
    path.write_bytes(message.message().as_bytes())
    return path


def _print(message: EmailMessage, path: Path) -> None:
    lines = (
        *(RULE, f"To:      {', '.join(message.recipients())}", f"Subject: {message.subject}", ""),
        *(str(message.body).rstrip(), "", f"Kept in {path}", RULE, ""),
    )
    # In one piece: several processes share the terminal.
    sys.stdout.write("\n".join(lines))
    sys.stdout.flush()
