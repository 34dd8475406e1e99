"""Content files into the database and back. What the two commands do; they only print.

A file is taken in whole or not at all, and a file that changes nothing writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from conditions.acts import Incomplete, PublishingRefused
from conditions.cataloguing import create_condition, set_codes, set_related
from conditions.content_files import BadContentFile, ContentFile, dump, parse
from conditions.edition_rows import keep_picture, read_text
from conditions.figures import BadFigure
from conditions.models import Condition, Edition, Event, Picture, State
from conditions.models.edition import Origin
from conditions.publishing import import_edition

STATUSES = ("created", "changed", "unchanged", "kept", "refused")
_FILE_NAME = re.compile(r"[a-z0-9-]+(\.[a-z-]+)?\.md")


class Kept(Exception):
    """The site's own text stays; the message says why."""


@dataclass(frozen=True)
class Outcome:
    path: Path
    status: str
    details: tuple[str, ...] = ()


def content_paths(paths: Iterable[Path]) -> list[Path]:
    """The files themselves, and of a folder those named like a slug (so no README.md)."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        found += [file for file in inside if not path.is_dir() or _FILE_NAME.fullmatch(file.name)]
    return found


def import_files(paths: Iterable[Path], *, dry_run: bool = False) -> Iterator[Outcome]:
    """Take in each file by itself; a bad one is refused and the others go on."""
    seen: dict[tuple[str, str], Path] = {}
    relations: list[ContentFile] = []
    for path in paths:
        outcome, file = _import_file(path, seen, dry_run)
        if file and outcome.status != "kept":
            relations.append(file)
        yield outcome
    if not dry_run:
        _relate(relations)


def export_files(folder: Path) -> Iterator[Path]:
    """Write every live, not withdrawn edition in canonical form, with its figures."""
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    written: dict[str, str] = {}
    for edition in _live_editions():
        for row in edition.figures.select_related("picture"):
            if written.setdefault(row.file, row.picture_id) != row.picture_id:
                raise PublishingRefused(
                    f"{edition.condition}: another condition has a different figure {row.file}: "
                    "rename one of them."
                )
            (folder / "figures" / row.file).write_bytes(bytes(row.picture.data))
        tag = "" if edition.language == settings.LANGUAGE_CODE else f".{edition.language}"
        path = folder / f"{edition.condition.slug}{tag}.md"
        path.write_text(dump(as_content_file(edition)), encoding="utf-8", newline="\n")
        yield path


def as_content_file(edition: Edition) -> ContentFile:
    condition = edition.condition
    return ContentFile(
        slug=condition.slug,
        language=edition.language,
        codes=tuple(condition.codings.values_list("code", flat=True)),
        related=tuple(condition.related.order_by("slug").values_list("slug", flat=True)),
        review_due=edition.review_due,
        text=read_text(edition),
    )


def _live_editions() -> Iterator[Edition]:
    languages = Edition.objects.order_by().values_list("language", flat=True).distinct()
    for language in sorted(languages):
        live = Edition.objects.public(language)
        yield from live.select_related("condition").order_by("condition__slug")


def _import_file(
    path: Path, seen: dict[tuple[str, str], Path], dry_run: bool
) -> tuple[Outcome, ContentFile | None]:
    try:
        file = parse(path.read_text(encoding="utf-8"))
        first = seen.setdefault((file.slug, file.language), path)
        if first != path:
            raise PublishingRefused(f"{first} has this slug and language too: change one of them.")
        with transaction.atomic():
            status = _take_in(file, path.parent / "figures")
            transaction.set_rollback(dry_run)
    except Kept as kept:
        return Outcome(path, "kept", (str(kept),)), None
    except (BadContentFile, BadFigure, PublishingRefused, OSError, UnicodeDecodeError) as refused:
        return Outcome(path, "refused", tuple(_reasons(refused))), None
    return Outcome(path, status), file


def _reasons(refused: Exception) -> Iterator[str]:
    if isinstance(refused, BadContentFile):
        yield from (f"line {line}: {message}" for line, message in refused.problems)
    elif isinstance(refused, Incomplete):
        yield from (f"{problem.field}: {problem.message}" for problem in refused.problems)
    elif isinstance(refused, UnicodeDecodeError):
        yield f"line 1: this is not UTF-8 text (byte {refused.start}): save the file as UTF-8."
    else:
        yield str(refused)


def _take_in(file: ContentFile, figures: Path) -> str:
    condition = Condition.objects.filter(slug=file.slug).first()
    is_new = condition is None
    condition = condition or create_condition(slug=file.slug, by=None)
    pictures = {
        figure.file: keep_picture(figure.file, (figures / figure.file).read_bytes())
        for figure in file.text.figures
    }
    editions = Edition.objects.filter(condition=condition, language=file.language)
    latest = editions.exclude(state__in=(State.DRAFT, State.IN_REVIEW, State.CHANGES_REQUESTED))
    edition = latest.order_by("-number").first()
    if edition and _is_unchanged(edition, file, pictures):
        return "unchanged"
    if not is_new:
        _refuse_site_work(condition, edition, file.language)
    _set_codes(condition, file, is_new)
    if edition is None or not _has_text(edition, file, pictures):
        import_edition(
            condition=condition,
            language=file.language,
            text=file.text,
            pictures=pictures,
            review_due=file.review_due,
        )
    return "created" if edition is None else "changed"


def _is_unchanged(edition: Edition, file: ContentFile, pictures: dict[str, Picture]) -> bool:
    codes = tuple(edition.condition.codings.values_list("code", flat=True))
    return codes == file.codes and _has_text(edition, file, pictures)


def _has_text(edition: Edition, file: ContentFile, pictures: dict[str, Picture]) -> bool:
    shown = {row.file: row.picture_id for row in edition.figures.all()}
    # A medical review moves the date on; the file's older date must not void it.
    same_date = edition.review_due == file.review_due or edition.reviews.exists()
    return (
        same_date
        and read_text(edition) == file.text
        and shown == {name: picture.pk for name, picture in pictures.items()}
    )


def _refuse_site_work(condition: Condition, edition: Edition | None, language: str) -> None:
    """Raise Kept when people on the site have the say over this text now."""
    if Edition.objects.filter(condition=condition, language=language).open().exists():
        raise Kept("edited on site: a draft is open")
    if edition and edition.origin != Origin.IMPORT:
        raise Kept("edited on site")
    if edition and edition.state == State.WITHDRAWN:
        raise Kept("withdrawn on site")
    catalogued = Event.objects.filter(
        condition_id=condition.pk, action__in=("codes", "related"), actor_id__isnull=False
    )
    if edition and catalogued.filter(at__gt=edition.created_at).exists():
        raise Kept("edited on site: its codes or related conditions")


def _set_codes(condition: Condition, file: ContentFile, is_new: bool) -> None:
    present = tuple(condition.codings.values_list("code", flat=True))
    if file.language == settings.LANGUAGE_CODE or is_new:
        set_codes(condition, codes=file.codes, by=None)
    elif present != file.codes:
        raise PublishingRefused(
            f"codes: the condition has {', '.join(present)}: "
            f"change them in its {settings.LANGUAGE_CODE} file."
        )


def _relate(files: Iterable[ContentFile]) -> None:
    """After all files, since they name one another; a name without a condition waits."""
    for file in files:
        if file.language == settings.LANGUAGE_CODE:
            condition = Condition.objects.get(slug=file.slug)
            related = Condition.objects.filter(slug__in=file.related)
            set_related(condition, related=related, by=None)
