"""What the demo's people have done about their renewals."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from django.utils import timezone

import renewals.demo_work
from identity import tenancy
from identity.demo import World
from notifications.models import Notice
from renewals.models import RenewalWork
from tests.cast import Cast, make_cast
from tests.customers.held import make_customer_site, make_item, relate
from tests.deals.factories import make_customer


def test_somebody_at_each_site_has_gone_through_what_is_due_first(db: None) -> None:
    cast: Cast = make_cast()
    customer = make_customer("Cairo Cement")
    relate(cast.site, customer)
    held = make_customer_site(customer, reseller=cast.site)
    for number in range(12):
        make_item(held, timezone.localdate() + timedelta(days=56 + number), reseller=cast.site)
    people = {cast.site.id: [cast.primary, cast.secondary, cast.newcomer]}
    world = World(rng=Random(1), now=timezone.now(), sites=[cast.site], members=people)
    with tenancy.as_system():
        renewals.demo_work.build(world)
        assert RenewalWork.objects.exclude(assigned=None).count() == 3
        assert RenewalWork.objects.exclude(note="").count() == 1
        assert RenewalWork.objects.exclude(snoozed_until=None).count() == 1
        assert RenewalWork.objects.exclude(lost_at=None).count() == 1
        assert Notice.objects.filter(kind="renewal.due").exists()
