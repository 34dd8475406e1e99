"""From an empty desk to a page that is live, changed and withdrawn, as people would go it."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conditions.models import Condition, Edition, Event
from tests import factories
from tests.admin_pages import act_on, filled_in, logged_in, messages_of, page_of

pytestmark = pytest.mark.django_db

ADDRESS = "/conditions/frozen-shoulder/"
TEXT = {
    "title": "Frozen shoulder",
    "description": "A shoulder that hurts and hardly moves.",
    "also_known_as": "adhesive capsulitis",
    "overview": "The capsule of the joint shrinks.[@body-2020]",
    "causes": "It is not fully known.",
    "symptoms": "Pain at night.\r\n\r\n![](shoulder.svg)",
    "urgent_help": "Get help now if the arm is cold or pale.",
    "diagnosis": "By examination.",
    "teaser": "Most shoulders get better with time.",
    "warnings": "Stop an exercise that hurts more each day.",
    "covers": "Exercises\r\nInjections",
    "full_treatment": "Move the arm within what it allows.",
    "references-0-key": "body-2020",
    "references-0-citation": "Body. A source. 2020.",
    "figures-0-file": "shoulder.svg",
    "figures-0-section": "symptoms",
    "figures-0-alt": "A shoulder",
    "figures-0-caption": "The joint from the front.",
    "figures-0-credit": "Nosology",
}


def press(desk: Client, edition: Edition, name: str, **typed):
    form = filled_in(desk, page_of(edition), f"act-{name}")
    typed = {f"{name}-{field}": value for field, value in typed.items()}
    return desk.post(act_on(edition, name), form | typed, follow=True)


def start(desk: Client, condition: Condition) -> Edition:
    desk.post(f"/admin/conditions/condition/{condition.pk}/start/")
    return Edition.objects.open().get()


def write(desk: Client, edition: Edition, **typed) -> None:
    response = desk.post(page_of(edition), filled_in(desk, page_of(edition)) | typed, follow=True)
    assert "was saved" in messages_of(response)[0]


def visitor_reads() -> str:
    return Client().get(ADDRESS).content.decode()


def test_the_whole_way_with_two_people():
    author, editor = logged_in(factories.author()), logged_in(factories.editor())
    author.post("/admin/conditions/condition/add/", {"slug": "frozen-shoulder", "codes": "M75.00"})
    condition = Condition.objects.get()
    first = start(author, condition)
    write(author, first, **TEXT, **{"figures-0-upload": SimpleUploadedFile("s.svg", factories.SVG)})

    press(author, first, "submit")
    assert "act-approve" not in author.get(page_of(first)).content.decode()
    press(editor, first, "approve")
    assert Client().get(ADDRESS).status_code == 404
    press(editor, first, "publish")

    page = visitor_reads()
    assert "Frozen shoulder" in page
    assert "The capsule of the joint shrinks." in page
    assert "Move the arm within" not in page
    figure = re.search(r"/figures/\d+/shoulder\.svg", page)[0]
    assert Client().get(figure).status_code == 200

    second = start(author, condition)
    assert second.based_on == first
    write(author, second, causes="Diabetes makes it more likely.", change_note="Causes.")
    assert "It is not fully known." in visitor_reads()
    press(author, second, "submit")
    press(editor, second, "approve")
    press(editor, second, "publish")
    assert "Diabetes makes it more likely." in visitor_reads()

    press(editor, second, "withdraw", notice="A sentence was wrong.")
    page = visitor_reads()
    assert "A sentence was wrong." in page
    assert "Diabetes makes it more likely." not in page
    actions = [event.action for event in Event.objects.filter(edition_id=second.pk)]
    assert actions == ["withdrawn", "published", "approved", "submitted", "saved", "started"]


def test_the_whole_way_alone_where_the_site_allows_it(settings):
    settings.SOLO_PUBLISHING = True
    desk = logged_in(factories.author())
    edition = factories.draft(factories.condition("frozen-shoulder", "M75.00"))

    for name in ("submit", "approve", "publish"):
        press(desk, edition, name)

    assert "Bone in the calf" in visitor_reads()
    assert Edition.objects.get(pk=edition.pk).solo


def test_alone_it_ends_in_review_where_the_site_does_not_allow_it():
    desk = logged_in(factories.author())
    edition = factories.draft(factories.condition("frozen-shoulder", "M75.00"))
    press(desk, edition, "submit")
    sent = {"approve-saved_at": edition.saved_at.isoformat()}

    response = desk.post(act_on(edition, "approve"), sent, follow=True)

    assert "somebody else has to approve it" in messages_of(response)[0]
    assert Client().get(ADDRESS).status_code == 404
