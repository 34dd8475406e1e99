"""Acts on the names that people use for a code: found and shown at once, an event each.

Name and code stay as they were added: another name is another alias. So what `import_aliases` finds
in its file can always be told from what people decided on the site.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from conditions import code_rows
from conditions.acts import NotPossibleNow, PublishingRefused, act, note
from conditions.alias_codes import refused_code
from conditions.models import Alias, AliasKind, AliasOrigin, Code
from conditions.search import index

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser as User


@act
def add_alias(*, name: str, code: str, kind: str, remark: str = "", by: User | None) -> Alias:
    """ValidationError when the code may have no name, or has this one."""
    code_rows.lock()
    alias = Alias(name=" ".join(name.split()), code_id=code, kind=kind, note=remark.strip())
    _check(alias)
    alias.save()
    note("alias added", by, None, about=_about(alias))
    index.refresh_codes([code])
    return alias


@act
def change_alias(alias: Alias, *, kind: str, remark: str, is_in_use: bool, by: User | None) -> None:
    """From another kind or note on, the alias is the site's own. Switched off, it stays the file's
    and stays off."""
    present = _present(alias)
    given: dict[str, Any] = {"kind": kind, "note": remark.strip(), "is_in_use": is_in_use}
    changes = list(_changes(present, **given))
    if not changes:
        return
    if (present.kind, present.note) != (given["kind"], given["note"]):
        present.origin = AliasOrigin.SITE
    for field, value in given.items():
        setattr(present, field, value)
    present.save()
    note("alias changed", by, None, about=f"{_about(present)}: {', '.join(changes)}")
    index.refresh_codes([present.code_id])


@act
def remove_alias(alias: Alias, *, by: User | None) -> None:
    """For those of the site alone: others would come back with the next import."""
    present = _present(alias)
    if present.origin != AliasOrigin.SITE:
        raise PublishingRefused(f"{alias} is {present.get_origin_display()}: switch it off.")
    note("alias removed", by, None, about=_about(present))
    present.delete()
    index.refresh_codes([alias.code_id])


def _check(alias: Alias) -> None:
    code = Code.objects.filter(key=alias.code_id).first()
    if problem := refused_code(alias.code_id, code):
        raise ValidationError({"code": problem})
    if not alias.name.isprintable():
        raise ValidationError({"name": "There are control characters: take them out."})
    same = alias.name.casefold()
    for other in Alias.objects.filter(code=alias.code_id):
        if other.name.casefold() == same:
            off = "" if other.is_in_use else ", switched off: switch it on instead"
            raise ValidationError({"name": f"{alias.code_id} has this name already{off}."})
    alias.full_clean()


def _present(alias: Alias) -> Alias:
    """As it is by now; from here on to the end of the transaction nobody else changes any."""
    code_rows.lock()
    present = Alias.objects.filter(pk=alias.pk).first()
    if present is None:
        raise NotPossibleNow(f"{alias} was removed a moment ago.")
    return present


def _changes(present: Alias, *, kind: str, note: str, is_in_use: bool) -> Iterator[str]:
    if present.kind != kind:
        yield f"{AliasKind(present.kind).label} → {AliasKind(kind).label}"
    if present.note != note:
        yield "note"
    if present.is_in_use != is_in_use:
        yield "switched on" if is_in_use else "switched off"


def _about(alias: Alias) -> str:
    return f"{alias.name} ({alias.code_id})"
