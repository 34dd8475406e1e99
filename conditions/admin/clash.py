"""Two people on one draft: what the later one typed beside what the other saved, field by field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.safestring import SafeString

from conditions.models import Edition, Event
from conditions.word_diff import compared

Values = Mapping[str, Any]
"""What a page shows of an edition, by the name of the field."""


@dataclass(frozen=True)
class Difference:
    name: str
    label: str
    theirs: SafeString
    mine: SafeString
    changed_by: str
    """me, them or both, since the page was opened; both when that is not known."""


@dataclass(frozen=True)
class Clash:
    edition: Edition
    differences: list[Difference]

    @property
    def over(self) -> str:
        """Names the saved text that was looked at; it alone may be written over."""
        return self.edition.saved_at.isoformat()

    @property
    def saved_by(self) -> str:
        """Who saved last; empty for a command or somebody unknown."""
        events = Event.objects.filter(edition_id=self.edition.pk, action="saved")
        actor = events.values_list("actor_id", flat=True).first()
        person = get_user_model()._default_manager.filter(pk=actor).first() if actor else None
        return str(person or "")


def fingerprints(values: Values) -> str:
    """Short marks of all values, for a page to carry: they tell later who changed what."""
    return json.dumps({name: _mark(value) for name, value in values.items()})


def differences(mine: Values, theirs: Values, opened: str, labels: Values) -> list[Difference]:
    marks = _marks(opened)
    return [
        Difference(
            name,
            str(labels[name]),
            *compared(_plain(theirs[name]), _plain(value)),
            _changed_by(marks.get(name), value, theirs[name]),
        )
        for name, value in mine.items()
        if _plain(value) != _plain(theirs[name])
    ]


def _changed_by(opened: Any, mine: Any, theirs: Any) -> str:
    if opened == _mark(mine):
        return "them"
    return "me" if opened == _mark(theirs) else "both"


def _marks(opened: str) -> dict[str, Any]:
    try:
        marks = json.loads(opened)
    except (ValueError, RecursionError):
        return {}
    return marks if isinstance(marks, dict) else {}


def _mark(value: Any) -> str:
    return sha256(_plain(value).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _plain(value: Any) -> str:
    """A value as the lines a person compares."""
    if isinstance(value, tuple):
        return "\n".join(_plain(entry) for entry in value)
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str):
        return value or ""
    parts = (_plain(part).replace("\n", "; ") for part in astuple(value))
    return " · ".join(part for part in parts if part)
