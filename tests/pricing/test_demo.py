"""What the demo world sells."""

from __future__ import annotations

from random import Random

import pytest
from django.utils import timezone

import identity.demo
import pricing.demo
from identity import tenancy
from identity.demo import World
from pricing.models import Part, ProductLine

pytestmark = pytest.mark.django_db


class TestTheDemo:
    def test_sells_all_its_parts_but_one(self) -> None:
        world = World(rng=Random(1), now=timezone.now())
        with tenancy.as_system():
            identity.demo.build(world, "!")
            sold = pricing.demo.build(world)
            assert ProductLine.objects.count() == 12
            assert set(Part.objects.filter(is_active=True)) == set(sold)
            assert Part.objects.count() == len(sold) + 1
