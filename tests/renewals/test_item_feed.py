"""Entitlements and renewal items, as the vendor's systems send them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from customers.models import CustomerSite
from feeds.models import Status
from identity import tenancy
from identity.access import PrivilegeMissing
from identity.models import AuditEvent, User
from renewals.models import Entitlement, RenewalItem
from tests.cast import Cast, actor
from tests.customers.held import make_customer_site, make_item, relate
from tests.deals.factories import make_customer, make_part
from tests.feeds.sending import checked, loaded, make_operations, make_pricing
from tests.feeds.telling import codes, file, rules

ITEMS = (
    "quote,line,kind,status,over since,customer's site,reseller,distributor,part,qty,current coverage starts,"
    "current coverage ends,new coverage starts,new coverage ends,currency,unit price,auto renew"
)
SUPPORT = (
    "R2000417,1,support,open,,3100417,7403807,7403809,E0ABCRR,10,2026-01-01,2026-12-31,2027-01-01,2027-12-31,"
    "EUR,20.00,no"
)
ENTITLEMENTS = "entitlement,customer's site,reseller,distributor,kind,part,qty,coverage starts,coverage ends"
LICENCE = "E-1,3100417,7403807,7403809,licence,D0ABCLL,10,2025-01-01,"


@pytest.fixture
def otto(db: None) -> User:
    return make_operations()


@pytest.fixture
def site(cast: Cast) -> CustomerSite:
    make_part("D0ABCLL", points=Decimal("4.50"), metric="vpc", description="Flow Designer, licence")
    make_part(
        "E0ABCRR", type="renewal", points=Decimal("0.90"), metric="vpc", description="Flow Designer, renewal"
    )
    make_part("E0ABCRI", type="reinstatement", description="Flow Designer, reinstatement")
    customer = make_customer("Lagoon Hotels", number="1200417")
    relate(cast.site, customer)
    relate(cast.distributor_site, customer)
    return make_customer_site(customer, site_number="3100417")


def the_item() -> RenewalItem:
    with tenancy.as_system():
        return RenewalItem.objects.get(quote_number="R2000417")


class TestAFileOfRenewalItems:
    def test_brings_them(self, cast: Cast, otto: User, site: CustomerSite) -> None:
        delivery = loaded("renewal-items", file(ITEMS, SUPPORT), by=otto)

        assert delivery.status == Status.LOADED, (delivery.errors, delivery.problem)
        item = the_item()
        assert (item.description, item.part_type, item.metric) == ("Flow Designer, renewal", "renewal", "vpc")
        assert (item.points, item.months, item.extended) == (Decimal("9.00"), 12, 20_000)
        assert (item.due_on, item.settled_on) == (date(2026, 12, 31), None)
        assert (item.site_number, item.reseller_name) == ("3100417", cast.site.name)

    def test_shows_them_to_who_stands_on_them_and_to_no_other(
        self, cast: Cast, otto: User, site: CustomerSite
    ) -> None:
        relate(cast.rival_site, site.customer)
        loaded("renewal-items", file(ITEMS, SUPPORT), by=otto)

        for reader, count in ((cast.primary, 1), (cast.distributor, 1), (cast.rival, 0)):
            with tenancy.scope(actor(reader)):
                assert RenewalItem.objects.count() == count

    def test_changes_nothing_when_it_comes_again(self, cast: Cast, otto: User, site: CustomerSite) -> None:
        loaded("renewal-items", file(ITEMS, SUPPORT), by=otto)

        assert checked("renewal-items", file(ITEMS, SUPPORT), by=otto).status == Status.UNCHANGED

    def test_changes_what_can_still_be_renewed(self, cast: Cast, otto: User, site: CustomerSite) -> None:
        loaded("renewal-items", file(ITEMS, SUPPORT), by=otto)

        revised = SUPPORT.replace(",10,", ",12,").replace(",open,", ",revised,")
        loaded("renewal-items", file(ITEMS, revised), by=otto)

        assert (the_item().quantity, the_item().extended, the_item().status) == (12, 24_000, "revised")

    def test_knows_coverage_that_starts_on_a_leap_day(
        self, cast: Cast, otto: User, site: CustomerSite
    ) -> None:
        leap = SUPPORT.replace(
            "2026-01-01,2026-12-31,2027-01-01,2027-12-31", "2027-03-01,2028-02-28,2028-02-29,2029-02-28"
        )
        delivery = loaded("renewal-items", file(ITEMS, leap), by=otto)

        assert delivery.status == Status.LOADED, delivery.errors
        assert (the_item().new_start, the_item().months) == (date(2028, 2, 29), 12)

    @pytest.mark.parametrize(
        ("old", "new", "column", "code"),
        [
            ("3100417", "3199999", "customer_site", "unknown"),
            ("7403807", "9999999", "reseller", "unknown"),
            ("7403809", "7403807", "distributor", "no_distributor"),
            ("E0ABCRR", "E9ZZZRR", "part_number", "unknown_part"),
            ("EUR", "EUX", "currency", "currency"),
            (",10,", ",0,", "quantity", "whole"),
            (",10,", ",-1,", "quantity", "whole"),
            (",10,", ",1000000,", "quantity", "whole"),
            ("2027-01-01", "2026-12-31", "new_start", "overlap"),
            ("2027-01-01", "2027-01-02", "new_start", "gap"),
            ("2027-01-01", "2027-02-29", "new_start", "day"),
            ("2027-12-31", "2026-06-30", "new_end", "ends_before_it_starts"),
            ("2026-01-01", "2027-01-01", "current_end", "ends_before_it_starts"),
            (",open,,", ",ordered,,", "settled_on", "no_day"),
            (",open,,", ",open,2026-03-01,", "settled_on", "not_over"),
            (",open,,", ",ordered,2098-03-01,", "settled_on", "yet_to_come"),
            (",open,", ",half open,", "status", "choice"),
            (",support,", ",hope,", "kind", "choice"),
        ],
    )
    def test_says_what_is_wrong_where(
        self, cast: Cast, otto: User, site: CustomerSite, old: str, new: str, column: str, code: str
    ) -> None:
        delivery = checked("renewal-items", file(ITEMS, SUPPORT.replace(old, new)), by=otto)

        assert codes(delivery) == {(2, column, code)}
        with tenancy.as_system():
            assert not RenewalItem.objects.exists()

    def test_says_when_the_current_coverage_ends(self, cast: Cast, otto: User, site: CustomerSite) -> None:
        delivery = checked("renewal-items", file(ITEMS, SUPPORT.replace("2027-01-01", "2027-02-01")), by=otto)

        assert "2026-12-31" in rules(delivery)[0]

    def test_lets_a_reinstatement_start_later(self, cast: Cast, otto: User, site: CustomerSite) -> None:
        late = SUPPORT.replace("E0ABCRR", "E0ABCRI").replace("2027-01-01", "2027-02-01")

        assert checked("renewal-items", file(ITEMS, late), by=otto).status == Status.READY

    def test_is_for_those_who_look_after_renewals(self, cast: Cast, otto: User, site: CustomerSite) -> None:
        for other in (make_pricing(), actor(cast.primary)):
            with pytest.raises(PrivilegeMissing):
                checked("renewal-items", file(ITEMS, SUPPORT), by=other)
        assert checked("renewal-items", file(ITEMS, SUPPORT), by=otto).status == Status.READY

    def test_may_be_as_messy_as_exports_are(self, cast: Cast, otto: User, site: CustomerSite) -> None:
        messy = (
            "Quote;Line no;Renewal type;Quote status;Ship to;Material;Qty;Current coverage starts;"
            "Current coverage ends;Coverage starts;Coverage ends;Currency code;Price;Auto renew\r\n"
            'r2000417;1;Perpetual support;Open; 3100417.0;e0abcrr;"10,0";01 Jan 2026;31 Dec 2026;01 Jan 2027;'
            "31 Dec 2027;eur;20,00;x\r\n"
        )
        delivery = loaded("renewal-items", messy, by=otto)

        assert delivery.status == Status.LOADED, (delivery.errors, delivery.problem)
        assert (the_item().unit_price, the_item().auto_renew, the_item().reseller_id) == (2_000, True, None)


class TestARenewalThatIsOver:
    @pytest.fixture
    def ordered(self, otto: User, site: CustomerSite) -> str:
        loaded("renewal-items", file(ITEMS, SUPPORT), by=otto)
        row = SUPPORT.replace(",open,,", ",ordered,2026-11-01,")
        loaded("renewal-items", file(ITEMS, row), by=otto)
        return row

    def test_is_settled_by_its_status(self, ordered: str) -> None:
        assert (the_item().status, the_item().settled_on) == ("ordered", date(2026, 11, 1))

    def test_is_noted_as_such(self, ordered: str) -> None:
        with tenancy.as_system():
            assert AuditEvent.objects.filter(event="renewal_item.settled").count() == 1

    def test_may_be_said_again(self, otto: User, ordered: str) -> None:
        assert checked("renewal-items", file(ITEMS, ordered), by=otto).status == Status.UNCHANGED

    @pytest.mark.parametrize(
        ("old", "new", "column"),
        [
            ("ordered,2026-11-01", "open,", "status"),
            (",10,", ",11,", "quantity"),
            ("20.00", "21.00", "unit_price"),
            ("7403807", "", "reseller"),
        ],
    )
    def test_does_not_change(self, otto: User, ordered: str, old: str, new: str, column: str) -> None:
        delivery = checked("renewal-items", file(ITEMS, ordered.replace(old, new)), by=otto)

        assert codes(delivery) == {(2, column, "renewal_is_over")}


class TestARenewalThatWasSettledHere:
    """The vendor's system may not know of it yet: its file is loaded all the same, and the item stays settled."""

    @pytest.mark.parametrize(("status", "ordered"), [("ordered", 10), ("lapsed", 0), ("auto_renewed", 0)])
    def test_stays_so_although_a_file_says_that_it_is_open(
        self, otto: User, site: CustomerSite, status: str, ordered: int
    ) -> None:
        other = SUPPORT.replace("R2000417", "R2000418")
        loaded("renewal-items", file(ITEMS, SUPPORT, other), by=otto)
        with tenancy.as_system():
            RenewalItem.objects.filter(quote_number="R2000417").update(
                status=status, ordered=ordered, settled_on=date(2026, 11, 20)
            )
        delivery = loaded("renewal-items", file(ITEMS, SUPPORT, other.replace(",10,", ",12,")), by=otto)
        assert delivery.status == Status.LOADED, delivery.errors
        assert (the_item().status, the_item().settled_on) == (status, date(2026, 11, 20))

    def test_may_be_said_to_be_ordered_on_another_day(self, otto: User, site: CustomerSite) -> None:
        loaded("renewal-items", file(ITEMS, SUPPORT), by=otto)
        with tenancy.as_system():
            RenewalItem.objects.update(status="ordered", ordered=10, settled_on=date(2026, 11, 20))
        later = SUPPORT.replace(",open,,", ",ordered,2026-11-21,")
        assert checked("renewal-items", file(ITEMS, later), by=otto).status == Status.UNCHANGED
        assert the_item().settled_on == date(2026, 11, 20)


