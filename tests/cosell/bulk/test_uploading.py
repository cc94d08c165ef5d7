"""Deals sent as a file: rows that are right are done, the others come back with what to put right (C13)."""

from __future__ import annotations

import pytest

from cosell.models import Location, Referral, Solution, VendorReferral
from cosell.states import SalesStage, Sharing, Substatus
from identity import tenancy
from identity.models import AuditEvent, Membership, Role
from tests.cast import Cast
from tests.cosell.bulk.sending import HELP, fields, flaws, outcomes, row, sent
from tests.cosell.factories import give_role, make_location, make_referral, make_solution
from tests.factories import make_member

pytestmark = pytest.mark.django_db


def deals(**conditions: object) -> list[Referral]:
    with tenancy.as_system():
        return list(Referral.objects.filter(**conditions).order_by("id"))


class TestNewDeals:
    def test_a_row_without_a_referral_id_begins_a_deal_through_the_action(
        self, cast: Cast, admin: Membership, cairo: Location
    ) -> None:
        upload = sent(admin, row(stage="Proposed", crm_id="CRM-7", solution=["Nile Payroll; 3; 1,500.50"]))
        assert flaws(upload) == []
        assert (upload.created, upload.updated, upload.unprocessed) == (1, 0, 0)
        (deal,) = deals()
        assert (deal.name, deal.location_id, deal.value, deal.currency) == (
            "Payroll for the mills", cairo.id, 2_500_000, "USD",
        )  # fmt: skip
        assert (deal.sharing, deal.stage, deal.substatus) == (
            Sharing.PARTNER_LED,
            SalesStage.PROPOSED,
            "accepted",
        )
        with tenancy.as_system():
            wanted = deal.solutions.get()
            assert (wanted.name, wanted.quantity, wanted.price) == ("Nile Payroll", 3, 150_050)
            mate = deal.team.get()
            assert (mate.first_name, mate.last_name, mate.phone) == ("Amira", "Haddad", "+20 2 5550 0100")
            assert AuditEvent.objects.filter(event="referral.made", object_id=deal.public_id).count() == 1

    def test_a_row_that_asks_for_help_invites_the_vendor(self, admin: Membership) -> None:
        upload = sent(admin, row(**HELP))
        assert flaws(upload) == []
        (deal,) = deals()
        assert (deal.sharing, deal.help_type, deal.consent_sellers) == (Sharing.COSELL, "proof", True)
        with tenancy.as_system():
            assert VendorReferral.objects.get(referral=deal).substatus == Substatus.RECEIVED

    def test_a_colleague_on_the_team_is_found_by_the_address_and_sees_the_deal(
        self, cast: Cast, admin: Membership
    ) -> None:
        give_role(cast.sales, Role.REFERRALS_USER)
        sent(admin, row(team_member=[f"Nadia; Farouk; {cast.sales.email.upper()}; +20 2 5550 0101"]))
        assert cast.sales.user_id in deals()[0].team_user_ids

    def test_a_colleague_of_two_companies_is_found_at_the_one_that_sends(
        self, cast: Cast, admin: Membership
    ) -> None:
        make_member(cast.rival_site, admin.name, user=admin.user)
        upload = sent(admin, row(team_member=[f"Amira; Haddad; {admin.email}; +20 2 5550 0101"]))
        assert flaws(upload) == []
        with tenancy.as_system():
            assert deals()[0].team.get().membership == admin

    def test_the_pieces_of_a_cell_may_be_parted_as_in_arabic(self, admin: Membership) -> None:
        mate, solution = "أميرة؛ حداد؛ amira@nile.example؛ +20 2 5550 0100", "Nile Payroll؛ 3؛ 1500.50"
        assert flaws(sent(admin, row(team_member=[mate], solution=[solution]))) == []
        with tenancy.as_system():
            wanted, who = deals()[0].solutions.get(), deals()[0].team.get()
        assert (wanted.quantity, wanted.price, who.last_name) == (3, 150_050, "حداد")

    def test_a_bad_row_is_left_out_and_the_rest_goes_in(self, admin: Membership) -> None:
        upload = sent(
            admin,
            row(deal_name="one"),
            row(deal_name="two", currency="XYZ"),
            row(deal_name="three", value="4,50"),
        )
        assert outcomes(upload) == ["created", "unprocessed", "created"]
        assert [deal.name for deal in deals()] == ["one", "three"]
        assert fields(upload) == ["Currency"]

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"country": "Atlantis"}, "Country"),
            ({"status": "Perhaps"}, "Status"),
            ({"stage": "half way"}, "Sales Stage"),
            ({"help_type": "7"} | {"share": "Yes"}, "Help Type"),
            ({"reason": "9"}, "Declined/Lost Reason"),
            ({"currency": "dollars"}, "Currency"),
            ({"value": "a lot"}, "Estimated Value"),
            ({"value": "0"}, "Estimated Value"),
            ({"value": "12.345"}, "Estimated Value"),
            ({"close_on": "31 February 2031"}, "Estimated Close Date"),
            ({"close_on": "03/04/2031"}, "Estimated Close Date"),
            ({"close_on": "2001-01-01"}, "Estimated Close Date"),
            ({"consent": ""}, "Consent"),
            ({"consent": "No"}, "Consent"),
            ({"help_required": "perhaps"}, "Help Required"),
            ({"duns": "12"}, None),
            ({"duns": "12a"}, "D-U-N-S"),
            ({"deal_name": ""}, "Deal Name"),
            ({"deal_name": "x" * 121}, "Deal Name"),
            ({"location": "Atlantis"}, "Location"),
            ({"substatus": "Won"}, "Substatus"),
            ({"status": "Closed", "substatus": "Won"}, "Substatus"),
            ({"stage": "Won"}, "Sales Stage"),
            ({"solution": ["Nile Nothing"]}, "Solution 1"),
            ({"solution": []}, "Solution 1"),
            ({"solution": ["Nile Payroll", "Nile Payroll"]}, "Solution 2"),
            ({"solution": ["Nile Payroll; none"]}, "Solution 1"),
            ({"team_member": ["Amira Haddad"]}, "Team Member 1"),
            ({"team_member": ["Amira; Haddad; no address; +20"]}, "Team Member 1"),
            ({"team_member": []}, "Team Member 1"),
        ],
    )
    def test_what_is_wrong_is_named_by_its_field(
        self, admin: Membership, changes: dict[str, str], field: str | None
    ) -> None:
        upload = sent(admin, row(**changes))
        assert set(fields(upload)) == ({field} if field else set())
        assert bool(deals()) is (field is None)

    def test_asking_for_help_takes_a_contact_and_the_kind_of_help(self, admin: Membership) -> None:
        upload = sent(admin, row(help_required="Yes"))
        assert set(fields(upload)) == {
            "Help Type", "Contact First Name", "Contact Last Name", "Contact Phone", "Contact E-mail",
        }  # fmt: skip

    def test_of_several_locations_the_row_names_one_of_ones_own(self, cast: Cast, admin: Membership) -> None:
        make_location(cast.site, "Luxor")
        make_location(cast.rival_site, "Gdynia")
        upload = sent(
            admin, row(location="luxor"), row(deal_name="nowhere"), row(deal_name="theirs", location="Gdynia")
        )
        assert outcomes(upload) == ["created", "unprocessed", "unprocessed"]
        assert fields(upload) == ["Location", "Location"]
        assert deals()[0].location_name == "Luxor"

    def test_an_administrator_of_one_location_begins_none_at_another(
        self, cast: Cast, cairo: Location, payroll: Solution
    ) -> None:
        luxor = make_location(cast.site, "Luxor")
        here = give_role(cast.primary, Role.REFERRALS_ADMIN, at=[luxor])
        upload = sent(here, row(location="Cairo"), row(deal_name="here", location="Luxor"))
        assert outcomes(upload) == ["unprocessed", "created"]
        assert fields(upload) == ["Location"]

    def test_anothers_solution_cannot_be_chosen(self, cast: Cast, admin: Membership) -> None:
        theirs = make_solution(cast.rival_site, "Vistula Payroll")
        upload = sent(admin, row(solution=[theirs.name]), row(deal_name="by id", solution=[theirs.public_id]))
        assert fields(upload) == ["Solution 1", "Solution 1"]

    def test_a_referrals_user_begins_none_and_is_told_who_can(
        self, cast: Cast, cairo: Location, payroll: Solution
    ) -> None:
        upload = sent(give_role(cast.sales, Role.REFERRALS_USER), row())
        ((field, rule),) = flaws(upload)
        assert field == ""
        assert "account administrator" in rule

    def test_the_same_row_twice_makes_one_deal(self, admin: Membership) -> None:
        upload = sent(admin, row(), row(), row(deal_name="another"))
        assert outcomes(upload) == ["created", "unprocessed", "created"]
        assert "Row 2 " in flaws(upload)[0][1]


