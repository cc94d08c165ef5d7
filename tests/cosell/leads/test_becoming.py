"""A lead that becomes a deal: by the form of a new deal, filled in with what the customer said."""

from __future__ import annotations

from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from cosell.leads import actions
from cosell.models import Lead, Referral
from identity import tenancy
from identity.models import Role
from tests.api.calls import caller
from tests.cast import Cast, actor, signed_in
from tests.cosell.factories import give_role, make_location, make_solution
from tests.cosell.leads.made import make_lead, published

pytestmark = pytest.mark.django_db
DEALS = "/api/v1/referrals/"


def test_the_form_is_filled_in_and_the_lead_leads_to_the_deal(cast: Cast) -> None:
    place, solution = make_location(cast.site, "Cairo"), make_solution(cast.site)
    admin = give_role(cast.primary, Role.REFERRALS_ADMIN)
    lead, who, client = make_lead(published(cast.site, place)), actor(admin), signed_in(admin)
    there = f"/cosell/deals/new/?lead={lead.public_id}"
    assert "Oasis Dairy" not in client.get(there).content.decode()  # it is not accepted yet
    with tenancy.scope(who):
        actions.accept_lead(lead, by=who, now=timezone.now())
    shown = unescape(client.get(there).content.decode())
    assert 'value="Oasis Dairy"' in shown
    assert "move our twelve shops to the cloud" in shown
    typed = {
        "name": "Shops to the cloud", "location": place.public_id, "value": "1000", "currency": "EGP",
        "close_on": (date.today() + timedelta(days=40)).isoformat(), "stage": "qualified",
        "customer_name": "Oasis Dairy", "country": "EG", "address_line1": "1 Farm Road", "city": "Giza",
        "sharing": "private", "team-0-first_name": "Omar", "team-0-last_name": "Sobhi",
        "team-0-email": "omar@nile.example", "team-0-phone": "+20 2 5550 0101",
        "solutions-0-solution": solution.public_id,
    }  # fmt: skip
    answer = client.post(there, typed)
    assert answer.status_code == 302, unescape(answer.content.decode())
    with tenancy.as_system():
        deal, lead = Referral.objects.get(), Lead.objects.get()
    assert lead.referral_id == deal.id
    page = client.get(f"/cosell/leads/{lead.public_id}/").content.decode()
    assert f"/cosell/deals/{deal.public_id}/" in page
    assert "Became a deal" in page


def test_by_the_api_a_lead_becomes_a_deal_once_it_is_accepted(cast: Cast) -> None:
    place, solution = make_location(cast.site, "Cairo"), make_solution(cast.site)
    admin = give_role(cast.primary, Role.REFERRALS_ADMIN)
    lead, rivals = make_lead(published(cast.site, place)), make_lead(published(cast.rival_site))
    who, program = actor(admin), caller(admin)
    said: dict[str, Any] = {
        "name": "Shops to the cloud", "location": place.public_id, "value": "1000", "currency": "EGP",
        "close_on": (date.today() + timedelta(days=40)).isoformat(), "customer_name": "Oasis Dairy", "country": "EG",
        "address_line1": "1 Farm Road", "city": "Giza", "sharing": "private",
        "team": [{"first_name": "Omar", "last_name": "Sobhi", "email": "omar@nile.example", "phone": "1"}],
        "solutions": [{"id": solution.public_id}],
    }  # fmt: skip
    assert program.send("post", DEALS, said | {"lead": rivals.public_id}).status_code == 400
    early = program.send("post", DEALS, said | {"lead": lead.public_id})
    assert (early.status_code, early.json()["code"]) == (409, "not_possible")
    with tenancy.scope(who):
        actions.accept_lead(lead, by=who, now=timezone.now())
    made = program.send("post", DEALS, said | {"lead": lead.public_id})
    assert made.status_code == 201, made.json()
    assert program.send("post", DEALS, said | {"lead": lead.public_id}).status_code == 409
    with tenancy.as_system():
        (deal,) = Referral.objects.all()
        assert Lead.objects.get(id=lead.id).referral_id == deal.id


def test_a_rivals_lead_fills_nothing_in(cast: Cast) -> None:
    make_location(cast.rival_site)
    make_solution(cast.rival_site)
    lead = make_lead(published(cast.site))
    rival = signed_in(give_role(cast.rival, Role.REFERRALS_ADMIN))
    for named in (lead.public_id, "nothing", "../etc", "x" * 40):
        shown = rival.get(f"/cosell/deals/new/?lead={named}")
        assert shown.status_code == 200
        assert "Oasis Dairy" not in shown.content.decode()
