"""What no form sends: each gets a plain answer, on both databases, and never a fault."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType

from accounts.models import User
from accounts.personal_data import erase
from conditions.figures import BadFigure, inspect_figure
from tests import factories, people

pytestmark = pytest.mark.django_db

NEXT = ("http://[", "//[", "http://[::1", "https://[x]")


@pytest.mark.parametrize("way", NEXT)
@pytest.mark.parametrize(
    "path",
    ["login/", "signup/", "login/code/", "password/reset/", "logout/", "confirm-email/"],
)
def test_a_way_back_that_is_no_address_is_left_out(client, path, way):
    response = client.get(f"/accounts/{path}", {"next": way})

    assert response.status_code in {HTTPStatus.OK, HTTPStatus.FOUND}
    assert way not in response.headers.get("Location", "")


@pytest.mark.parametrize(
    "path",
    ["/figures/1/%00", "/figures/1/a%00b", "/codes/%00/", "/conditions/?q=%00", "/?%00=1"],
)
def test_a_nul_in_an_address_is_refused(client, path):
    assert client.get(path).status_code == HTTPStatus.BAD_REQUEST


def test_a_nul_in_a_cookie_is_refused(client):
    factories.published()

    response = client.get("/", headers={"cookie": 'sessionid="aaaaaaaa\\000"'})

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("number", ["9" * 25, "9" * 2000])
def test_a_figure_with_a_number_beyond_the_database_is_not_there(client, number):
    assert client.get(f"/figures/{number}/a.svg").status_code == HTTPStatus.NOT_FOUND


def test_a_drawing_of_endless_size_is_refused():
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" id="figure" viewBox="0 0 %s 20"/>' % (
        b"9" * 400
    )

    with pytest.raises(BadFigure):
        inspect_figure("a.svg", svg)


@pytest.mark.parametrize(
    "filtered",
    [
        *(f"edition/?condition_id={10**25}", f"problemreport/?condition_id={10**25}"),
        *(f"edition/?id={10**25}", f"edition/?p={10**25}"),
        *("event/?at__year=0", "event/?at__year=99999", "event/?at__year=x"),
    ],
)
def test_a_filter_of_the_desk_that_means_nothing_is_no_fault(client, filtered):
    factories.published()
    client.force_login(people.admin())

    response = client.get(f"/admin/conditions/{filtered}", follow=True)

    assert response.status_code == HTTPStatus.OK


def test_forgetting_one_person_leaves_the_log_of_another():
    people.admin()
    short, long = people.reader("n@example.org"), people.reader("jan@example.org")
    for user in (short, long):
        LogEntry.objects.create(
            user=people.author(f"by-{user.pk}@example.net"),
            content_type=ContentType.objects.get_for_model(User),
            object_id=str(user.pk),
            object_repr=user.email,
            action_flag=CHANGE,
            change_message=f"looked at {user.email}.",
        )

    erase(short)

    told = LogEntry.objects.values_list("object_repr", "change_message")
    assert set(told) == {
        ("jan@example.org", "looked at jan@example.org."),
        (f"erased-{short.pk}@invalid", ""),
    }
