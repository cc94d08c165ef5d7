"""The registry in this portal's own database: each organisation once, each name one organisation's."""

from __future__ import annotations

from dataclasses import replace
from threading import Barrier, Thread

import pytest
from django.db import connection

from identity import tenancy
from provisioning.backends import Forgotten, Problem, Refused, ServiceState, Wanted
from provisioning.backends.embedded import EmbeddedRegistry
from provisioning.models import RegistryName, RegistryOrganisation

from .test_remote import WANTED

pytestmark = pytest.mark.django_db
REGISTRY = EmbeddedRegistry()


def other(public_id: str = "O2", line: str = "L2", **changes: str) -> Wanted:
    """The same for another organisation."""
    organisation = replace(WANTED.organisation, public_id=public_id, **changes)
    return replace(WANTED, line=line, organisation=organisation)


def names() -> dict[str, str]:
    with tenancy.as_system():
        return dict(RegistryName.objects.values_list("name", "holder"))


class TestCreating:
    def test_keeps_the_organisation_and_its_names(self) -> None:
        answer = REGISTRY.create(WANTED, "k1")
        assert (answer.state, answer.organisation_id, answer.external_id) == (
            "provisioned",
            "org-O1",
            "org-O1/L1",
        )
        assert names() == {"oasis": "O1", "oasis-voice": "O1", "oasis-meets": "O1"}

    def test_twice_does_it_once(self) -> None:
        assert REGISTRY.create(WANTED, "k1") == REGISTRY.create(WANTED, "k1")
        with tenancy.as_system():
            assert RegistryOrganisation.objects.count() == 1
        assert len(names()) == 3

    def test_gives_a_second_line_to_the_organisation_that_is_there(self) -> None:
        REGISTRY.create(WANTED, "k1")
        more = replace(
            WANTED, line="L9", services=("messaging",), details={},
            organisation=replace(WANTED.organisation, external_id="org-O1"),
        )  # fmt: skip
        assert REGISTRY.create(more, "k9").external_id == "org-O1/L9"
        with tenancy.as_system():
            assert sorted(RegistryOrganisation.objects.get().packages) == ["L1", "L9"]

    def test_of_what_was_tried_goes_on_from_the_trial(self) -> None:
        trial = REGISTRY.create(replace(WANTED, line="T1"), "k1")
        known = replace(WANTED.organisation, external_id="org-O1")
        ordered = replace(WANTED, organisation=known, continues=trial.external_id)
        for _ in range(2):
            assert REGISTRY.create(ordered, "k2").external_id == "org-O1/L1"
        with tenancy.as_system():
            assert list(RegistryOrganisation.objects.get().packages) == ["L1"]

    def test_for_an_organisation_that_it_does_not_know_is_refused(self) -> None:
        with pytest.raises(Refused, match="organisation_unknown"):
            REGISTRY.create(other(external_id="org-nobody"), "k1")

    def test_with_a_subdomain_that_looks_like_a_taken_one_does_nothing(self) -> None:
        REGISTRY.create(WANTED, "k1")
        with pytest.raises(Refused, match="subdomain_taken"):
            REGISTRY.create(other(subdomain="0asis"), "k2")
        with tenancy.as_system():
            assert RegistryOrganisation.objects.count() == 1
        assert len(names()) == 3

    def test_with_a_reserved_subdomain_is_refused(self) -> None:
        with pytest.raises(Refused, match="subdomain_refused"):
            REGISTRY.create(other(subdomain="admin"), "k2")

    def test_with_a_site_that_is_taken_sets_up_the_rest(self) -> None:
        REGISTRY.create(WANTED, "k1")
        asked = replace(
            other(subdomain="lagoon"),
            details={"calling": {"sip": "lagoon-voice"}, "meetings": {"site": "oasis-meets"}},
        )
        answer = REGISTRY.create(asked, "k2")
        assert answer.state == "with_errors"
        assert answer.services["calling"] == ServiceState("provisioned")
        assert answer.services["meetings"].code == "site_taken"

    def test_again_with_another_site_completes_it(self) -> None:
        REGISTRY.create(WANTED, "k1")
        first = replace(other(subdomain="lagoon"), details={"meetings": {"site": "oasis-meets"}})
        REGISTRY.create(first, "k2")
        known = replace(first.organisation, external_id="org-O2")
        second = replace(first, organisation=known, details={"meetings": {"site": "lagoon-meets"}})
        assert REGISTRY.create(second, "k2-2").state == "provisioned"

    def test_a_site_of_somebody_elses_is_not_transferred(self) -> None:
        REGISTRY.create(WANTED, "k1")
        asked = replace(
            other(subdomain="lagoon"), details={"meetings": {"site": "oasis-meets", "transfer_code": "1"}}
        )
        assert REGISTRY.create(asked, "k2").services["meetings"].code == "transfer_refused"


