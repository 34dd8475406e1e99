"""All that is kept about a person: how it is handed out, and how it goes.

`PARTS` and the `USER_*` names are a register. A test walks all models and fails on anything
personal that does not stand here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from accounts.sessions import SEEN, STARTED
from conditions import reports

HISTORY = "The history of an article stays whole; it names a number and no longer a person."


@dataclass(frozen=True)
class Part:
    """The rows of one model that are about a person, or name one."""

    name: str
    model: str
    owner: str = "user"
    """Look-up from a row to the person's id, or to the address if `by_email`."""
    exported: tuple[str, ...] = ()
    withheld: Mapping[str, str] = field(default_factory=dict)
    """Field to the reason why it is not in the file."""
    stays: str = ""
    """Why the rows stay when the person goes; empty: they are deleted."""
    emptied: tuple[str, ...] = ()
    """Texts of rows that stay which go all the same."""
    by_email: bool = False

    def rows(self, user: User) -> QuerySet[Any]:
        owner = user.email if self.by_email else user.pk
        model: Any = apps.get_model(self.model)
        rows: QuerySet[Any] = model._base_manager.filter(**{self.owner: owner})
        return rows

    @property
    def is_installed(self) -> bool:
        """Whether the site has this model: log-in by other sites, for one, may be off."""
        app, _, model = self.model.partition(".")
        return model.lower() in (apps.all_models[app] if app in apps.app_configs else {})


OWNER = {"id": "a number of ours", "user": "the person of this file"}
SECRET = "it would let in whoever gets the file"  # noqa: S105 (a reason, not a password)
EDITION = ("id", "condition__slug", "language", "number", "title", "state")

PARTS = (
    Part("email_addresses", "account.EmailAddress", exported=("email", "verified", "primary"),
         withheld=OWNER),
    Part("email_confirmations", "account.EmailConfirmation", "email_address__user",
         exported=("created", "sent"),
         withheld={"id": OWNER["id"], "email_address": OWNER["user"], "key": SECRET}),
    Part("devices", "usersessions.UserSession",
         exported=("created_at", "last_seen_at", "user_agent"),
         withheld=OWNER | {"session_key": SECRET, "ip": "it is not kept",
                           "data": "nothing is put in it"}),
    Part("second_factors", "mfa.Authenticator",
         exported=("type", "data__name", "created_at", "last_used_at"), withheld=OWNER),
    Part("tokens_of_other_sites", "socialaccount.SocialToken", "account__user",
         exported=("expires_at",),
         withheld={"id": OWNER["id"], "app": "a setting of ours", "account": OWNER["user"],
                   "token": SECRET, "token_secret": SECRET}),
    Part("accounts_at_other_sites", "socialaccount.SocialAccount",
         exported=("provider", "uid", "extra_data", "date_joined", "last_login"), withheld=OWNER),
    Part("done_in_the_admin", "admin.LogEntry",
         exported=("action_time", "content_type__model", "object_id", "action_flag"),
         stays="Who changed what in the admin stays known, by a number."),
    Part("events", "conditions.Event", "actor_id",
         exported=("id", "at", "action", "condition_id", "edition_id"), stays=HISTORY),
    Part("editions_written", "conditions.Edition", "author", exported=EDITION, stays=HISTORY),
    Part("editions_approved", "conditions.Edition", "approver", exported=EDITION, stays=HISTORY),
    Part("references_checked", "conditions.Edition", "references_checked_by", exported=EDITION,
         stays=HISTORY),
    Part("reviews_recorded", "conditions.MedicalReview", "recorded_by",
         exported=("edition_id", "reviewer_name", "credentials", "reviewed_on"), stays=HISTORY),
    Part("reports_waiting_for_an_answer", "conditions.ProblemReport", "email__iexact",
         by_email=True, emptied=("email",),
         exported=("created_at", "condition__slug", "kind", "text"),
         stays="What is wrong with a page stays known; the address goes."),
    Part("reports_handled", "conditions.ProblemReport", "handled_by",
         exported=("id", "state", "answered_at"), stays=HISTORY),
)  # fmt: skip

USER_EXPORTED = (
    *("id", "email", "first_name", "last_name", "date_joined", "last_login"),
    *("is_active", "is_staff", "is_superuser"),
)
USER_GROUPS = ("groups", "user_permissions")
USER_WITHHELD = {"password": "kept as a one-way hash alone, which is a secret"}
USER_STAYS = {"id": HISTORY, "date_joined": "It is the date of a number by now."}