class TestDealsThatAreThere:
    @pytest.fixture
    def deal(self, cast: Cast, admin: Membership, cairo: Location, payroll: Solution) -> Referral:
        return make_referral(
            cast.site,
            cairo,
            team=[cast.primary],
            solutions=[payroll],
            sharing=Sharing.PARTNER_LED,
            name="as it was",
        )

    def as_it_is(self, deal: Referral, **changes: object) -> list[str]:
        """The row of a download, with these changes."""
        with tenancy.as_system():
            deal.refresh_from_db()
            mate = deal.team.get()
            from cosell.bulk.columns import COLUMNS, team_cell

            said = {column.name: column.write(deal) for column in COLUMNS}
            return row(**{**said, "team_member": [team_cell(mate)], **changes})

    def test_a_row_as_downloaded_changes_nothing(self, admin: Membership, deal: Referral) -> None:
        upload = sent(admin, self.as_it_is(deal))
        assert flaws(upload) == []
        assert (upload.unchanged, upload.updated) == (1, 0)
        assert deals()[0].version == deal.version

    def test_a_row_with_a_referral_id_changes_that_deal(self, admin: Membership, deal: Referral) -> None:
        upload = sent(admin, self.as_it_is(deal, deal_name="as it is now", value="999.50"))
        assert flaws(upload) == []
        (now,) = deals()
        assert (now.name, now.value, upload.updated) == ("as it is now", 99_950, 1)
        assert now.version > deal.version

    def test_a_deal_that_was_changed_meanwhile_is_left_as_it_is(
        self, admin: Membership, deal: Referral
    ) -> None:
        stale = self.as_it_is(deal, deal_name="mine")
        sent(admin, self.as_it_is(deal, deal_name="somebody else's"))
        upload = sent(admin, stale)
        assert fields(upload) == ["Version"]
        assert "changed meanwhile" in flaws(upload)[0][1]
        assert deals()[0].name == "somebody else's"

    def test_without_its_version_no_deal_is_changed(self, admin: Membership, deal: Referral) -> None:
        assert fields(sent(admin, self.as_it_is(deal, version="", deal_name="mine"))) == ["Version"]

    def test_anothers_referral_id_and_one_that_never_was_get_the_same_answer(
        self, cast: Cast, admin: Membership
    ) -> None:
        theirs = make_referral(cast.rival_site, name="theirs")
        upload = sent(
            admin, row(referral_id=theirs.public_id, version=1), row(referral_id="zzzzzzzzzzzz", version=1)
        )
        one, other = flaws(upload)
        assert one == other == ("Referral ID", "You have no deal with this Referral ID.")
        assert [deal.name for deal in deals()] == ["theirs"]

    def test_a_deal_is_won_lost_and_shared_further(self, admin: Membership, deal: Referral) -> None:
        assert flaws(sent(admin, self.as_it_is(deal, **HELP))) == []
        assert deals()[0].sharing == Sharing.COSELL
        assert flaws(sent(admin, self.as_it_is(deal, status="Closed", substatus="Won", stage="Won"))) == []
        assert deals()[0].substatus == Substatus.WON

    def test_losing_takes_a_reason(self, admin: Membership, deal: Referral) -> None:
        lost = {"status": "Closed", "substatus": "Lost"}
        assert fields(sent(admin, self.as_it_is(deal, **lost))) == ["Declined/Lost Reason"]
        assert flaws(sent(admin, self.as_it_is(deal, **lost, reason="6"))) == []
        assert (deals()[0].substatus, deals()[0].reason) == (Substatus.LOST, "timeline")

    def test_what_was_shared_is_not_taken_back(self, admin: Membership, deal: Referral) -> None:
        assert fields(sent(admin, self.as_it_is(deal, share="No"))) == ["Share With Sales"]

    def test_the_location_never_changes(self, cast: Cast, admin: Membership, deal: Referral) -> None:
        make_location(cast.site, "Luxor")
        assert fields(sent(admin, self.as_it_is(deal, location="Luxor"))) == ["Location"]

    @pytest.mark.parametrize("substatus", ["won", "lost", "declined", "expired"])
    def test_what_is_closed_stays_untouched(
        self, cast: Cast, admin: Membership, cairo: Location, payroll: Solution, substatus: str
    ) -> None:
        deal = make_referral(
            cast.site,
            cairo,
            team=[cast.primary],
            solutions=[payroll],
            sharing=Sharing.PRIVATE,
            substatus=substatus,
        )
        again = {"status": "Active", "substatus": "Accepted"}
        upload = sent(admin, self.as_it_is(deal, deal_name="other"), self.as_it_is(deal, **again))
        assert outcomes(upload) == ["unprocessed", "unprocessed"]
        (now,) = deals()
        assert (now.name, now.substatus, now.version) == (deal.name, substatus, deal.version)

    def test_an_answer_is_given_in_the_file_and_a_step_too_far_is_refused(
        self, cast: Cast, admin: Membership, cairo: Location, payroll: Solution
    ) -> None:
        asked = make_referral(
            cast.site, cairo, team=[cast.primary], solutions=[payroll], substatus="received", direction="incoming",
            origin="vendor", **{name: value for name, value in HELP.items() if name.startswith("contact")},
            help_type="proof",
        )  # fmt: skip
        too_far = sent(admin, self.as_it_is(asked, status="Closed", substatus="Won"))
        assert fields(too_far) == ["Substatus"]
        assert flaws(sent(admin, self.as_it_is(asked, status="Active", substatus="Accepted"))) == []
        assert deals()[0].substatus == Substatus.ACCEPTED

    def test_of_two_rows_about_one_deal_the_first_counts(self, admin: Membership, deal: Referral) -> None:
        upload = sent(admin, self.as_it_is(deal, deal_name="first"), self.as_it_is(deal, deal_name="second"))
        assert outcomes(upload) == ["updated", "unprocessed"]
        assert deals()[0].name == "first"

    def test_a_user_changes_what_they_see_and_nothing_else(
        self, cast: Cast, admin: Membership, cairo: Location, payroll: Solution
    ) -> None:
        nadia = give_role(cast.sales, Role.REFERRALS_USER)
        hers = make_referral(cast.site, cairo, team=[nadia], solutions=[payroll], sharing=Sharing.PRIVATE)
        other = make_referral(cast.site, cairo, team=[admin], solutions=[payroll], sharing=Sharing.PRIVATE)
        upload = sent(nadia, self.as_it_is(hers, city="Luxor"), self.as_it_is(other, city="Luxor"))
        assert outcomes(upload) == ["updated", "unprocessed"]
        assert fields(upload) == ["Referral ID"]
