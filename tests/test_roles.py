"""A new site has groups to give rights by; what an administrator makes of them stays."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.auth.models import Group

from conditions.roles import ROLES, create_roles
from tests import factories
from tests.admin_pages import act_on, filled_in, logged_in, page_of, staff_with

pytestmark = pytest.mark.django_db


def member(role: str):
    user = staff_with(email=f"{role.lower()}-role@example.org")
    user.groups.add(Group.objects.get(name=role))
    return user


def rights(role: str) -> set[str]:
    return set(Group.objects.get(name=role).permissions.values_list("codename", flat=True))


def test_migrate_makes_the_groups_with_their_permissions():
    assert {role: rights(role) for role in ROLES} == {
        role: set(codenames) for role, codenames in ROLES.items()
    }


def test_making_them_again_changes_nothing_that_an_administrator_changed():
    author = Group.objects.get(name="Author")
    author.permissions.remove(*author.permissions.filter(codename="view_event"))

    create_roles(apps.get_app_config("conditions"))

    assert "view_event" not in rights("Author")
    assert Group.objects.count() == len(ROLES)


def test_an_author_writes_and_does_not_release():
    edition = factories.draft()
    desk = logged_in(member("Author"))

    saved = desk.post(page_of(edition), filled_in(desk, page_of(edition)))

    assert saved.status_code == 302
    assert desk.post(act_on(edition, "submit")).status_code == 302
    assert desk.post(act_on(edition, "approve")).status_code == 403


def test_a_reviewer_releases_and_does_not_write():
    edition = factories.draft()
    desk = logged_in(member("Reviewer"))

    assert 'id="edition_form"' not in desk.get(page_of(edition)).content.decode()
    assert desk.post(page_of(edition), {}).status_code == 403
    logged_in(member("Author")).post(act_on(edition, "submit"))
    form = filled_in(desk, page_of(edition), "act-approve")
    desk.post(act_on(edition, "approve"), form)

    edition.refresh_from_db()
    assert edition.state == "approved"


def test_an_editor_keeps_the_conditions():
    desk = logged_in(member("Editor"))

    assert desk.get("/admin/conditions/condition/add/").status_code == 200
    assert logged_in(member("Author")).get("/admin/conditions/condition/add/").status_code == 403
