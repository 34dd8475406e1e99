"""Names of codes at the desk: added, changed, switched off, and by whom."""

from __future__ import annotations

from http import HTTPStatus
from importlib import import_module
from io import StringIO
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import Page, expect

from conditions import aliasing
from conditions.models import Alias, Event
from conditions.roles import ROLES
from conditions.search import index
from conditions.search.finding import find
from tests import people
from tests.admin_pages import fields_of, filled_in, logged_in, messages_of, staff_with
from tests.icd10cm_files import SMALL, next_release

pytestmark = pytest.mark.django_db

LIST = "/admin/conditions/alias/"
ADD = f"{LIST}add/"
NEW = {"name": "bony calf", "code": "m6156", "kind": "lay", "remark": ""}


@pytest.fixture
def tree() -> None:
    call_command("load_icd10cm", folder=SMALL, stdout=StringIO())


@pytest.fixture
def desk(tree, client):
    client.force_login(people.editor())
    return client


def alias(name: str = "bony calf", code: str = "M61.56", **facts) -> Alias:
    made = Alias.objects.create(name=name, code_id=code, **{"kind": "lay", **facts})
    index.refresh_codes([code])
    return made


def page_of(of: Alias) -> str:
    return f"{LIST}{of.pk}/change/"


def remove(of: Alias) -> str:
    return f"{LIST}{of.pk}/remove/"


def first_code(query: str) -> str | None:
    return next((match.code for match in find(query).matches), None)


def told(response) -> str:
    assert response.status_code == HTTPStatus.OK
    return response.content.decode()


def events() -> list[tuple[str, str]]:
    return list(Event.objects.filter(condition_id=None).values_list("action", "note"))


# ── Adding ────────────────────────────────────────────────────────────────────────────────────
def test_a_name_that_an_editor_adds_is_found_and_shown_at_once(desk):
    response = desk.post(
        ADD, {**NEW, "name": " bony  calf ", "remark": "from a reader"}, follow=True
    )

    assert messages_of(response) == ["bony calf was added to M61.56."]
    made = Alias.objects.get()
    assert (made.name, made.code_id, made.kind) == ("bony calf", "M61.56", "lay")
    assert (made.note, made.origin, made.is_in_use) == ("from a reader", "site", True)
    assert first_code("bony calf") == "M61.56"
    assert "bony calf" in told(desk.get("/codes/M61.56/"))
    assert "from a reader" not in told(desk.get("/codes/M61.56/"))
    call_command("check_index", stdout=StringIO())


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"code": "M61.77"}, "ICD-10-CM has no code M61.77"),
        ({"code": "calf"}, "is not an ICD-10-CM code"),
        ({"code": "T07.XXXA"}, "T07.XXXA has a 7th character: give the name to T07"),
        ({"name": ""}, "This field is required"),
        ({"name": "x" * 201}, "at most 200 characters"),
        ({"name": "bony\x07calf"}, "control characters"),
        ({"name": "Bone IN calf"}, "M61.56 has this name already."),
        ({"name": "OLD name"}, "M61.56 has this name already, switched off: switch it on"),
        ({"kind": "index"}, "Select a valid choice"),
        ({"kind": "praise"}, "Select a valid choice"),
        ({"remark": "x" * 301}, "at most 300 characters"),
    ],
)
def test_what_is_no_name_of_a_code_is_refused_with_the_reason(desk, given, reason):
    alias("bone in calf")
    alias("old name", is_in_use=False)

    html = told(desk.post(ADD, {**NEW, **given}))

    assert reason in html
    assert "Nothing was saved" in html
    assert Alias.objects.count() == 2
    assert events() == []


def test_a_retired_code_is_refused(desk, tmp_path):
    call_command("load_icd10cm", folder=next_release(tmp_path), stdout=StringIO())

    assert "T07 was retired in ICD-10-CM 2027" in told(desk.post(ADD, {**NEW, "code": "T07"}))


@pytest.mark.parametrize("code", ["M60-M63", "chapter 2", "M61", "A00.0"])
def test_a_block_a_chapter_and_a_category_may_have_a_name(desk, code):
    desk.post(ADD, {**NEW, "code": code})

    assert Alias.objects.count() == 1


