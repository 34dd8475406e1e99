"""What the tests of the admin's pages share: people with few permissions, and sending a form."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import User
from conditions.models import Edition
from tests import people


def staff_with(*codenames: str, email: str = "few@example.org") -> User:
    """Staff with exactly these permissions on conditions."""
    user = people.author(email)
    permissions = Permission.objects.filter(content_type__app_label="conditions")
    user.user_permissions.set(permissions.filter(codename__in=codenames))
    assert user.user_permissions.count() == len(codenames)
    return user


def without_full_treatment(email: str = "few@example.org") -> User:
    """Staff with everything but the permission to read the full treatment."""
    user = people.author(email)
    user.user_permissions.remove(*Permission.objects.filter(codename="view_fulltreatment"))
    return user


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page_of(edition: Edition) -> str:
    return reverse("admin:conditions_edition_change", args=[edition.pk])


def act_on(edition: Edition, name: str) -> str:
    return reverse("admin:conditions_edition_act", args=[edition.pk, name])


def filled_in(client: Client, address: str, form_id: str = "edition_form") -> dict[str, Any]:
    """What a browser would send from the form as it stands on the page."""
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return fields_of(response.content.decode(), form_id)


def fields_of(html: str, form_id: str) -> dict[str, Any]:
    parser = _Form(form_id)
    parser.feed(html)
    assert parser.found, f"the page has no form {form_id}"
    return parser.fields


def messages_of(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


class _Form(HTMLParser):
    """The values of one form's controls, as HTML says them."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id = form_id
        self.fields: dict[str, Any] = {}
        self.inside = self.found = False
        self.area: str | None = None
        self.select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.inside = given.get("id") == self.form_id
            self.found = self.found or self.inside
        if not self.inside:
            return
        name = given.get("name")
        if tag == "textarea":
            self.area, self.fields[str(name)] = str(name), ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select:
            first = self.select not in self.fields
            if first or "selected" in given:
                self.fields[self.select] = given.get("value") or ""
        elif tag == "input" and name:
            self._input(name, given)

    def _input(self, name: str, given: dict[str, str | None]) -> None:
        kind = given.get("type")
        if kind in ("submit", "file") or (kind == "checkbox" and "checked" not in given):
            return
        unsaid = "on" if kind == "checkbox" else ""
        self.fields[name] = given.get("value") or unsaid

    def handle_data(self, data: str) -> None:
        if self.area:
            self.fields[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.area:
            # The parser of HTML drops the first line break; browsers send \r\n.
            value = self.fields[self.area].removeprefix("\r").removeprefix("\n")
            self.fields[self.area] = value.replace("\r\n", "\n").replace("\n", "\r\n")
            self.area = None
        if tag == "form":
            self.inside = False
