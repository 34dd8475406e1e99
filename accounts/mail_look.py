"""The HTML part of a mail, made of its text: one wording, one look, nothing to load."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

CODE = re.compile(r"[A-Z]{4}-[A-Z]{4}")
SIGNATURE = "\n\n--\n"


@dataclass(frozen=True)
class Line:
    text: str
    is_link: bool


@dataclass(frozen=True)
class Paragraph:
    lines: list[Line]
    is_code: bool


def as_html(subject: str, text: str, context: dict[str, Any]) -> str:
    """The same words. Only addresses of the site itself become links."""
    words = text.rpartition(SIGNATURE)[0] or text
    paragraphs = [_paragraph(block, context["site_url"]) for block in words.split("\n\n")]
    return render_to_string(
        "emails/mail.html", {**context, "subject": subject, "paragraphs": paragraphs}
    )


def _paragraph(block: str, site_url: str) -> Paragraph:
    lines: list[Line] = []
    for text in block.split("\n"):
        is_link = text.startswith(f"{site_url}/") and " " not in text
        if lines and not is_link and not lines[-1].is_link:
            text = f"{lines.pop().text} {text}"  # the text is wrapped for plain mail alone
        lines.append(Line(text, is_link))
    return Paragraph(lines, is_code=bool(CODE.fullmatch(block)))
