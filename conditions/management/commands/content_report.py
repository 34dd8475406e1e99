from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from conditions.content_exchange import as_content_file
from conditions.content_files import ContentFile
from conditions.models import Edition
from conditions.readability import readability_index, words
from conditions.text import PUBLIC_BODIES

COLUMNS = ("public", "full", "index", "sources", "figures", "review due", "codes", "condition")


class Command(BaseCommand):
    help = (
        "A line an article: words of the public text and of the full treatment, automated "
        "readability index of the public text, references, figures, review due, codes."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--language", default=settings.LANGUAGE_CODE)

    def handle(self, *, language: str, **options: Any) -> None:
        self.stdout.write(_line(COLUMNS))
        for edition in Edition.objects.listed(language).order_by("condition__slug"):
            self.stdout.write(_line(_figures(as_content_file(edition))))


def _figures(file: ContentFile) -> Iterator[object]:
    public = "\n\n".join(getattr(file.text, body) for body in PUBLIC_BODIES)
    yield len(words(public))
    yield len(words(file.text.full_treatment))
    yield f"{readability_index(public):.1f}"
    yield len(file.text.references)
    yield len(file.text.figures)
    yield file.review_due or "none"
    yield " ".join(file.codes) or "none"
    yield file.slug


def _line(values: Any) -> str:
    public, full, index, sources, figures, due, codes, slug = map(str, values)
    return (
        f"{public:>6} {full:>5} {index:>5} {sources:>7} {figures:>7} {due:>10} {codes:<14} {slug}"
    )
