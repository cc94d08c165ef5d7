"""A distributor proposes a deal on behalf of a reseller, who confirms it or does not."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from deals import actions
from deals.actions.proposing import A_DAY, as_content
from deals.models import Deal, Proposal, ProposalStatus
from deals.states import Status
from deals.tasks import proposals_due
from identity import tenancy
from identity.models import Membership
from notifications.models import Notice
from tests.cast import Cast, actor, signed_in
from tests.deals.factories import complete, make_customer, make_part

pytestmark = pytest.mark.django_db


def propose(by: Membership, number: str, *, now: datetime | None = None, **changes: object) -> Proposal:
    content = as_content(complete(**changes))
    with tenancy.scope(actor(by)):
        return actions.propose_deal(
            reseller_number=number, content=content, by=actor(by), now=now or timezone.now()
        )


def as_it_is(proposal: Proposal) -> Proposal:
    with tenancy.as_system():
        return Proposal.objects.get(id=proposal.id)


def draft_of(proposal: Proposal) -> Deal | None:
    with tenancy.as_system():
        return Deal.objects.filter(proposal_ref=proposal.public_id).first()


class TestAProposal:
    def test_becomes_a_draft_of_the_reseller_with_all_that_was_written(self, cast: Cast) -> None:
        customer = make_customer("Oasis Clinics")
        proposal = propose(cast.distributor, cast.site.number, customer=customer)
        assert proposals_due(now=timezone.now()) == 1
        deal = draft_of(proposal)
        assert deal is not None
        assert (deal.status, deal.site_id) == (Status.DRAFT, cast.site.id)
        assert (deal.customer_id, deal.product_summary, deal.value) == (customer.id, "D0ABCLL", 125_000_00)
        assert (deal.distributor_id, deal.proposed_by_name) == (
            cast.distributor_site.id,
            cast.distributor_site.name,
        )
        with tenancy.as_system():
            assert Notice.objects.filter(kind="deal.proposed").count() == 1

    def test_is_carried_once_however_often_the_job_runs(self, cast: Cast) -> None:
        propose(cast.distributor, cast.site.number)
        assert [proposals_due(now=timezone.now()) for _ in range(3)] == [1, 0, 0]
        with tenancy.as_system():
            assert Deal.objects.count() == 1

    def test_is_not_seen_by_the_distributor_as_a_deal_before_it_is_handed_in(self, cast: Cast) -> None:
        proposal = propose(cast.distributor, cast.site.number)
        proposals_due(now=timezone.now())
        deal = draft_of(proposal)
        assert deal is not None
        with tenancy.scope(actor(cast.distributor)):
            assert not Deal.objects.exists()
        with tenancy.scope(actor(cast.sales)):
            actions.submit_deal(deal, by=actor(cast.sales), now=timezone.now())
        with tenancy.scope(actor(cast.distributor)):
            assert Deal.objects.get().public_id == deal.public_id

    def test_looks_the_same_whether_or_not_there_is_such_a_site(self, cast: Cast) -> None:
        same = {"now": timezone.now(), "name": "Same"}
        known = propose(cast.distributor, cast.site.number, **same)
        unknown = propose(cast.distributor, "9999999", **same)
        distributors = propose(cast.distributor, cast.distributor_site.number, **same)
        proposals_due(now=timezone.now())
        shown = set()
        for proposal in (known, unknown, distributors):
            page = signed_in(cast.distributor).get(reverse("deals:proposal", args=[proposal.public_id]))
            body = page.content.decode().split("<main")[1].split("</main")[0]
            for own in (proposal.public_id, proposal.reseller_number, proposal.customer_name):
                body = body.replace(own, "~")
            shown.add(
                "".join(line for line in body.splitlines() if "form_token" not in line and "csrf" not in line)
            )
        assert len(shown) == 1
        assert {as_it_is(each).status for each in (known, unknown, distributors)} == {ProposalStatus.WAITING}

    def test_is_confirmed_when_the_reseller_hands_the_deal_in(self, cast: Cast) -> None:
        proposal = propose(cast.distributor, cast.site.number)
        proposals_due(now=timezone.now())
        deal = draft_of(proposal)
        assert deal is not None
        with tenancy.scope(actor(cast.sales)):
            actions.submit_deal(deal, by=actor(cast.sales), now=timezone.now())
        proposals_due(now=timezone.now())
        found = as_it_is(proposal)
        assert (found.status, found.deal_public_id) == (ProposalStatus.CONFIRMED, deal.public_id)

    def test_is_declined_with_a_word_to_the_distributor(self, cast: Cast) -> None:
        proposal = propose(cast.distributor, cast.site.number)
        proposals_due(now=timezone.now())
        deal = draft_of(proposal)
        assert deal is not None
        address = reverse("deals:decline", args=[deal.public_id])
        assert signed_in(cast.rival).post(address, {"text": "x"}).status_code == 404
        assert signed_in(cast.sales).post(address, {"text": "Registered last week."}).status_code == 302
        proposals_due(now=timezone.now())
        found = as_it_is(proposal)
        assert (found.status, found.answer) == (ProposalStatus.DECLINED, "Registered last week.")
        assert draft_of(proposal) is None
        page = signed_in(cast.distributor).get(reverse("deals:proposal", args=[proposal.public_id]))
        assert "Registered last week." in page.content.decode()

    def test_that_the_reseller_discards_is_declined_too(self, cast: Cast) -> None:
        proposal = propose(cast.distributor, cast.site.number)
        proposals_due(now=timezone.now())
        deal = draft_of(proposal)
        assert deal is not None
        with tenancy.scope(actor(cast.sales)):
            actions.discard_draft(deal, by=actor(cast.sales), now=timezone.now())
        proposals_due(now=timezone.now())
        assert as_it_is(proposal).status == ProposalStatus.DECLINED

    def test_lapses_when_nobody_answers_and_is_not_carried_twice(self, cast: Cast) -> None:
        known, unknown = propose(cast.distributor, cast.site.number), propose(cast.distributor, "9999999")
        proposals_due(now=timezone.now())
        proposals_due(now=timezone.now() + timedelta(days=13))
        assert as_it_is(known).status == ProposalStatus.WAITING
        proposals_due(now=timezone.now() + timedelta(days=15))
        assert {as_it_is(known).status, as_it_is(unknown).status} == {ProposalStatus.LAPSED}
        assert draft_of(known) is None  # nobody had written in it

    def test_leaves_a_draft_that_the_reseller_has_begun_to_change(self, cast: Cast) -> None:
        proposal = propose(cast.distributor, cast.site.number)
        proposals_due(now=timezone.now())
        deal = draft_of(proposal)
        assert deal is not None
        with tenancy.scope(actor(cast.sales)):
            actions.save_draft(deal, changes={"name": "Mine"}, by=actor(cast.sales), now=timezone.now())
        proposals_due(now=timezone.now() + timedelta(days=15))
        assert draft_of(proposal) is not None

    def test_can_be_taken_back_until_it_is_answered(self, cast: Cast) -> None:
        proposal = propose(cast.distributor, cast.site.number)
        proposals_due(now=timezone.now())
        address = reverse("deals:take_back_proposal", args=[proposal.public_id])
        assert signed_in(cast.distributor).post(address).status_code == 302
        proposals_due(now=timezone.now())
        assert draft_of(proposal) is None
        with tenancy.scope(actor(cast.distributor)), pytest.raises(actions.ProposalClosed):
            actions.take_back_proposal(proposal, by=actor(cast.distributor), now=timezone.now())

    def test_is_one_of_thirty_a_day_at_most(self, cast: Cast) -> None:
        for _ in range(A_DAY):
            propose(cast.distributor, "9999999")
        with pytest.raises(actions.TooManyProposals):
            propose(cast.distributor, "9999999")


class TestTheForm:
    def fields(self, cast: Cast) -> dict[str, str]:
        make_part("D0ABCLL")
        return {
            "reseller_number": cast.site.number.lstrip("0"),
            "customer_name": "Oasis Clinics",
            "customer_country": "EG",
            "contact_name": "Laila Nassar",
            "contact_email": "laila@oasis.example",
            "part_1": "d0abcll",
            "quantity_1": "5",
            "name": "Branches",
            "value": "125000",
            "currency": "EGP",
            "close_on": (timezone.now() + timedelta(days=30)).date().isoformat(),
            "stage": "qualified",
            "deal_type": "new",
        }

    def test_makes_a_proposal_and_leads_to_it(self, cast: Cast) -> None:
        response = signed_in(cast.distributor).post(reverse("deals:propose"), self.fields(cast))
        with tenancy.scope(actor(cast.distributor)):
            proposal = Proposal.objects.get()
        assert response.headers["Location"] == reverse("deals:proposal", args=[proposal.public_id])
        assert proposal.content["value"] == 125_000_00
        assert proposal.content["products"] == [["D0ABCLL", 5]]

    def test_names_what_is_wrong_and_keeps_what_was_typed(self, cast: Cast) -> None:
        wrong = self.fields(cast) | {"reseller_number": "74x", "value": "much", "part_1": "NOPE"}
        response = signed_in(cast.distributor).post(reverse("deals:propose"), wrong)
        body = response.content.decode()
        assert response.status_code == 422
        for text in ("up to seven digits", "not an amount", "is not sold", "Oasis Clinics"):
            assert text in body

    def test_is_for_distributors_alone(self, cast: Cast) -> None:
        for who in (cast.sales, cast.deal_desk):
            assert signed_in(who).get(reverse("deals:propose")).status_code == 403
        assert signed_in(cast.distributor).get(reverse("deals:propose")).status_code == 200
