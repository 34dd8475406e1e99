"""An ICD-10-CM release into the database: compared first, then what differs, in one transaction.

Values are compared and not only the digest of the files. So a second run writes nothing, and a tree
that somebody meddled with is mended.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from operator import attrgetter

from django.db import transaction

from conditions import code_rows
from conditions.code_changes import Change, Changes
from conditions.code_rows import Progress
from conditions.icd10cm import CodeRow, Files, NoteRow, Release, digits, read_release
from conditions.models import Code, CodeNote, CodeRelease, Coding
from conditions.search import index


class OlderRelease(Exception):
    """The files are of a release before the one that is loaded."""


def is_loaded(files: Files) -> bool:
    """Whether exactly these files were loaded last. Quick: the rows are not looked at."""
    latest = CodeRelease.objects.first()
    return latest is not None and latest.digest == files.digest()


@contextmanager
def collector_paused() -> Iterator[None]:
    """Rows hold no cycles, and walking the growing lists again and again takes a seventh of all."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@collector_paused()
def load(files: Files, *, progress: Progress, report_only: bool = False) -> Changes:
    """Make the tree what `files` say. BadRelease and OlderRelease come before any writing."""
    progress("Reading the files", 0, 0)
    release = read_release(files)
    with transaction.atomic():
        if not report_only:
            code_rows.lock()
        progress("Comparing with the present tree", 0, 0)
        changes = changes_by(release)
        if changes and not report_only:
            _write(release, changes, progress)
    return changes


# ── Comparing ─────────────────────────────────────────────────────────────────────────────────
def changes_by(release: Release) -> Changes:
    latest = CodeRelease.objects.first()
    if latest and _is_older(release.version, latest.version):
        raise OlderRelease(
            f"These files are of {release.version}, and {latest} is loaded: take newer files."
        )
    changes = Changes(
        version=release.version,
        notes=len(release.notes),
        same_files=latest is not None and latest.digest == release.digest,
    )
    _compare_codes(release, changes)
    _compare_notes(release, changes)
    _find_articles(changes)
    return changes


def _compare_codes(release: Release, changes: Changes) -> None:
    wanted = {row.key: row for row in release.codes}
    gone: list[CodeRow] = []
    for old in code_rows.stored_codes():
        new = wanted.pop(old.key, None)
        if new is None:
            gone.append(old)
        elif new != old:
            _compare(old, new, changes)
    changes.is_first = not gone and len(wanted) == len(release.codes)
    changes.added = [Change(row.key, row.title) for row in wanted.values()]
    gone.sort(key=attrgetter("depth", "key"))
    changes.retired = [Change(old.key, old.title) for old in gone if not old.retired_in]
    changes.gone = list(_retired(gone, release))
    changes.rewritten |= {
        new.key for old, new in zip(gone, changes.gone, strict=True) if old != new
    }


def _compare(old: CodeRow, new: CodeRow, changes: Changes) -> None:
    changes.rewritten.add(new.key)
    if old.retired_in:
        changes.returned.append(Change(new.key, new.title))
    if old.title != new.title:
        changes.renamed.append(Change(new.key, f"{old.title} → {new.title}"))
    if old.parent != new.parent:
        changes.moved.append(Change(new.key, f"{old.parent} → {new.parent}"))
    if old.billable != new.billable and not old.retired_in:
        changes.billing.append(
            Change(new.key, "is for billing now" if new.billable else "is not for billing now")
        )


def _retired(gone: Iterable[CodeRow], release: Release) -> Iterator[CodeRow]:
    """They stay below their parent, after its current children, so that their page leads up."""
    paths: dict[str | None, str] = {row.key: row.path for row in release.codes} | {None: ""}
    children: dict[str | None, int] = {}
    for row in release.codes:
        children[row.parent] = children.get(row.parent, 0) + 1
    for old in gone:
        nth = children.get(old.parent, 0)
        children[old.parent] = nth + 1
        paths[old.key] = path = paths[old.parent] + digits(nth)
        yield old._replace(
            path=path,
            depth=len(path) // 2 - 1,
            position=None,
            last=None,
            billable=False,
            retired_in=old.retired_in or release.version,
        )


def _compare_notes(release: Release, changes: Changes) -> None:
    """A retired code keeps its notes: the release says nothing of it."""
    wanted = {code: list(notes) for code, notes in _by_code(release.notes)}
    for code, notes in _by_code(code_rows.stored_notes()):
        if wanted.get(code) == list(notes):
            del wanted[code]
        else:
            changes.noted.add(code)
    changes.noted |= set(wanted)
    changes.noted -= {row.key for row in changes.gone}


def _by_code(notes: Iterable[NoteRow]) -> Iterator[tuple[str, Iterator[NoteRow]]]:
    return groupby(notes, key=attrgetter("code"))


def _find_articles(changes: Changes) -> None:
    codings = dict(Coding.objects.order_by("code").values_list("code", "condition__slug"))
    present = set(Code.objects.filter(key__in=codings).values_list("key", flat=True))
    present |= {change.key for change in changes.added}
    retired = {row.key for row in changes.gone}
    for code, slug in codings.items():
        if code in retired:
            changes.articles_on_retired.append(Change(code, slug))
        elif code not in present:
            changes.articles_on_unknown.append(Change(code, slug))


def _is_older(version: str, than: str) -> bool:
    return version.isdecimal() and than.isdecimal() and int(version) < int(than)


# ── Writing ───────────────────────────────────────────────────────────────────────────────────
def _write(release: Release, changes: Changes, progress: Progress) -> None:
    """Rows that differ are deleted and inserted anew, since paths change places with one another.

    The foreign keys are checked at the end of the transaction, when all of them lead somewhere.
    """
    fresh = changes.rewritten | {change.key for change in changes.added}
    code_rows.delete(CodeNote, "code", changes.noted)
    code_rows.delete(Code, "key", changes.rewritten)
    codes = [row for row in (*release.codes, *changes.gone) if row.key in fresh]
    code_rows.insert(Code, codes, progress)
    notes = [row for row in release.notes if row.code in changes.noted]
    code_rows.insert(CodeNote, notes, progress)
    for model in (Code, CodeNote):
        code_rows.tell_the_planner(model)
    CodeRelease.objects.create(
        version=release.version,
        digest=release.digest,
        codes=len(release.codes),
        notes=len(release.notes),
    )
    index.rebuild(progress)