# ── Changing ──────────────────────────────────────────────────────────────────────────────────
def test_a_name_that_is_switched_off_is_neither_found_nor_shown_and_still_the_files(desk):
    row = alias(origin="file")
    form = filled_in(desk, page_of(row), "alias_form")
    del form["is_in_use"]

    response = desk.post(page_of(row), form, follow=True)

    assert messages_of(response) == ["bony calf was saved."]
    row.refresh_from_db()
    assert (row.is_in_use, row.origin) == (False, "file")
    assert first_code("bony calf") != "M61.56"
    assert "bony calf" not in told(desk.get("/codes/M61.56/"))
    assert events() == [("alias changed", "bony calf (M61.56): switched off")]


def test_a_name_of_the_file_with_another_kind_is_the_sites_own(desk):
    row = alias(origin="file")
    form = filled_in(desk, page_of(row), "alias_form")

    desk.post(page_of(row), {**form, "kind": "eponym", "remark": "checked"})

    row.refresh_from_db()
    assert (row.kind, row.note, row.origin) == ("eponym", "checked", "site")
    assert events() == [("alias changed", "bony calf (M61.56): everyday name → eponym, note")]


def test_saving_what_is_there_changes_nothing(desk):
    row = alias(origin="index", kind="index")

    desk.post(page_of(row), filled_in(desk, page_of(row), "alias_form"))

    row.refresh_from_db()
    assert (row.kind, row.origin) == ("index", "index")
    assert events() == []


def test_name_and_code_stay_whatever_is_sent(desk):
    row = alias()

    desk.post(page_of(row), {**NEW, "name": "other", "code": "A00", "is_in_use": "on"})

    row.refresh_from_db()
    assert (row.name, row.code_id) == ("bony calf", "M61.56")


def test_a_name_that_was_removed_meanwhile_is_refused_in_words(desk, monkeypatch):
    row = alias()
    change = aliasing.change_alias

    def removed_first(*args, **kwargs):
        Alias.objects.all().delete()
        change(*args, **kwargs)

    monkeypatch.setattr(aliasing, "change_alias", removed_first)

    html = told(desk.post(page_of(row), {"kind": "eponym"}))

    assert "bony calf was removed a moment ago." in html


# ── Removing ──────────────────────────────────────────────────────────────────────────────────
def test_a_name_of_the_site_can_be_removed(desk):
    row = alias()
    fields_of(told(desk.get(page_of(row))), "remove_form")

    response = desk.post(remove(row), follow=True)

    assert messages_of(response) == ["bony calf was removed from M61.56."]
    assert not Alias.objects.exists()
    assert first_code("bony calf") != "M61.56"
    assert events() == [("alias removed", "bony calf (M61.56)")]


@pytest.mark.parametrize("origin", ["file", "index"])
def test_a_name_from_elsewhere_can_only_be_switched_off(desk, origin):
    row = alias(origin=origin)

    assert "remove_form" not in told(desk.get(page_of(row)))
    response = desk.post(remove(row), follow=True)

    assert messages_of(response)[0].endswith("switch it off.")
    assert Alias.objects.exists()
    assert desk.post(f"{LIST}{row.pk}/delete/").status_code == HTTPStatus.FORBIDDEN


# ── The list and the history ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("typed", ["m6156", "M61.56", "ONY CA"])
def test_the_list_finds_names_and_codes(desk, typed):
    alias()
    alias("cholerine", "A00", origin="file", kind="synonym")

    html = told(desk.get(LIST, {"q": typed}))

    assert "bony calf" in html
    assert '<a href="/codes/M61.56/">M61.56</a>' in html
    assert "cholerine" not in html


@pytest.mark.parametrize(
    "chosen", ["kind__exact=synonym", "origin__exact=file", "is_in_use__exact=0"]
)
def test_the_list_is_narrowed_by_kind_origin_and_use(desk, chosen):
    alias()
    alias("cholerine", "A00", origin="file", kind="synonym", is_in_use=False)

    html = told(desk.get(f"{LIST}?{chosen}"))

    assert "cholerine" in html
    assert "bony calf" not in html


