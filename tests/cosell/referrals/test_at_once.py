"""Two people, or a person and the clock, at the same moment: one of them is first, and the other is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cosell.models import Invitation, Referral, TeamMember
from cosell.referrals import actions
from cosell.referrals.awaited import expire_due
from cosell.states import Substatus
from identity import tenancy
from tests.cast import Cast, actor
from tests.cosell.factories import answer_for_vendor, make_referral
from tests.cosell.referrals.made import (
    NOW,
    content,
    do,
    invited,
    made,
    make_other,
    make_seller,
    stored,
    teammate,
)
from tests.deals.test_approving_conflicts import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def outcome(found: list[Any]) -> tuple[int, list[type]]:
    """How many did it, and what the others were told."""
    wrong = [type(each) for each in found if isinstance(each, Exception)]
    return len(found) - len(wrong), wrong


def test_a_deal_is_answered_once(cast: Cast) -> None:
    seller = make_seller(cast)
    for _each in range(4):
        deal = make_referral(cast.site, seller.location, substatus=Substatus.RECEIVED)
        doings: list[Callable[[], Any]] = [
            lambda deal=deal: do(seller.admin, actions.accept, deal, version=1),  # type: ignore[misc]
            lambda deal=deal: do(seller.admin, actions.decline, deal, reason="budget", version=1),  # type: ignore[misc]
        ]
        done, wrong = outcome(at_once(*doings))
        assert done == 1
        assert wrong[0] in (actions.NotPossible, actions.DealClosed)


def test_of_two_who_edit_what_they_saw_one_is_told_that_it_changed(cast: Cast) -> None:
    seller = make_seller(cast)
    deal = made(seller)
    found = at_once(
        *(
            lambda name=name: do(seller.admin, actions.edit_deal, deal, content(seller, name=name), version=1)  # type: ignore[misc]
            for name in ("Looms", "Spindles")
        )
    )
    assert outcome(found) == (1, [actions.DealChanged])
    assert stored(deal).version == 2


def test_a_declined_deal_is_made_anew_once(cast: Cast) -> None:
    seller = make_seller(cast)
    deal = made(seller)
    answer_for_vendor(deal, Substatus.DECLINED)
    found = at_once(*[lambda: do(seller.admin, actions.recreate, deal)] * 2)
    assert outcome(found) == (1, [actions.NotPossible])
    with tenancy.as_system():
        assert Referral.objects.filter(recreated_from=deal).count() == 1


def test_a_partner_is_invited_once(cast: Cast) -> None:
    seller, other = make_seller(cast), make_other(cast)
    deal = made(seller)
    found = at_once(*[lambda: invited(seller, deal, other)] * 2)
    assert outcome(found) == (1, [actions.NotPossible])
    with tenancy.as_system():
        assert Invitation.objects.count() == 1


def test_nobody_joins_the_team_of_a_deal_that_is_being_closed(cast: Cast) -> None:
    seller = make_seller(cast)
    for _each in range(4):
        deal = made(seller)

        def join(deal: Referral = deal) -> Any:
            with tenancy.scope(actor(seller.admin)):
                mate = teammate(cast.sales)
                return TeamMember.objects.create(
                    site=cast.site, referral=deal, sharing=deal.sharing, first_name=mate.first_name,
                    last_name=mate.last_name, email=mate.email, phone=mate.phone, membership=cast.sales,
                )  # fmt: skip

        at_once(join, lambda deal=deal: do(seller.admin, actions.win, deal, version=None))  # type: ignore[misc]
        assert stored(deal).substatus == Substatus.WON
        with tenancy.as_system():
            late = TeamMember.objects.filter(referral=deal, email=cast.sales.email).exists()
        assert late is (cast.sales.user_id in stored(deal).team_user_ids)


def test_the_inviter_closes_while_the_invited_one_answers(cast: Cast) -> None:
    seller, other = make_seller(cast), make_other(cast)
    deal = made(seller)
    invited(seller, deal, other)
    with tenancy.as_system():
        theirs = Referral.objects.get(engagement=deal.engagement, site=other.site)
    found = at_once(
        lambda: do(seller.admin, actions.win, deal, version=None),
        lambda: do(other.admin, actions.accept, theirs, version=None),
    )
    assert outcome(found) == (2, [])


def test_an_answer_and_the_clock_do_not_cross(cast: Cast) -> None:
    seller = make_seller(cast)
    deal = make_referral(cast.site, seller.location, substatus=Substatus.RECEIVED, expires_at=NOW)
    earlier = NOW.replace(hour=8)
    at_once(
        lambda: do(seller.admin, actions.accept, deal, version=None, now=earlier),
        lambda: expire_due(now=NOW),
    )
    assert stored(deal).substatus in (Substatus.ACCEPTED, Substatus.EXPIRED)
