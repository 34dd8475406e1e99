"""Who reads the full treatment: an active account whose own address was confirmed."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.test import override_settings

from accounts.gate_rule import has_verified_address
from conditions.gate import may_read_treatment
from conditions.models import Condition
from tests import people

pytestmark = pytest.mark.django_db


def opens_for(user: Any) -> bool:
    return may_read_treatment(user, Condition(slug="any"))


def test_it_opens_for_a_confirmed_address() -> None:
    assert opens_for(people.reader())


def test_it_opens_for_the_people_who_work_here_by_the_same_rule() -> None:
    assert opens_for(people.admin())
    assert opens_for(people.author())


def test_it_stays_shut_for_a_visitor_without_asking_the_database(
    django_assert_num_queries: Any,
) -> None:
    with django_assert_num_queries(0):
        assert not opens_for(AnonymousUser())


def test_it_stays_shut_until_the_address_is_confirmed() -> None:
    assert not opens_for(people.unverified_reader())


def test_it_shuts_when_the_account_is_switched_off() -> None:
    assert not opens_for(people.deactivated_reader())


def test_another_confirmed_address_does_not_count() -> None:
    user = people.unverified_reader()
    EmailAddress.objects.create(user=user, email="other@example.org", verified=True)

    assert not opens_for(user)


def test_the_confirmed_address_of_somebody_else_does_not_count() -> None:
    user = people.unverified_reader("same@example.org")
    other = people.reader("other@example.org")
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=other, email="same@example.org", verified=True)

    assert not opens_for(user)


def test_the_case_of_the_address_does_not_matter() -> None:
    user = people.reader()
    type(user).objects.filter(pk=user.pk).update(email="Reader@Example.org")
    user.refresh_from_db()

    assert has_verified_address(user, Condition(slug="any"))


@override_settings(MAY_READ_TREATMENT=None)
def test_without_a_rule_nobody_reads() -> None:
    assert not opens_for(people.admin())