def test_the_events_tell_who_did_what_to_which_name(desk):
    desk.post(ADD, NEW)
    row = Alias.objects.get()

    history = desk.get(f"{LIST}{row.pk}/history/", follow=True)

    assert "bony calf (M61.56)" in told(history)
    assert "alias added" in told(history)
    assert "editor@example.org" in told(history)
    assert "/history/" not in told(desk.get(page_of(row)))


def test_names_are_escaped_wherever_they_are_shown(desk):
    desk.post(ADD, {**NEW, "name": "<script>x</script>"})
    row = Alias.objects.get()

    for address in (LIST, page_of(row), "/codes/M61.56/", "/admin/conditions/event/"):
        assert "<script>x" not in told(desk.get(address)), address


# ── Who may ───────────────────────────────────────────────────────────────────────────────────
def member(role: str):
    user = staff_with(email=f"{role.lower()}@example.org")
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.mark.parametrize("role", ["Author", "Reviewer"])
def test_authors_and_reviewers_look_and_do_not_touch(tree, role):
    row, client = alias(), logged_in(member(role))

    assert "bony calf" in told(client.get(LIST))
    html = told(client.get(page_of(row)))
    assert "alias_form" not in html
    assert "remove_form" not in html
    assert client.get(ADD).status_code == HTTPStatus.FORBIDDEN
    assert client.post(ADD, NEW).status_code == HTTPStatus.FORBIDDEN
    assert client.post(page_of(row), {"kind": "lay"}).status_code == HTTPStatus.FORBIDDEN
    assert client.post(remove(row)).status_code == HTTPStatus.FORBIDDEN
    assert Alias.objects.get().is_in_use


def test_an_editor_keeps_the_names_and_finds_them_on_the_start_page(tree):
    row, client = alias(), logged_in(member("Editor"))

    assert LIST in told(client.get("/admin/"))
    told(client.get(ADD))
    assert client.post(page_of(row), {"kind": "lay"}).status_code == HTTPStatus.FOUND
    assert client.post(remove(row)).status_code == HTTPStatus.FOUND


@pytest.mark.parametrize("who", [None, people.reader, lambda: staff_with("view_condition")])
def test_others_get_nothing(tree, client, who):
    row = alias()
    if who:
        client.force_login(who())

    for address in (LIST, ADD, page_of(row), f"{LIST}{row.pk}/history/"):
        assert client.get(address).status_code in {HTTPStatus.FOUND, HTTPStatus.FORBIDDEN}, address
    for address in (ADD, page_of(row), remove(row)):
        client.post(address, {"kind": "lay"})
    assert Alias.objects.get().is_in_use


def test_the_groups_of_an_older_site_get_the_rights_that_new_ones_have():
    for group in Group.objects.all():
        group.permissions.remove(*group.permissions.filter(codename__endswith="_alias"))
    migration = import_module("conditions.migrations.0005_alias_rights")

    migration.give_rights(apps, SimpleNamespace(connection=connection))

    assert {
        group.name: set(group.permissions.values_list("codename", flat=True))
        for group in Group.objects.all()
    } == {role: set(codenames) for role, codenames in ROLES.items()}


def test_an_editor_chooses_the_code_by_name(page: Page, live_server, client):
    call_command("load_icd10cm", folder=SMALL, stdout=StringIO())
    client.force_login(people.admin())
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page.goto(ADD)

    finder = page.get_by_label("Find a code by name")
    for typed in ("right lower leg", "left lower leg"):
        with page.expect_response("**/suggest/*"):
            finder.press_sequentially(typed)
        option = page.locator("#codes-found option").first
        finder.fill(str(option.get_attribute("value")))
    expect(page.locator("#id_code")).to_have_value("M61.562")
    page.locator("#id_name").fill("bony left calf")
    page.get_by_role("button", name="Add alias").click()

    expect(page.get_by_text("bony left calf was added to M61.562.")).to_be_visible()