NOT_PERSONAL = {
    "conditions.Event.condition_id": "a condition",
    "conditions.Event.edition_id": "an edition",
}
"""Fields that look as if they pointed at a person."""


class LastAdministrator(Exception):
    """Without an administrator nobody could make another one."""


# ── Handing it out ────────────────────────────────────────────────────────────────────────────
def export(user: User) -> dict[str, Any]:
    """Everything, without secrets. Texts of articles are not personal data and not in it."""
    account = {name: getattr(user, name) for name in USER_EXPORTED}
    groups = {name: [str(each) for each in getattr(user, name).all()] for name in USER_GROUPS}
    sessions = [_tell(row, data) for row, data in _sessions(user) if SESSION_KEY in data]
    return {
        "account": account | groups,
        "sessions": sessions,
        **{part.name: _exported(part, user) for part in _parts()},
    }


def _parts() -> list[Part]:
    return [part for part in PARTS if part.is_installed]


def _exported(part: Part, user: User) -> list[dict[str, Any]]:
    rows = part.rows(user).order_by("pk").values(*part.exported)
    return [{_key(name): value for name, value in row.items()} for row in rows]


def _key(look_up: str) -> str:
    return look_up.removeprefix("data__").replace("__", "_")


def _tell(row: Session, data: Mapping[str, Any]) -> dict[str, datetime | None]:
    return {
        "started_at": _moment(data.get(STARTED)),
        "last_seen_at": _moment(data.get(SEEN)),
        "ends_at": row.expire_date,
    }


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


# ── Making it go ──────────────────────────────────────────────────────────────────────────────
def erase(user: User) -> None:
    """Delete what is personal and leave a number. The row stays: history points at it."""
    sessions = [row.pk for row, _ in _sessions(user)]
    with transaction.atomic():
        _refuse_the_last_administrator(user)
        Session.objects.filter(pk__in=sessions).delete()
        for part in _parts():
            if not part.stays:
                part.rows(user).delete()
            elif part.emptied:
                part.rows(user).update(**dict.fromkeys(part.emptied, ""))
        reports.forget_address(user.email)
        _forget_in_the_log(user)
        _anonymise(user)


def is_last_administrator(user: User) -> bool:
    return {user.pk} == set(_administrators().values_list("pk", flat=True))


def erased_values(user: User) -> dict[str, Any]:
    return {
        "email": f"erased-{user.pk}@invalid",
        "password": make_password(None),
        "first_name": "",
        "last_name": "",
        "last_login": None,
        "is_active": False,
        "is_staff": False,
        "is_superuser": False,
    }


def _administrators() -> QuerySet[User]:
    return User.objects.filter(is_superuser=True, is_active=True)


def _refuse_the_last_administrator(user: User) -> None:
    # Locked, so that of the last two who go at once one is refused.
    list(_administrators().select_for_update())
    if is_last_administrator(user):
        raise LastAdministrator(f"{user} is the last administrator.")


def _forget_in_the_log(user: User) -> None:
    """What administrators did to this account is logged under its address."""
    said = LogEntry.objects.filter(object_repr__iexact=user.email)
    said.update(object_repr=erased_values(user)["email"])
    for row in LogEntry.objects.filter(change_message__icontains=user.email):
        if _names(user, row.change_message):
            LogEntry.objects.filter(pk=row.pk).update(change_message="")


def _names(user: User, text: str) -> bool:
    """Whether the whole address stands there: n@x.org is not jan@x.org."""
    address = rf"(?<![\w.+-]){re.escape(user.email)}(?![\w-]|\.\w)"
    return re.search(address, text, re.IGNORECASE) is not None


def _anonymise(user: User) -> None:
    for name in USER_GROUPS:
        getattr(user, name).clear()
    User.objects.filter(pk=user.pk).update(**erased_values(user))
    user.refresh_from_db()


# ── Sessions ──────────────────────────────────────────────────────────────────────────────────
def _sessions(user: User) -> Iterator[tuple[Session, dict[str, Any]]]:
    """Also those on the way to a log-in. Nothing but the data in a session tells whose it is."""
    for row in Session.objects.iterator():
        data = row.get_decoded()
        if _is_of(user, data):
            yield row, data


def _is_of(user: User, data: Mapping[str, Any]) -> bool:
    if owner := data.get(SESSION_KEY):
        return bool(owner == str(user.pk))
    begun = data.get(LOGIN_SESSION_KEY) or {}
    return begun.get("user_pk") == str(user.pk) or _names(user, json.dumps(data))
