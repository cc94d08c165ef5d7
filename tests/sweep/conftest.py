from __future__ import annotations

import logging
import os
from collections.abc import Iterator

import pytest
from django.db import transaction

from tests.conftest import connect_as
from tests.sweep.variants import vary_every_table
from tests.sweep.world import World, make_world


@pytest.fixture(autouse=True)
def calls_without_number(settings) -> None:
    """The sweep calls the API more often than a program may."""
    settings.API_CALLS_PER_MINUTE = 10**9
    settings.SUGGESTIONS_PER_MINUTE = 10**9
    settings.CALENDAR_FETCHES_PER_MINUTE = 10**9
    settings.ENQUIRIES_PER_MINUTE = 10**9


@pytest.fixture(autouse=True)
def refusals_unwritten(caplog) -> None:
    """A hundred thousand of them, each with where it came from, in a log that nobody reads; errors still are."""
    caplog.set_level(logging.ERROR, logger="django.request")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker) -> Iterator[World]:
    """One world for a module's tests; whatever they do to it, they take back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture
def bare_superuser_world(django_db_setup: None, django_db_blocker) -> Iterator[World]:
    """The same in a superuser's session: scopes still work under their roles, but triggers can be silenced and
    policies changed between them."""
    with django_db_blocker.unblock():
        connect_as(os.environ["TEST_DATABASE_ADMIN_URL"])
        with transaction.atomic():
            yield make_world()
            transaction.set_rollback(True)
        connect_as(os.environ["TEST_DATABASE_URL"])


@pytest.fixture
def superuser_world(bare_superuser_world: World) -> World:
    """With rows for every rule of every table besides."""
    vary_every_table(bare_superuser_world)
    return bare_superuser_world
