"""Everything personal is known, handed out on request, and gone when somebody goes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.test import Client
from django.test.utils import isolate_apps

from accounts import personal_data
from accounts.models import User
from accounts.personal_data import PARTS, Part, erase, export
from conditions import publishing
from conditions.models import Edition, Event, MedicalReview, ProblemReport
from tests import factories, people
from tests.account_steps import sign_up

pytestmark = pytest.mark.django_db

ADDRESS = "maria.lindqvist@example.org"
TELLING = re.compile(r"(^|_)(actor|agent|birth\w*|e?mail|ip|phone|recorded_by|user\w*)(_|$)")


# ── Nothing is forgotten ──────────────────────────────────────────────────────────────────────
def unlisted(walked: Iterable[type[models.Model]]) -> set[str]:
    """Personal fields that personal_data.py does not know."""
    return {
        f"{model._meta.label}.{field.name}"
        for model in walked
        for field in fields_of(model)
        if must_be_listed(model, field) and not is_listed(model, field)
    }


def fields_of(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    return [*model._meta.fields, *model._meta.many_to_many]


def must_be_listed(model: type[models.Model], field: models.Field[Any, Any]) -> bool:
    """Each field of a row that goes with its person; elsewhere what points at a person."""
    goes = model is User or any(not part.stays for part in parts_of(model))
    return goes or is_personal(field)


def is_personal(field: models.Field[Any, Any]) -> bool:
    to_person = field.is_relation and field.related_model in people_and_theirs()
    kinds = (models.EmailField, models.GenericIPAddressField, models.PositiveBigIntegerField)
    return to_person or isinstance(field, kinds) or bool(TELLING.search(field.name))


def people_and_theirs() -> set[type[models.Model]]:
    """Users, and the rows that go with them: who points at those points at a person too."""
    theirs = {apps.get_model(part.model) for part in PARTS if part.is_installed and not part.stays}
    return {User, *theirs}


def is_listed(model: type[models.Model], field: models.Field[Any, Any]) -> bool:
    if model is User:
        return field.name in handed_out_or_not() and field.name in gone_or_not()
    named = {name for part in parts_of(model) for name in fields_named(part)}
    return field.name in named or f"{model._meta.label}.{field.name}" in personal_data.NOT_PERSONAL


def parts_of(model: type[models.Model]) -> list[Part]:
    return [part for part in PARTS if part.model == model._meta.label]


def fields_named(part: Part) -> set[str]:
    first = {look_up.partition("__")[0] for look_up in (*part.exported, part.owner)}
    return first | set(part.withheld)


def handed_out_or_not() -> set[str]:
    return {
        *(*personal_data.USER_EXPORTED, *personal_data.USER_GROUPS),
        *personal_data.USER_WITHHELD,
    }


def gone_or_not() -> set[str]:
    erased = personal_data.erased_values(User(pk=1))
    return {*erased, *personal_data.USER_GROUPS, *personal_data.USER_STAYS}


def test_every_personal_field_of_every_model_is_listed() -> None:
    assert unlisted(apps.get_models()) == set()


def test_what_is_listed_exists() -> None:
    for part in PARTS:
        if part.is_installed:
            known = {field.name for field in fields_of(apps.get_model(part.model))}
            known |= {field.attname for field in apps.get_model(part.model)._meta.fields}
            assert fields_named(part) <= known, part.name
    known = {field.name for field in fields_of(User)}
    assert handed_out_or_not() == gone_or_not() == known


@isolate_apps("conditions")
def test_a_model_that_gains_something_personal_is_noticed() -> None:
    class Saved(models.Model):
        reader = models.ForeignKey(User, on_delete=models.CASCADE)
        reply_to = models.EmailField()
        seen_by_user = models.PositiveBigIntegerField()
        title = models.CharField(max_length=10)

        class Meta:
            app_label = "conditions"

        def __str__(self) -> str:
            return self.title

    assert unlisted([Saved]) == {
        "conditions.Saved.reader",
        "conditions.Saved.reply_to",
        "conditions.Saved.seen_by_user",
    }


def test_a_part_that_loses_a_field_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    left = tuple(part for part in PARTS if part.name != "events")
    monkeypatch.setattr(f"{__name__}.PARTS", left)

    assert unlisted([Event]) == {"conditions.Event.actor_id"}


# ── Handing it out ────────────────────────────────────────────────────────────────────────────
def maria(**fields: Any) -> User:
    return people.author(ADDRESS, first_name="Maria", last_name="Lindqvist", **fields)


def as_file(user: User) -> Any:
    return json.loads(json.dumps(export(user), cls=DjangoJSONEncoder))


def test_the_file_holds_the_account_and_its_address() -> None:
    user = maria()
    user.groups.add(Group.objects.create(name="Authors of the south"))

    held = as_file(user)

    assert held["account"]["email"] == ADDRESS
    assert held["account"]["first_name"] == "Maria"
    assert held["account"]["is_staff"] is True
    assert held["account"]["groups"] == ["Authors of the south"]
    assert held["email_addresses"] == [{"email": ADDRESS, "verified": True, "primary": True}]


def test_the_file_holds_where_somebody_is_logged_in(client: Client) -> None:
    user = maria()
    client.force_login(user)
    Client().force_login(people.reader())

    held = as_file(user)

    assert len(held["sessions"]) == 1
    assert held["sessions"][0]["started_at"] <= held["sessions"][0]["ends_at"]
    assert client.session.session_key not in json.dumps(held)


def test_the_file_holds_what_somebody_did_and_no_text_of_articles() -> None:
    user = maria()
    edition = factories.draft(by=user)
    factories.draft(factories.condition("other", "I10"), by=people.reviewer())

    held = as_file(user)

    assert [each["condition_slug"] for each in held["editions_written"]] == ["bone-in-the-calf"]
    assert [each["action"] for each in held["events"]] == ["started"]
    assert held["events"][0]["edition_id"] == edition.pk
    assert factories.CANARY not in json.dumps(held)
    assert "Nobody knows the whole cause" not in json.dumps(held)


def test_the_file_holds_no_secret() -> None:
    user = maria()

    assert user.password not in json.dumps(as_file(user))
    assert "password" not in as_file(user)["account"]


# ── Making it go ──────────────────────────────────────────────────────────────────────────────
def everything_stored() -> Iterator[tuple[str, str]]:
    for model in apps.get_models(include_auto_created=True):
        for row in model._base_manager.values():
            if model is Session:
                row["session_data"] = Session(**row).get_decoded()
            yield model._meta.label, repr(row)


def test_nothing_that_names_somebody_is_left_in_the_database(client: Client) -> None:
    user = maria()
    client.force_login(user)
    Client().post("/accounts/password/reset/", {"email": ADDRESS})
    LogEntry.objects.create(
        user=people.admin(), action_flag=CHANGE, object_repr=str(user), change_message=ADDRESS
    )
    assert {name for name, row in everything_stored() if ADDRESS in row} >= {
        "accounts.User",
        "account.EmailAddress",
        "admin.LogEntry",
        "sessions.Session",
    }

    erase(user)

    telling = (ADDRESS, "Maria", "Lindqvist")
    assert [name for name, row in everything_stored() if any(word in row for word in telling)] == []


def test_the_row_stays_without_a_person() -> None:
    user = maria(is_superuser=True)
    user.groups.add(Group.objects.create(name="Authors"))
    people.admin()

    erase(user)

    row = User.objects.get(pk=user.pk)
    assert row.email == f"erased-{row.pk}@invalid"
    assert not any((row.is_active, row.is_staff, row.is_superuser))
    assert not row.has_usable_password()
    assert (row.first_name, row.last_name, row.last_login) == ("", "", None)
    assert not row.groups.exists()
    assert not row.user_permissions.exists()


def test_sessions_and_log_ins_under_way_go_and_those_of_others_stay(client: Client) -> None:
    user, other = maria(), Client()
    client.force_login(user)
    other.force_login(people.reader())
    Client().post("/accounts/login/code/", {"email": ADDRESS})

    erase(user)

    assert [row.session_key for row in Session.objects.all()] == [other.session.session_key]


def test_work_and_the_reviewer_s_name_stay() -> None:
    user = maria()
    edition = factories.published()
    publishing.record_review(
        edition,
        by=user,
        reviewer_name="Dr Maria Lindqvist",
        credentials="MD",
        reviewed_on=edition.approved_at.date(),
    )
    theirs = factories.draft(factories.condition("other", "I10"), by=user)

    erase(user)

    assert Edition.objects.get(pk=theirs.pk).author_id == user.pk
    assert Event.objects.filter(actor_id=user.pk).exists()
    review = MedicalReview.objects.get()
    assert (review.reviewer_name, review.recorded_by) == ("Dr Maria Lindqvist", user.pk)


def test_the_address_can_sign_up_again(client: Client) -> None:
    erase(maria())

    sign_up(client, ADDRESS)

    assert EmailAddress.objects.get().email == ADDRESS
    assert User.objects.count() == 2


def test_an_address_left_with_a_report_goes_and_the_report_stays() -> None:
    user = maria()
    for text, email in (("A slip.", ADDRESS.title()), ("Another.", "x@example.org")):
        ProblemReport.objects.create(
            condition=factories.condition(), edition_number=1, kind="other", text=text, email=email
        )
    assert as_file(user)["reports_waiting_for_an_answer"][0]["text"] == "A slip."

    erase(user)

    reports = ProblemReport.objects.order_by("pk")
    assert [row.email for row in reports] == ["", "x@example.org"]


def test_two_erased_people_do_not_collide() -> None:
    erase(maria())
    erase(people.reader())

    assert User.objects.filter(email__endswith="@invalid").count() == 2


def test_the_last_administrator_stays() -> None:
    boss = people.admin()
    people.admin("away@example.org", is_active=False)

    with pytest.raises(personal_data.LastAdministrator):
        erase(boss)

    assert EmailAddress.objects.filter(user=boss).exists()
    people.admin("second@example.org")
    erase(boss)
    assert not User.objects.get(pk=boss.pk).is_active


# ── What the site may have besides ────────────────────────────────────────────────────────────
def test_second_factors_and_other_sites_are_named_without_their_secrets_and_go() -> None:
    if not (apps.is_installed("allauth.mfa") and apps.is_installed("allauth.socialaccount")):
        pytest.skip("the site has neither")
    user = maria()
    factors: Any = apps.get_model("mfa", "Authenticator").objects
    factors.create(user=user, type="webauthn", data={"name": "Telephone", "credential": "s3cret"})
    factors.create(user=user, type="totp", data={"secret": "s3cret"})
    elsewhere: Any = apps.get_model("socialaccount", "SocialAccount").objects
    account = elsewhere.create(user=user, provider="google", uid="4711", extra_data={"n": "Maria"})
    tokens: Any = apps.get_model("socialaccount", "SocialToken").objects
    tokens.create(account=account, token="s3cret", token_secret="s3cret")

    held = as_file(user)
    erase(user)

    assert [(each["type"], each["name"]) for each in held["second_factors"]] == [
        ("webauthn", "Telephone"),
        ("totp", None),
    ]
    assert held["accounts_at_other_sites"][0]["uid"] == "4711"
    assert "s3cret" not in json.dumps(held)
    assert not any(rows.exists() for rows in (factors, elsewhere, tokens))
