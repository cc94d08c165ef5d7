"""Who is related to which customer, and when: by file, in the database, on the page and in the API."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Customer, Relationship
from customers.queries import Phase, related_customers, relationships
from deals.models import Deal
from feeds.models import Delivery, Status
from identity import tenancy
from identity.access import PrivilegeMissing
from identity.keys import make_key
from identity.models import AuditEvent, Membership, Site, StaffRole, User
from identity.privileges import Privilege
from identity.site_facts import facts_of
from tests.cast import Cast, actor, signed_in
from tests.deals.factories import make_customer
from tests.factories import make_user
from tests.feeds.sending import checked, loaded, make_operations, make_pricing

from .related import days, relate

HEADER = "site number,customer number,role,valid from,valid to"


def file(*rows: str) -> str:
    return "\r\n".join([HEADER, *rows]) + "\r\n"


def row(start: int | str, end: int | str = "", *, site: str = "7403807", role: str = "reseller") -> str:
    first = days(start) if isinstance(start, int) else start
    last = days(end) if isinstance(end, int) else end
    return f"{site},1200417,{role},{first},{last}"


def codes(delivery: Delivery) -> set[tuple[int, str, str]]:
    return {(flaw["row"], flaw["column"], flaw["code"]) for flaw in delivery.errors}


def rules(delivery: Delivery) -> list[str]:
    return [str(flaw["rule"]["en"]) for flaw in delivery.errors]


def periods(site: Site) -> list[tuple[date, date | None]]:
    with tenancy.as_system():
        found = Relationship.objects.filter(site=site).order_by("valid_from")
        return list(found.values_list("valid_from", "valid_to"))


@pytest.fixture
def otto(db: None) -> User:
    return make_operations()


@pytest.fixture
def lagoon(cast: Cast) -> Customer:
    return make_customer("Lagoon Hotels", "EG", number="1200417", tax_id="EG99991234")


# ------------------------------------------------------------------------------------------ by file


class TestAFileOfRelationships:
    def test_brings_them(self, cast: Cast, otto: User, lagoon: Customer) -> None:
        delivery = loaded("relationships", file(row(-10, 10)), by=otto)

        assert delivery.status == Status.LOADED, delivery.errors
        with tenancy.as_system():
            made = Relationship.objects.get()
            event = AuditEvent.objects.get(event="relationship.added")
        assert (made.site_id, made.customer_id, made.role) == (cast.site.id, lagoon.id, "reseller")
        assert (made.valid_from, made.valid_to) == (days(-10), days(10))
        assert (event.object_id, event.site_id) == (made.public_id, cast.site.id)

    def test_changes_nothing_when_it_comes_again(self, cast: Cast, otto: User, lagoon: Customer) -> None:
        loaded("relationships", file(row(-10, 10)), by=otto)

        assert checked("relationships", file(row(-10, 10)), by=otto).status == Status.UNCHANGED

    def test_takes_the_role_from_the_site(self, cast: Cast, otto: User, lagoon: Customer) -> None:
        loaded("relationships", file(row(0, role="", site="7403809")), by=otto)

        with tenancy.as_system():
            assert Relationship.objects.get().role == "distributor"

    def test_is_for_those_who_look_after_sites(self, cast: Cast, otto: User, lagoon: Customer) -> None:
        for other in (make_pricing(), actor(cast.primary)):
            with pytest.raises(PrivilegeMissing):
                checked("relationships", file(row(0)), by=other)
        assert checked("relationships", file(row(0)), by=otto).status == Status.READY

    @pytest.mark.parametrize(
        ("line", "column", "code"),
        [
            ("7403807,9999999,reseller,2026-01-01,", "customer_number", "unknown"),
            ("9999999,1200417,reseller,2026-01-01,", "site_number", "unknown"),
            ("7403807,1200417,distributor,2026-01-01,", "role", "role_of_site"),
            ("7403807,1200417,reseller,2026-01-02,2026-01-01", "valid_to", "ends_before_it_begins"),
        ],
    )
    def test_says_what_is_wrong_where(
        self, cast: Cast, otto: User, lagoon: Customer, line: str, column: str, code: str
    ) -> None:
        delivery = checked("relationships", file(line), by=otto)

        assert codes(delivery) == {(2, column, code)}


class TestPeriodsThatOverlap:
    def test_in_a_file_are_both_told(self, cast: Cast, otto: User, lagoon: Customer) -> None:
        delivery = checked("relationships", file(row(0, 10), row(9, 20), row(30)), by=otto)

        assert codes(delivery) == {(2, "valid_from", "overlaps"), (3, "valid_from", "overlaps")}
        assert rules(delivery)[0].endswith(": 3.")
        assert rules(delivery)[1].endswith(": 2.")

    def test_may_touch(self, cast: Cast, otto: User, lagoon: Customer) -> None:
        delivery = loaded("relationships", file(row(0, 10), row(10)), by=otto)

        assert delivery.status == Status.LOADED
        assert periods(cast.site) == [(days(0), days(10)), (days(10), None)]

    def test_with_one_that_is_there_are_told_with_its_days(
        self, cast: Cast, otto: User, lagoon: Customer
    ) -> None:
        relate(cast.site, lagoon, -10)

        delivery = checked("relationships", file(row(5)), by=otto)

        assert codes(delivery) == {(2, "valid_from", "overlaps")}
        assert str(days(-10)) in rules(delivery)[0]

    def test_are_none_once_the_same_file_ends_the_first(
        self, cast: Cast, otto: User, lagoon: Customer
    ) -> None:
        relate(cast.site, lagoon, -10)

        loaded("relationships", file(row(-10, 5), row(5)), by=otto)

        assert periods(cast.site) == [(days(-10), days(5)), (days(5), None)]

    def test_of_two_sites_are_none(self, cast: Cast, otto: User, lagoon: Customer) -> None:
        relate(cast.rival_site, lagoon, -10)

        assert loaded("relationships", file(row(0)), by=otto).status == Status.LOADED

    def test_with_one_called_off_are_none(self, cast: Cast, otto: User, lagoon: Customer) -> None:
        relate(cast.site, lagoon, 7, 7)

        assert loaded("relationships", file(row(0)), by=otto).status == Status.LOADED

    def test_never_stand_in_the_database(self, cast: Cast, lagoon: Customer) -> None:
        relate(cast.site, lagoon, 0, 10)
        relate(cast.site, lagoon, 10, 20)

        with pytest.raises(IntegrityError), transaction.atomic():
            relate(cast.site, lagoon, 19)

    def test_nor_does_a_role_that_the_site_has_not(self, cast: Cast, lagoon: Customer) -> None:
        made = relate(cast.site, lagoon)

        with pytest.raises(IntegrityError), transaction.atomic(), tenancy.as_system():
            Relationship.objects.filter(id=made.id).update(role="distributor")


class TestACompleteFile:
    def test_ends_today_what_it_lacks(self, cast: Cast, otto: User, lagoon: Customer) -> None:
        relate(cast.rival_site, lagoon, -10)

        delivery = loaded("relationships", file(row(0)), by=otto, complete=True, ticked=True)

        assert delivery.summary["removed"] == 1
        assert periods(cast.rival_site) == [(days(-10), days(0))]

    def test_calls_off_what_had_not_begun(self, cast: Cast, otto: User, lagoon: Customer) -> None:
        relate(cast.rival_site, lagoon, 10)

        loaded("relationships", file(row(0)), by=otto, complete=True, ticked=True)

        assert periods(cast.rival_site) == [(days(10), days(10))]

    def test_leaves_what_is_over(self, cast: Cast, otto: User, lagoon: Customer) -> None:
        relate(cast.rival_site, lagoon, -10, -5)

        delivery = loaded("relationships", file(row(0)), by=otto, complete=True)

        assert delivery.summary["removed"] == 0
        assert periods(cast.rival_site) == [(days(-10), days(-5))]

    def test_may_begin_today_what_it_ends_today(self, cast: Cast, otto: User, lagoon: Customer) -> None:
        relate(cast.site, lagoon, -10)

        loaded("relationships", file(row(0)), by=otto, complete=True, ticked=True)

        assert periods(cast.site) == [(days(-10), days(0)), (days(0), None)]

    def test_removes_nothing_when_it_comes_again(self, cast: Cast, otto: User, lagoon: Customer) -> None:
        relate(cast.rival_site, lagoon, 10)
        loaded("relationships", file(row(0)), by=otto, complete=True, ticked=True)

        assert checked("relationships", file(row(0)), by=otto, complete=True).status == Status.UNCHANGED


# ------------------------------------------------------------------------------------------ periods

BEGIN = date(2026, 3, 1)


def expected_phase(start: date, end: date | None, day: date) -> Phase:
    """Told day by day."""
    held = (
        [start + timedelta(days=n) for n in range((min(end, date(2026, 4, 30)) - start).days)]
        if end
        else None
    )
    if held is None:
        return Phase.CURRENT if day >= start else Phase.UPCOMING
    if day in held:
        return Phase.CURRENT
    return Phase.UPCOMING if held and day < held[0] else Phase.ENDED


def overlap(one: tuple[int, int | None], other: tuple[int, int | None]) -> bool:
    def held(period: tuple[int, int | None]) -> set[int]:
        return set(range(period[0], 40 if period[1] is None else period[1]))

    return bool(held(one) & held(other))


starts = st.integers(0, 12)
spans = st.tuples(starts, st.one_of(st.none(), st.integers(0, 6))).map(
    lambda pair: (pair[0], None if pair[1] is None else pair[0] + pair[1])
)


class TestPeriods:
    @settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
    @given(spans=st.lists(spans, min_size=1, max_size=6), day=st.integers(-2, 22))
    def test_are_as_days_counted_one_by_one(
        self, cast: Cast, spans: list[tuple[int, int | None]], day: int
    ) -> None:
        today = BEGIN + timedelta(days=day)
        with transaction.atomic():
            for start, end in spans:  # each with a customer of its own
                _relate_on(cast.site, make_customer(), start, end)
            with tenancy.scope(actor(cast.newcomer)):
                found = {phase: set(relationships(phase, today)) for phase in Phase}
                everything = set(Relationship.objects.all())
                related = set(related_customers(today).values_list("id", flat=True))

            assert set.union(*found.values()) == everything
            for each in everything:
                phase = expected_phase(each.valid_from, each.valid_to, today)
                assert each in found[phase]
                assert Phase.of(each, today) == phase
            assert related == {each.customer_id for each in found[Phase.CURRENT]}
            transaction.set_rollback(True)

    @settings(deadline=None, max_examples=80, suppress_health_check=list(HealthCheck))
    @given(one=spans, other=spans)
    def test_overlap_in_the_database_as_sets_of_days_do(
        self, cast: Cast, one: tuple[int, int | None], other: tuple[int, int | None]
    ) -> None:
        if one[0] == other[0]:
            return  # the same entry
        customer = make_customer()
        with transaction.atomic():
            _relate_on(cast.site, customer, *one)
            refused = False
            try:
                with transaction.atomic():
                    _relate_on(cast.site, customer, *other)
            except IntegrityError:
                refused = True
            transaction.set_rollback(True)

        assert refused == overlap(one, other)


def _relate_on(site: Site, customer: Customer, start: int, end: int | None) -> None:
    with tenancy.as_system():
        Relationship.objects.create(
            site=site,
            customer=customer,
            role=site.kind,
            valid_from=BEGIN + timedelta(days=start),
            valid_to=None if end is None else BEGIN + timedelta(days=end),
        )


# ------------------------------------------------------------------------------------------ who sees what


class TestWhoSeesARelationship:
    def seen_by(self, who: Membership | User) -> set[str]:
        with tenancy.scope(actor(who)):
            return set(Relationship.objects.values_list("site__number", flat=True))

    def test_its_own_site_and_the_vendor(self, cast: Cast, lagoon: Customer) -> None:
        relate(cast.site, lagoon)
        relate(cast.rival_site, lagoon)

        assert self.seen_by(cast.newcomer) == {"7403807"}
        assert self.seen_by(cast.rival) == {"7403808"}
        assert self.seen_by(cast.deal_desk) == {"7403807", "7403808"}

    def test_no_distributor_but_its_own(self, cast: Cast, lagoon: Customer) -> None:
        relate(cast.distributor_site, lagoon)

        assert self.seen_by(cast.distributor) == {"7403809"}
        assert self.seen_by(cast.other_distributor) == set()

    @pytest.mark.parametrize("who", ["primary", "distributor"])
    def test_and_no_partner_changes_any(self, cast: Cast, lagoon: Customer, who: str) -> None:
        member = getattr(cast, who)
        made = relate(member.site, lagoon)

        for deed in (
            lambda: Relationship.objects.filter(id=made.id).update(valid_to=days(90)),
            lambda: Relationship.objects.filter(id=made.id).delete(),
            lambda: Relationship.objects.bulk_create([Relationship(site=member.site, customer=lagoon)]),
        ):
            with pytest.raises(DatabaseError), transaction.atomic(), tenancy.scope(actor(member)):
                deed()
        with tenancy.scope(actor(cast.care)):
            assert Relationship.objects.filter(id=made.id).update(valid_to=days(90)) == 1

    def test_the_customer_itself_is_everybodys(self, cast: Cast, lagoon: Customer) -> None:
        relate(cast.site, lagoon)

        with tenancy.scope(actor(cast.rival)):
            assert Customer.objects.filter(number="1200417").exists()
            assert not related_customers(days(0)).exists()
        with tenancy.scope(actor(cast.newcomer)):
            assert related_customers(days(0)).get() == lagoon


class TestRelatedCustomers:
    @pytest.mark.parametrize(
        ("start", "end", "seen"),
        [
            (0, None, True),
            (-5, 1, True),
            (-5, 0, False),  # half-open: not on the day it ends
            (1, None, False),
            (0, 0, False),
        ],
    )
    def test_are_those_of_the_day(
        self, cast: Cast, lagoon: Customer, start: int, end: int | None, seen: bool
    ) -> None:
        relate(cast.site, lagoon, start, end)

        with tenancy.scope(actor(cast.newcomer)):
            assert related_customers(days(0)).exists() is seen


# ------------------------------------------------------------------------------------------ the page


class TestThePageOfCustomers:
    def page(self, who: Membership | User, query: str = "") -> str:
        return signed_in(who).get(f"/customers/{query}").content.decode()

    def test_is_for_every_member(self, cast: Cast, lagoon: Customer) -> None:
        relate(cast.site, lagoon)
        relate(cast.distributor_site, lagoon)

        for who in (cast.newcomer, cast.distributor):
            assert "Lagoon Hotels" in self.page(who)

    def test_never_shows_another_sites(self, cast: Cast, lagoon: Customer) -> None:
        relate(cast.rival_site, lagoon)

        for query in ("", "?show=all", "?show=all&q=Lagoon", "?show=all&site=7403808"):
            assert "Lagoon Hotels" not in self.page(cast.primary, query)
            assert "Lagoon Hotels" in self.page(cast.rival, query)

    def test_is_not_for_those_without_a_site(self, cast: Cast) -> None:
        assert signed_in(cast.applicant).get("/customers/").status_code == 403
        assert signed_in(cast.newcomer).get("/customers/").status_code == 200

    def test_sorts_them_by_when_they_hold(self, cast: Cast) -> None:
        now, later, before = (make_customer(name) for name in ("Holds Now", "Begins Later", "Ended Before"))
        relate(cast.site, now, -1)
        relate(cast.site, later, 1)
        relate(cast.site, before, -9, 0)

        shown = {
            show: [
                name
                for name in ("Holds Now", "Begins Later", "Ended Before")
                if name in self.page(cast.sales, show)
            ]
            for show in ("", "?show=upcoming", "?show=ended", "?show=all")
        }

        assert shown == {
            "": ["Holds Now"],
            "?show=upcoming": ["Begins Later"],
            "?show=ended": ["Ended Before"],
            "?show=all": ["Holds Now", "Begins Later", "Ended Before"],
        }

    @pytest.mark.parametrize("typed", ["lagoon", "hot lag", "1200", "LAGOON HOTELS", "لاجون"])
    def test_finds_them_by_name_and_number(self, cast: Cast, lagoon: Customer, typed: str) -> None:
        other = make_customer("Delta Mills", "EG", number="1300000")
        relate(cast.site, lagoon)
        relate(cast.site, other)

        page = self.page(cast.sales, f"?q={typed}")

        assert "Lagoon Hotels" in page
        assert "Delta Mills" not in page

    @pytest.mark.parametrize("query", ["?q=%25", "?q=!!!", "?show=never", "?site=none", "?q=" + "x" * 3000])
    def test_bears_whatever_its_address_says(self, cast: Cast, query: str) -> None:
        for who in (cast.sales, cast.deal_desk):
            assert signed_in(who).get(f"/customers/{query}").status_code == 200

    def test_goes_on_from_page_to_page(self, cast: Cast) -> None:
        for number in range(60):
            relate(cast.site, make_customer(f"Customer no {number:03}"))
        client = signed_in(cast.sales)

        first = client.get("/customers/").content.decode()
        found = re.findall(r"Customer no \d+", first)
        (onward,) = re.findall(r'href="([^"]+cursor=[^"]+)"', first)
        found += re.findall(r"Customer no \d+", client.get(unescape(onward)).content.decode())

        assert found == [f"Customer no {number:03}" for number in range(60)]

    def test_begins_a_deal_with_the_customer(self, cast: Cast, lagoon: Customer) -> None:
        relate(cast.site, lagoon)
        address = f"/deals/register/?customer={lagoon.public_id}"
        assert address in self.page(cast.sales)

        signed_in(cast.sales).post(address, {"is_there_one": "no"})

        with tenancy.scope(actor(cast.sales)):
            deal = Deal.objects.get()
        assert (deal.customer_id, deal.customer_name, deal.customer_tax_id) == (
            lagoon.id,
            "Lagoon Hotels",
            "EG99991234",
        )

    def test_begins_none_for_whom_there_is_no_tool(self, cast: Cast, lagoon: Customer) -> None:
        relate(cast.site, lagoon)
        relate(cast.distributor_site, lagoon)

        assert 'aria-disabled="true"' in self.page(cast.newcomer)
        assert "/deals/register/" not in self.page(cast.distributor)

    def test_shows_the_vendor_whose_customer_it_is(self, cast: Cast, lagoon: Customer) -> None:
        relate(cast.site, lagoon)
        relate(cast.rival_site, lagoon)

        page = self.page(cast.deal_desk, "?show=all&q=1200417")
        only = self.page(cast.deal_desk, "?site=7403808")

        assert "Nile Systems" in page
        assert "Vistula Integrators" in page
        assert "Vistula Integrators" in only
        assert "Nile Systems" not in only

    def test_is_not_for_staff_who_look_at_no_sites(self, cast: Cast) -> None:
        nobody = make_user("Nora Nobody", staff_roles=[StaffRole.DEAL_DESK])
        with tenancy.as_system():
            User.objects.filter(id=nobody.id).update(staff_roles=[])

        assert signed_in(nobody).get("/customers/").status_code == 403


class TestTheFile:
    def lines(self, who: Membership | User, query: str = "") -> list[dict[str, str]]:
        response = signed_in(who).get(f"/customers/export.csv{query}")
        assert response.status_code == 200
        text = b"".join(response.streaming_content).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))

    def test_holds_what_the_list_shows(self, cast: Cast, lagoon: Customer) -> None:
        relate(cast.site, lagoon, -5, 5)
        relate(cast.rival_site, make_customer("Rival's Own"))

        (line,) = self.lines(cast.newcomer, "?show=all")

        assert line["Customer"] == "Lagoon Hotels"
        assert line["Customer number"] == "1200417"
        assert (line["Valid from"], line["Valid until"]) == (str(days(-5)), str(days(5)))
        assert line["Status"] == "Current"
        assert "Site" not in line

    def test_says_whose_to_the_vendor(self, cast: Cast, lagoon: Customer) -> None:
        relate(cast.site, lagoon)

        (line,) = self.lines(cast.deal_desk)

        assert (line["Site"], line["Site number"]) == ("Nile Systems", "7403807")

    def test_comes_as_a_workbook_too(self, cast: Cast, lagoon: Customer) -> None:
        relate(cast.site, lagoon)

        response = signed_in(cast.newcomer).get("/customers/export.xlsx")

        assert b"".join(response.streaming_content)[:2] == b"PK"


# ------------------------------------------------------------------------------------------ the API and the site


class TestTheApi:
    def get(self, client: Any, who: Membership | User, query: str = "") -> Any:
        by = actor(who)
        privilege = Privilege.SITE_VIEW if by.is_staff else Privilege.MEMBER_VIEW
        with tenancy.scope(by):
            _key, secret = make_key("k", [privilege], expires_at=None, by=by, now=timezone.now())
        return client.get(f"/api/v1/relationships/{query}", headers={"authorization": f"Bearer {secret}"})

    def test_gives_a_site_its_own(self, cast: Cast, lagoon: Customer, client: Any) -> None:
        made = relate(cast.site, lagoon, -5, 5)
        relate(cast.rival_site, lagoon)

        (found,) = self.get(client, cast.newcomer).json()["results"]

        assert found == {
            "id": made.public_id,
            "site": "7403807",
            "customer": lagoon.public_id,
            "customer_number": "1200417",
            "customer_name": "Lagoon Hotels",
            "country": "EG",
            "role": "reseller",
            "valid_from": str(days(-5)),
            "valid_to": str(days(5)),
            "phase": "current",
        }

    def test_gives_the_vendor_all_or_one_sites(self, cast: Cast, lagoon: Customer, client: Any) -> None:
        relate(cast.site, lagoon)
        relate(cast.rival_site, lagoon)

        every = self.get(client, cast.deal_desk).json()["results"]
        one = self.get(client, cast.deal_desk, "?site=7403808").json()["results"]

        assert sorted(each["site"] for each in every) == ["7403807", "7403808"]
        assert [each["site"] for each in one] == ["7403808"]

    def test_narrows_as_the_page_does(self, cast: Cast, lagoon: Customer, client: Any) -> None:
        relate(cast.site, lagoon, 5)

        def count(query: str) -> int:
            return len(self.get(client, cast.newcomer, query).json()["results"])

        assert (count("?show=upcoming"), count("?show=current"), count("?q=lag"), count("?q=delta")) == (
            1,
            0,
            1,
            0,
        )
        assert self.get(client, cast.newcomer, "?show=never").status_code == 400

    def test_asks_for_a_key_that_may(self, cast: Cast, client: Any) -> None:
        by = actor(cast.sales)
        with tenancy.scope(by):
            _key, secret = make_key("k", [Privilege.DEAL_VIEW], expires_at=None, by=by, now=timezone.now())
        headers = {"authorization": f"Bearer {secret}"}

        assert client.get("/api/v1/relationships/", headers=headers).status_code == 403
        assert self.get(client, cast.sales).status_code == 200


class TestTheSitesPage:
    def test_tells_the_vendor_how_many_customers_it_has(self, cast: Cast, lagoon: Customer) -> None:
        relate(cast.site, lagoon)
        relate(cast.site, make_customer(), 5)

        page = signed_in(cast.deal_desk).get(f"/sites/{cast.site.public_id}/").content.decode()

        assert f'href="/customers/?site={cast.site.number}"' in page
        with tenancy.scope(actor(cast.deal_desk)):
            facts = {str(fact.label): fact.value for fact in facts_of(cast.site, actor(cast.deal_desk))}
        assert facts["Customers"] == "1"

    def test_tells_no_other_site(self, cast: Cast, lagoon: Customer) -> None:
        relate(cast.site, lagoon)

        def told(who: Membership) -> list[str]:
            with tenancy.scope(actor(who)):
                return [str(fact.label) for fact in facts_of(cast.site, actor(who))]

        assert "Customers" in told(cast.newcomer)
        assert "Customers" not in told(cast.rival)