class TestACompleteFile:
    def test_closes_what_it_lacks_as_of_today(self, cast: Cast, otto: User, site: CustomerSite) -> None:
        loaded("renewal-items", file(ITEMS, SUPPORT, SUPPORT.replace("417,1,", "417,2,")), by=otto)

        loaded("renewal-items", file(ITEMS, SUPPORT), by=otto, complete=True, ticked=True)

        with tenancy.as_system():
            found = RenewalItem.objects.order_by("line_number").values_list("status", "settled_on")
            assert list(found) == [("open", None), ("closed", timezone.now().date())]

    def test_leaves_what_is_over(self, cast: Cast, otto: User, site: CustomerSite) -> None:
        make_item(site, status="lapsed", settled_on=date(2026, 1, 31))
        loaded("renewal-items", file(ITEMS, SUPPORT), by=otto)

        delivery = checked("renewal-items", file(ITEMS, SUPPORT), by=otto, complete=True)

        assert delivery.status == Status.UNCHANGED

    def test_leaves_everything_when_it_does_not_say_that_it_is_complete(
        self, cast: Cast, otto: User, site: CustomerSite
    ) -> None:
        make_item(site)
        loaded("renewal-items", file(ITEMS, SUPPORT), by=otto)

        with tenancy.as_system():
            assert RenewalItem.objects.filter(settled_on=None).count() == 2


