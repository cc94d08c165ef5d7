"""Whether a name is free, and taking it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from identity import tenancy
from identity.actors import Actor
from provisioning.availability import Availability, NameTaken, availability, take_name
from provisioning.models import NameKind, NameWord, RegistryName
from provisioning.naming import NameFlaw, skeleton
from tests.cast import Cast, actor
from tests.provisioning.made import guest_of, make_line

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
SUBDOMAIN = NameKind.SUBDOMAIN


def take(name: str, holder: str = "oasis", kind: NameKind = SUBDOMAIN) -> RegistryName:
    with tenancy.as_system():
        return take_name(kind, name, holder=holder, now=NOW)


def asked(name: str, who: Actor | None = None, kind: NameKind = SUBDOMAIN) -> Availability:
    with tenancy.scope(who or Actor.system()):
        return availability(kind, name)


@pytest.mark.django_db
class TestANameIsFree:
    def test_until_it_is_taken(self) -> None:
        assert asked("oasis") == Availability(free=True)
        take("oasis")
        assert asked("oasis") == Availability(free=False, flaw=NameFlaw.TAKEN)

    @pytest.mark.parametrize("alike", ["OASIS", "0asis", "oas1s", "o-asis", " oasis "])
    def test_only_if_none_that_looks_like_it_is_taken(self, alike: str) -> None:
        take("oasis")
        assert asked(alike).flaw == NameFlaw.TAKEN

    def test_for_a_meeting_site_while_it_is_somebodys_subdomain(self) -> None:
        take("oasis")
        assert asked("oasis", kind=NameKind.MEETING_SITE).free

    def test_unless_the_vendor_reserved_it(self) -> None:
        assert asked("www").flaw == NameFlaw.RESERVED
        assert asked("www-oasis").free

    def test_unless_it_contains_a_word_that_offends(self) -> None:
        with tenancy.as_system():
            NameWord.objects.create(word="gadzooks", skeleton=skeleton("gadzooks"), use="offensive")
        assert asked("the-gadz0oks").flaw == NameFlaw.OFFENSIVE
        assert asked("gadzook").free

    def test_for_whoever_holds_a_link_and_for_the_vendors_people(self, cast: Cast) -> None:
        take("oasis")
        for who in (guest_of(make_line(cast.site)), actor(cast.care)):
            assert not asked("oasis", who).free
            assert asked("oasis-hotels", who).free

    def test_is_found_out_with_one_query_and_with_none_where_it_cannot_be_a_name(
        self, django_assert_num_queries: Any
    ) -> None:
        with tenancy.as_system():
            with django_assert_num_queries(1):
                availability(SUBDOMAIN, "oasis")
            with django_assert_num_queries(0):
                assert availability(SUBDOMAIN, "o a s i s").flaw == NameFlaw.CHARACTERS


@pytest.mark.django_db
class TestTakingAName:
    def test_keeps_it_in_small_letters_and_as_it_looks(self) -> None:
        taken = take(" Oasis-1 ")
        assert (taken.name, taken.skeleton, taken.holder) == ("oasis-1", "oaslsl", "oasis")

    def test_again_by_the_same_holder_changes_nothing(self) -> None:
        assert take("oasis") == take("oasis")
        with tenancy.as_system():
            assert RegistryName.objects.count() == 1

    def test_that_somebody_else_has_is_refused(self) -> None:
        take("oasis")
        with pytest.raises(NameTaken):
            take("0asis", holder="rival")

    def test_is_held_to_by_the_database(self) -> None:
        taken = take("oasis")
        with pytest.raises(IntegrityError), tenancy.as_system():
            RegistryName.objects.create(
                kind=taken.kind, skeleton=taken.skeleton, name="0asis", holder="rival", taken_at=NOW
            )


def side_by_side(*deeds: Callable[[], Any]) -> list[Any]:
    """What each deed gave or raised, done in threads with connections of their own."""
    got: list[Any] = [None] * len(deeds)

    def run(number: int) -> None:
        try:
            got[number] = deeds[number]()
        except Exception as error:
            got[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return got


@pytest.mark.django_db(transaction=True)
class TestTwoTakeANameAtOnce:
    def race(self, *, first_stays: bool) -> list[Any]:
        """The second asks for the name while the first has taken it and has not committed."""
        taken, asking = threading.Event(), threading.Event()

        def first() -> Any:
            with tenancy.as_system():
                mine = take_name(SUBDOMAIN, "oasis", holder="first", now=NOW)
                taken.set()
                assert asking.wait(10)
                waits_for_us()
                if not first_stays:
                    transaction.set_rollback(True)
                return mine.holder

        def second() -> Any:
            assert taken.wait(10)
            with tenancy.as_system():
                asking.set()
                return take_name(SUBDOMAIN, "0asis", holder="second", now=NOW).holder

        return side_by_side(first, second)

    def test_one_has_it_and_the_other_is_told(self) -> None:
        first, second = self.race(first_stays=True)
        assert first == "first"
        assert isinstance(second, NameTaken)

    def test_the_other_has_it_when_the_first_gives_up(self) -> None:
        assert self.race(first_stays=False)[1] == "second"
        with tenancy.as_system():
            assert RegistryName.objects.get().holder == "second"


def waits_for_us() -> None:
    """Returns when another connection waits for what this transaction holds."""
    with connection.cursor() as cursor:
        for _each in range(1000):
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"
                " AND transactionid = pg_current_xact_id()::xid), pg_sleep(0.01)"
            )
            if cursor.fetchone()[0]:
                return
    raise AssertionError("Nobody waited.")