class TestLooking:
    def test_tells_what_was_set_up(self) -> None:
        answer = REGISTRY.create(WANTED, "k1")
        assert REGISTRY.look(answer.location) == answer

    @pytest.mark.parametrize("location", ["org-O1/L7", "org-O7/L1", "org-O1", "nonsense"])
    def test_knows_nothing_of_what_never_was(self, location: str) -> None:
        REGISTRY.create(WANTED, "k1")
        with pytest.raises(Forgotten):
            REGISTRY.look(location)


class TestValidating:
    def test_finds_names_that_are_taken_and_takes_none(self) -> None:
        REGISTRY.create(WANTED, "k1")
        assert REGISTRY.validate(other()) == [
            Problem("subdomain_taken", "oasis"),
            Problem("sip_taken", "oasis-voice", "calling"),
            Problem("site_taken", "oasis-meets", "meetings"),
        ]

    def test_finds_nothing_where_all_is_free(self) -> None:
        assert REGISTRY.validate(WANTED) == []
        assert names() == {}

    def test_finds_nothing_against_names_that_the_organisation_has(self) -> None:
        REGISTRY.create(WANTED, "k1")
        assert REGISTRY.validate(WANTED) == []


class TestChanging:
    def test_is_kept_and_saying_so_again_changes_nothing(self) -> None:
        answer = REGISTRY.create(WANTED, "k1")
        for _ in range(2):
            REGISTRY.change(answer.external_id, "suspended", "k2")
        with tenancy.as_system():
            assert RegistryOrganisation.objects.get().packages["L1"]["state"] == "suspended"

    def test_what_was_deleted_stays_so(self) -> None:
        answer = REGISTRY.create(WANTED, "k1")
        REGISTRY.change(answer.external_id, "deleted", "k2")
        REGISTRY.change(answer.external_id, "deleted", "k2")
        with pytest.raises(Refused, match="deleted"):
            REGISTRY.change(answer.external_id, "active", "k3")

    @pytest.mark.parametrize(("what", "state"), [("org-O1/L7", "active"), ("org-O1/L1", "splendid")])
    def test_of_what_nobody_knows_is_refused(self, what: str, state: str) -> None:
        REGISTRY.create(WANTED, "k1")
        with pytest.raises(Refused):
            REGISTRY.change(what, state, "k2")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_want_the_same_subdomain_at_the_same_moment_one_gets_it() -> None:
    barrier, got = Barrier(2), []

    def ask(public_id: str) -> None:
        try:
            barrier.wait()
            wanted = replace(other(public_id, line=f"L-{public_id}"), details={})
            got.append(REGISTRY.create(wanted, f"k-{public_id}").state)
        except Refused as refused:
            got.append(refused.code)
        finally:
            connection.close()

    threads = [Thread(target=ask, args=[public_id]) for public_id in ("O1", "O2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(got) == ["provisioned", "subdomain_taken"]
    with tenancy.as_system():
        assert RegistryOrganisation.objects.count() == 1
