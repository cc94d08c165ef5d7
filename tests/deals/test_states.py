"""The life of a deal as the database holds to it, tried with plain SQL as every role.

What the table in deals/states.py allows succeeds; whatever else one may think of is refused.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
import pytest
from django.db import DatabaseError, connection, transaction

from deals.models import Deal, DealEvent, DealProduct
from deals.states import TERMINAL, TRANSITIONS, Status
from identity import tenancy
from identity.actors import Actor
from identity.tenancy import DISTRIBUTOR, RESELLER, STAFF, SYSTEM
from tests.cast import Cast, actor
from tests.deals.factories import make_customer, make_deal, make_draft, make_part

pytestmark = pytest.mark.django_db

# What else a state needs, so that nothing but the transition itself can be refused.
BROUGHT_ALONG = {
    Status.SUBMITTED: "submission_ref = coalesce(submission_ref, 'S-TEST'), typed = '{}',"
    " submitted_at = coalesce(submitted_at, now()), decision_due_at = now()",
    Status.UNDER_REVIEW: "decision_due_at = now()",
    Status.RETURNED: "decided_at = now(), decision_text = 'x'",
    Status.APPROVED: "number = coalesce(number, 'DR-TEST'), approved_at = now(), expires_at = now()",
    Status.WON: "closed_at = now()",
    Status.LOST: "closed_at = now(), outcome_code = 'budget'",
    Status.EXPIRED: "closed_at = now()",
    Status.REJECTED: "closed_at = now(), decided_at = now(), decision_code = 'other', decision_text = 'x'",
    Status.WITHDRAWN: "closed_at = now()",
    Status.REVOKED: "closed_at = now(), outcome_text = 'x'",
}


def roles(cast: Cast) -> dict[str, Actor]:
    return {
        RESELLER: actor(cast.sales),
        DISTRIBUTOR: actor(cast.distributor),
        STAFF: actor(cast.deal_desk),
        SYSTEM: Actor.system(),
    }


def succeeds(who: Actor, sql: str, *params: object) -> bool:
    """Whether a statement changes a row for this actor; it is undone either way."""
    try:
        with tenancy.scope(who), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, params)
            changed = cursor.rowcount
            transaction.set_rollback(True)
    except DatabaseError:
        return False
    return changed == 1


@contextmanager
def as_superuser() -> Iterator[Any]:
    """A connection that no policy binds, which sees only what is committed."""
    with psycopg2.connect(os.environ["TEST_DATABASE_ADMIN_URL"]) as admin, admin.cursor() as cursor:
        yield cursor
    admin.close()


class TestATransition:
    @pytest.mark.parametrize("before", Status.values)
    def test_is_made_by_whom_it_is_for_and_by_nobody_else(self, cast: Cast, before: str) -> None:
        deal = make_deal(cast, before, customer=make_customer())
        for after in Status.values:
            if after == before:
                continue
            columns = ", ".join(filter(None, [BROUGHT_ALONG.get(Status(after), ""), "remind_at = NULL"]))
            sql = f"UPDATE deals_deal SET status = %s, {columns} WHERE id = %s"
            for role, who in roles(cast).items():
                allowed = role in TRANSITIONS.get((before, after), ())
                assert succeeds(who, sql, after, deal.id) is allowed, f"{role}: {before} to {after}"

    def test_every_state_can_be_left_or_is_terminal(self) -> None:
        assert {before for before, _ in TRANSITIONS} == set(Status.values) - set(TERMINAL)


class TestATerminalDeal:
    @pytest.mark.parametrize("status", TERMINAL)
    def test_is_never_changed_by_anybody(self, cast: Cast, status: str) -> None:
        deal = make_deal(cast, status)
        for who in roles(cast).values():
            for change in ("updated_at = now()", "version = version + 1", "status = status"):
                assert not succeeds(who, f"UPDATE deals_deal SET {change} WHERE id = %s", deal.id)
            assert not succeeds(who, "DELETE FROM deals_deal WHERE id = %s", deal.id)
            assert not succeeds(who, "DELETE FROM deals_dealproduct WHERE deal_id = %s", deal.id)
            assert not succeeds(who, "UPDATE deals_dealproduct SET quantity = 1 WHERE deal_id = %s", deal.id)

    def test_can_still_be_commented_on(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.REJECTED)
        sql = (
            "INSERT INTO deals_dealevent (deal_id, site_id, reader_id, submitted, at, kind, actor_kind,"
            " actor_name, visible_to, code, text) VALUES (%s, %s, %s, true, now(), 'commented', 'reseller',"
            " 'x', 'all', '', 'x')"
        )
        assert succeeds(actor(cast.sales), sql, deal.id, deal.site_id, deal.distributor_id)

    @pytest.mark.django_db(transaction=True)
    def test_is_not_even_changed_by_a_superuser(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.WON)
        with pytest.raises(psycopg2.IntegrityError, match="never changed"), as_superuser() as cursor:
            cursor.execute("UPDATE deals_deal SET value = 1 WHERE id = %s", [deal.id])
        with pytest.raises(psycopg2.IntegrityError, match="never deleted"), as_superuser() as cursor:
            cursor.execute("DELETE FROM deals_deal WHERE id = %s", [deal.id])


class TestWhatWasSubmitted:
    @pytest.mark.parametrize(
        "change",
        [
            "name = 'x'", "value = 1", "currency = 'EUR'", "customer_name = 'x'", "distributor_id = NULL",
            "product_summary = 'x'", "contact_name = 'x'",
        ],
    )  # fmt: skip
    def test_is_frozen_until_it_comes_back(self, cast: Cast, change: str) -> None:
        sql = f"UPDATE deals_deal SET {change} WHERE id = %s"
        for status in (Status.SUBMITTED, Status.UNDER_REVIEW):
            assert not succeeds(actor(cast.sales), sql, make_deal(cast, status).id)
        for status in (Status.DRAFT, Status.RETURNED):
            assert succeeds(actor(cast.sales), sql, make_deal(cast, status).id)

    def test_its_products_are_frozen_too(self, cast: Cast) -> None:
        sql = "UPDATE deals_dealproduct SET quantity = 7 WHERE deal_id = %s"
        assert not succeeds(actor(cast.sales), sql, make_deal(cast, Status.SUBMITTED).id)
        assert succeeds(actor(cast.sales), sql, make_deal(cast, Status.RETURNED).id)

    def test_next_steps_go_on(self, cast: Cast) -> None:
        sql = "UPDATE deals_deal SET next_steps = 'x', stage = 'proposed' WHERE id = %s"
        assert succeeds(actor(cast.sales), sql, make_deal(cast, Status.APPROVED).id)

    @pytest.mark.parametrize("role", [RESELLER, STAFF, SYSTEM])
    @pytest.mark.parametrize(
        "change",
        ["number = 'DR-OTHER'", "submission_ref = 'S-OTHER'", "submitted_at = now()", "site_id = site_id + 1",
         "public_id = 'other'", "created_at = now()"],
    )  # fmt: skip
    def test_numbers_and_the_first_submission_never_change(self, cast: Cast, role: str, change: str) -> None:
        deal = make_deal(cast, Status.APPROVED)
        assert not succeeds(roles(cast)[role], f"UPDATE deals_deal SET {change} WHERE id = %s", deal.id)

    def test_is_not_deleted_while_a_draft_is(self, cast: Cast) -> None:
        sql = "DELETE FROM deals_deal WHERE id = %s"
        for who in roles(cast).values():
            assert not succeeds(who, sql, make_deal(cast).id)
        assert succeeds(actor(cast.sales), sql, make_draft(cast.sales).id)

    def test_a_partner_gives_no_numbers_and_no_decisions(self, cast: Cast) -> None:
        deal = make_deal(cast)
        for change in (
            "number = 'DR-MINE'",
            "decided_at = now()",
            "expires_at = now()",
            "reviewer_name = 'x'",
        ):
            assert not succeeds(actor(cast.sales), f"UPDATE deals_deal SET {change} WHERE id = %s", deal.id)

    def test_staff_do_not_write_for_the_partner(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.RETURNED)
        for change in ("value = 1", "next_steps = 'x'", "owner_name = 'x'", "distributor_id = NULL"):
            assert not succeeds(
                actor(cast.deal_desk), f"UPDATE deals_deal SET {change} WHERE id = %s", deal.id
            )


class TestAState:
    @pytest.mark.parametrize(
        ("status", "sets"),
        [
            (
                Status.SUBMITTED,
                "submission_ref = 'S-X', submitted_at = now(), decision_due_at = now(), name = ''",
            ),
            (
                Status.SUBMITTED,
                "submission_ref = 'S-X', submitted_at = now(), decision_due_at = now(), value = 0",
            ),
            (Status.SUBMITTED, "submission_ref = 'S-X', submitted_at = now(), decision_due_at = NULL"),
            (Status.SUBMITTED, "submission_ref = NULL, submitted_at = now(), decision_due_at = now()"),
        ],
    )
    def test_needs_what_it_implies(self, cast: Cast, status: str, sets: str) -> None:
        deal = make_draft(cast.sales, customer=make_customer())
        sql = "UPDATE deals_deal SET status = %s, {} WHERE id = %s"
        assert not succeeds(actor(cast.sales), sql.format(sets), status, deal.id)

    @pytest.mark.parametrize(
        ("status", "sets"),
        [
            (Status.APPROVED, "approved_at = now(), expires_at = now()"),
            (Status.APPROVED, "number = 'DR-X', approved_at = now()"),
            (Status.REJECTED, "closed_at = now(), decided_at = now(), decision_text = 'x'"),
            (Status.REJECTED, "closed_at = now(), decided_at = now(), decision_code = 'other'"),
            (Status.REJECTED, "decided_at = now(), decision_code = 'other', decision_text = 'x'"),
            (Status.RETURNED, "decided_at = now()"),
        ],
    )
    def test_decided_needs_a_reason_and_a_date(self, cast: Cast, status: str, sets: str) -> None:
        deal = make_deal(cast)
        sql = f"UPDATE deals_deal SET status = %s, {sets} WHERE id = %s"
        assert not succeeds(actor(cast.deal_desk), sql, status, deal.id)


class TestProducts:
    def test_are_three_at_most_in_the_database_too(self, cast: Cast) -> None:
        deal = make_draft(cast.sales)
        with tenancy.scope(actor(cast.sales)):
            rows = [self.row(deal, place) for place in (2, 3)]
            DealProduct.objects.bulk_create(rows)
            for place in (0, 3, 4):
                with pytest.raises(DatabaseError), transaction.atomic():
                    self.row(deal, place).save()

    @staticmethod
    def row(deal: Deal, place: int) -> DealProduct:
        part = make_part()
        return DealProduct(
            deal=deal, **deal.readers(), position=place, part=part, part_number=part.number, line="x"
        )


class TestTheTimeline:
    def test_is_only_ever_added_to(self, cast: Cast) -> None:
        deal = make_deal(cast)
        with tenancy.as_system():
            event = DealEvent.objects.filter(deal=deal).first()
        assert event is not None
        for who in roles(cast).values():
            assert not succeeds(who, "UPDATE deals_dealevent SET text = 'x' WHERE id = %s", event.id)
            assert not succeeds(who, "DELETE FROM deals_dealevent WHERE id = %s", event.id)