class TestAFileOfEntitlements:
    def test_brings_them(self, cast: Cast, otto: User, site: CustomerSite) -> None:
        support = "E-2,3100417,7403807,,support,E0ABCRR,10,2026-01-01,2026-12-31"
        delivery = loaded("entitlements", file(ENTITLEMENTS, LICENCE, support), by=otto)

        assert delivery.status == Status.LOADED, (delivery.errors, delivery.problem)
        with tenancy.scope(actor(cast.primary)):
            first, second = Entitlement.objects.order_by("reference")
        assert (first.description, first.metric, first.coverage_end) == (
            "Flow Designer, licence",
            "vpc",
            None,
        )
        assert (second.kind, second.coverage_end) == ("support", date(2026, 12, 31))
        with tenancy.scope(actor(cast.distributor)):
            assert [each.reference for each in Entitlement.objects.all()] == ["E-1"]

    def test_changes_nothing_when_it_comes_again(self, cast: Cast, otto: User, site: CustomerSite) -> None:
        loaded("entitlements", file(ENTITLEMENTS, LICENCE), by=otto)

        assert checked("entitlements", file(ENTITLEMENTS, LICENCE), by=otto).status == Status.UNCHANGED

    def test_changes_how_many_there_are(self, cast: Cast, otto: User, site: CustomerSite) -> None:
        loaded("entitlements", file(ENTITLEMENTS, LICENCE), by=otto)

        loaded("entitlements", file(ENTITLEMENTS, LICENCE.replace(",10,", ",25,")), by=otto)

        with tenancy.as_system():
            assert Entitlement.objects.get().quantity == 25

    @pytest.mark.parametrize(
        ("old", "new", "column", "code"),
        [
            ("3100417", "3199999", "customer_site", "unknown"),
            ("D0ABCLL", "D9ZZZLL", "part_number", "unknown_part"),
            (",10,", ",0,", "quantity", "whole"),
            ("licence", "support", "coverage_end", "no_end"),
            ("2025-01-01,", "2025-01-01,2025-12-31", "coverage_end", "licence_ends"),
            ("licence,D0ABCLL,10,2025-01-01,", "saas,D0ABCLL,10,2025-01-01,2024-12-31", "coverage_end",
             "ends_before_it_starts"),
        ],
    )  # fmt: skip
    def test_says_what_is_wrong_where(
        self, cast: Cast, otto: User, site: CustomerSite, old: str, new: str, column: str, code: str
    ) -> None:
        delivery = checked("entitlements", file(ENTITLEMENTS, LICENCE.replace(old, new)), by=otto)

        assert codes(delivery) == {(2, column, code)}
