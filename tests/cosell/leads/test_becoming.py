"""A lead that becomes a deal: by the form of a new deal, filled in with what the customer said."""

from __future__ import annotations

from datetime import date, timedelta
from html import unescape

import pytest
from django.utils import timezone

from cosell.leads import actions
from cosell.models import Lead, Referral
from identity import tenancy
from identity.models import Role
from tests.cast import Cast, actor, signed_in
from tests.cosell.factories import give_role, make_location, make_solution
from tests.cosell.leads.made import make_lead, published

pytestmark = pytest.mark.django_db


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


def test_a_rivals_lead_fills_nothing_in(cast: Cast) -> None:
    make_location(cast.rival_site)
    make_solution(cast.rival_site)
    lead = make_lead(published(cast.site))
    rival = signed_in(give_role(cast.rival, Role.REFERRALS_ADMIN))
    for named in (lead.public_id, "nothing", "../etc", "x" * 40):
        shown = rival.get(f"/cosell/deals/new/?lead={named}")
        assert shown.status_code == 200
        assert "Oasis Dairy" not in shown.content.decode()
