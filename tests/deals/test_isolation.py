"""Whose deals one sees: a site its own, a distributor those that name it, the vendor all but drafts."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from customers.models import CustomerContact
from deals import actions
from deals.actions.proposing import as_content
from deals.models import Deal, DealEvent, DealProduct, Opportunity
from deals.states import Status
from deals.tasks import proposals_due
from identity import tenancy
from identity.models import Membership, User
from tests.cast import Cast, actor
from tests.deals.factories import complete, do, make_deal, make_draft, make_part

pytestmark = pytest.mark.django_db


def seen(who: Membership | User, model: type = Deal) -> set[int]:
    """The ids of the rows that somebody sees; none where they may not even ask."""
    try:
        with tenancy.scope(actor(who)), transaction.atomic():
            return set(model.objects.values_list("id", flat=True))  # type: ignore[attr-defined]
    except DatabaseError:
        return set()


class TestADraft:
    def test_is_seen_by_its_site_alone(self, cast: Cast) -> None:
        draft = make_draft(cast.sales, distributor=cast.distributor_site)
        assert seen(cast.sales) == seen(cast.primary) == {draft.id}
        for person in (cast.rival, cast.distributor, cast.other_distributor, cast.deal_desk):
            assert seen(person) == set()
            assert seen(person, DealProduct) == set()
            assert seen(person, DealEvent) == set()
        assert len(seen(cast.sales, DealProduct)) == len(seen(cast.sales, DealEvent)) == 1


class TestASubmittedDeal:
    def test_is_seen_by_its_site_the_distributor_it_names_and_the_vendor(self, cast: Cast) -> None:
        deal = make_deal(cast)
        for person in (cast.sales, cast.distributor, cast.deal_desk):
            assert seen(person) == {deal.id}
            assert len(seen(person, DealProduct)) == 1
            assert len(seen(person, DealEvent)) == 2

    def test_is_not_seen_by_a_rival_or_another_distributor(self, cast: Cast) -> None:
        make_deal(cast)
        for person in (cast.rival, cast.other_distributor):
            assert not seen(person) | seen(person, DealProduct) | seen(person, DealEvent)

    def test_without_a_distributor_no_distributor_sees_it(self, cast: Cast) -> None:
        deal = make_draft(cast.sales, distributor=None)
        with tenancy.scope(actor(cast.sales)):
            actions.submit_deal(deal, by=actor(cast.sales), now=deal.created_at)
        assert seen(cast.distributor) == set()
        assert seen(cast.deal_desk) == {deal.id}

    def test_follows_the_distributor_that_is_named_after_its_return(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.RETURNED)
        with tenancy.scope(actor(cast.sales)):
            changes = {"distributor": cast.other_distributor_site}
            actions.save_draft(deal, changes=changes, by=actor(cast.sales), now=deal.updated_at)
        for model in (Deal, DealProduct, DealEvent):
            assert seen(cast.distributor, model) == set()
            assert seen(cast.other_distributor, model) != set()


class TestAnInternalNote:
    def test_is_seen_by_the_vendor_alone(self, cast: Cast) -> None:
        deal = make_deal(cast)
        desk = actor(cast.deal_desk)
        with tenancy.scope(desk):
            note = actions.comment_on_deal(
                deal, text="Ours", visible_to="staff", by=desk, now=deal.updated_at
            )
        assert note.id in seen(cast.deal_desk, DealEvent)
        for person in (cast.sales, cast.distributor):
            assert note.id not in seen(person, DealEvent)

    def test_cannot_be_written_by_a_partner(self, cast: Cast) -> None:
        deal = make_deal(cast)
        with tenancy.scope(actor(cast.sales)):
            note = actions.comment_on_deal(
                deal, text="Mine", visible_to="staff", by=actor(cast.sales), now=deal.updated_at
            )
        assert note.visible_to == "all"


class TestNoRowLeadsToAnotherTenant:
    """Foreign keys do not ask policies, so theirs include the site."""

    def test_a_product_of_ones_own_cannot_be_hung_onto_a_rivals_deal(self, cast: Cast) -> None:
        ours = make_draft(cast.sales)
        theirs = make_draft(cast.rival)
        sql = (
            "INSERT INTO deals_dealproduct (deal_id, site_id, reader_id, submitted, position, part_id,"
            " part_number, description, line, quantity)"
            " VALUES (%s, %s, 0, false, 2, %s, 'x', 'x', 'x', 1)"
        )
        part = make_part()
        with tenancy.scope(actor(cast.sales)), connection.cursor() as cursor:
            cursor.execute(sql, [ours.id, ours.site_id, part.id])
            for site_id in (ours.site_id, theirs.site_id):
                with pytest.raises(DatabaseError), transaction.atomic():
                    cursor.execute(sql, [theirs.id, site_id, part.id])

    def test_an_event_cannot_be_hung_onto_a_rivals_deal(self, cast: Cast) -> None:
        theirs = make_deal(cast, by=cast.rival)
        event = DealEvent(
            deal=theirs, site_id=cast.site.id, reader_id=cast.distributor_site.id, submitted=True,
            at=theirs.updated_at, kind="commented", actor_kind="reseller", actor_name="x",
        )  # fmt: skip
        with tenancy.scope(actor(cast.sales)), pytest.raises(DatabaseError), transaction.atomic():
            event.save()

    def test_a_distributor_cannot_comment_on_what_does_not_name_it(self, cast: Cast) -> None:
        deal = make_deal(cast)
        who = actor(cast.other_distributor)
        event = DealEvent(
            deal=deal, site_id=deal.site_id, reader_id=who.site_id, submitted=True, at=deal.updated_at,
            kind="commented", actor_kind="distributor", actor_name="x",
        )  # fmt: skip
        with tenancy.scope(who), pytest.raises(DatabaseError), transaction.atomic():
            event.save()

    @pytest.mark.parametrize("column", ["owner_id", "opportunity_id", "previous_id"])
    def test_a_deal_cannot_point_to_a_rivals_row(self, cast: Cast, column: str) -> None:
        deal = make_draft(cast.sales)
        with tenancy.scope(actor(cast.rival)):
            theirs = {
                "owner_id": cast.rival.id,
                "opportunity_id": actions.note_opportunity(
                    name="x", by=actor(cast.rival), now=deal.created_at
                ).id,
                "previous_id": actions.begin_deal(by=actor(cast.rival), now=deal.created_at).id,
            }
        with tenancy.scope(actor(cast.sales)), pytest.raises(DatabaseError), transaction.atomic():
            Deal.objects.filter(id=deal.id).update(**{column: theirs[column]})

    def test_a_deal_is_written_for_ones_own_site_only(self, cast: Cast) -> None:
        deal = make_draft(cast.rival, empty=True)
        deal.id, deal.public_id = None, "somebodyelse"
        refused = pytest.raises(DatabaseError, match="row-level security")
        with tenancy.scope(actor(cast.sales)), refused, transaction.atomic():
            deal.save(force_insert=True)


class TestWhatIsTheSitesOwn:
    def test_contacts_and_opportunities_are_seen_by_nobody_else(self, cast: Cast) -> None:
        deal = make_deal(cast)
        with tenancy.scope(actor(cast.sales)):
            actions.note_opportunity(name="x", by=actor(cast.sales), now=deal.created_at)
        for model in (CustomerContact, Opportunity):
            assert len(seen(cast.sales, model)) == 1
            for person in (cast.rival, cast.distributor, cast.deal_desk):
                assert seen(person, model) == set()


class TestADistributorThatTakesAnothersPlace:
    def test_does_not_read_what_the_other_said(self, cast: Cast) -> None:
        deal = make_deal(cast)
        with tenancy.scope(actor(cast.distributor)):
            by = actor(cast.distributor)
            said = actions.comment_on_deal(deal, text="We have stock.", by=by, now=deal.created_at)
        with tenancy.scope(actor(cast.sales)):
            own = actions.comment_on_deal(deal, text="Thank you.", by=actor(cast.sales), now=deal.created_at)
        assert {said.id, own.id} <= seen(cast.distributor, DealEvent)
        deal = do("return", deal, partner=cast.sales, staff=cast.deal_desk)
        with tenancy.scope(actor(cast.sales)):
            changes = {"distributor": cast.other_distributor.site}
            actions.save_draft(deal, changes=changes, by=actor(cast.sales), now=deal.created_at)
        deal = do("submit", deal, partner=cast.sales, staff=cast.deal_desk)
        assert own.id in seen(cast.other_distributor, DealEvent)
        assert said.id not in seen(cast.other_distributor, DealEvent)
        assert said.id in seen(cast.sales, DealEvent)
        assert seen(cast.distributor, DealEvent) == set()

    def test_does_not_speak_for_the_other(self, cast: Cast) -> None:
        deal = make_deal(cast)
        event = DealEvent(
            deal=deal,
            **deal.readers(),
            at=deal.created_at,
            kind="commented",
            actor_kind="distributor",
            actor_name="x",
            distributor_id=cast.other_distributor.site_id,
        )
        with tenancy.scope(actor(cast.distributor)), pytest.raises(DatabaseError), transaction.atomic():
            event.save(force_insert=True)

    def test_does_not_learn_who_proposed_the_deal(self, cast: Cast) -> None:
        content = as_content(complete(name="Proposed"))
        with tenancy.scope(actor(cast.distributor)):
            actions.propose_deal(
                reseller_number=cast.site.number,
                content=content,
                by=actor(cast.distributor),
                now=timezone.now(),
            )
        proposals_due(now=timezone.now())
        own = actor(cast.sales)
        with tenancy.scope(own):
            deal = Deal.objects.get(name="Proposed")
            changes = {"distributor": cast.other_distributor.site}
            deal = actions.save_draft(deal, changes=changes, by=own, now=timezone.now())
            deal = actions.submit_deal(deal, by=own, now=timezone.now())
        with tenancy.scope(actor(cast.other_distributor)):
            assert Deal.objects.get(id=deal.id).proposed_by_name == ""
            assert not DealEvent.objects.filter(deal=deal, kind="proposed").exists()
        with tenancy.scope(own):
            assert DealEvent.objects.filter(deal=deal, kind="proposed").exists()
