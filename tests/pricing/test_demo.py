"""What the demo world sells."""

from __future__ import annotations

from random import Random

import pytest
from django.utils import timezone

import accounts.demo
import identity.demo
import pricing.demo
import pricing.demo_downloads
import pricing.demo_prices
from identity import tenancy
from identity.demo import World
from pricing.files.offered import in_force, offered_set
from pricing.models import (
    EditionStatus,
    Part,
    PartType,
    PriceBook,
    PriceDownload,
    PriceEdition,
    PriceFile,
    ProductLine,
)
from pricing.products.queries import siblings

pytestmark = pytest.mark.django_db


class TestTheDemo:
    def test_sells_all_its_parts_but_one(self) -> None:
        world = World(rng=Random(1), now=timezone.now())
        with tenancy.as_system():
            identity.demo.build(world, "!")
            sold = pricing.demo.build(world)
            assert ProductLine.objects.count() == 12
            assert Part.objects.filter(is_active=False).count() == 1
            assert set(Part.objects.filter(is_active=True)) > set(sold)

    def test_sells_each_thing_in_every_way_so_that_one_is_found_from_another(self) -> None:
        world = World(rng=Random(1), now=timezone.now())
        with tenancy.as_system():
            identity.demo.build(world, "!")
            pricing.demo.build(world)
            licences = Part.objects.filter(type=PartType.LICENCE)
            for line in ProductLine.objects.all():
                assert set(line.parts.values_list("type", flat=True)) == set(PartType.values)
            renewals, reinstated = siblings(licences, "renewal"), siblings(licences, "reinstatement")
            initial = Part.objects.filter(type=PartType.COMMITTED_INITIAL)
            assert len(siblings(initial, "committed_subsequent")) == len(renewals) == 12
            assert len(reinstated) == 11  # one is not sold any more
            for licence in licences:
                assert renewals[licence.id].points == round(licence.points / 5, 2)

    def test_has_downloads_of_newer_older_and_withdrawn_prices(self) -> None:
        world = World(rng=Random(1), now=timezone.now())
        with tenancy.as_system():
            identity.demo.build(world, "!")
            accounts.demo.build(world, "!")
            pricing.demo.build(world)
            pricing.demo_prices.build(world)
            pricing.demo_downloads.build(world)
            withdrawn = PriceEdition.objects.get(status=EditionStatus.WITHDRAWN)
            downloads = PriceDownload.objects.all()
            assert downloads.filter(editions__contains=[withdrawn.id]).exists()
            assert downloads.filter(complete=False).exists()
            assert downloads.values("site").distinct().count() > 10
            newest = PriceEdition.objects.filter(status=EditionStatus.PUBLISHED).order_by("-effective_on")[0]
            assert downloads.filter(editions__contains=[newest.id]).exists()

    def test_has_prices_in_effect_and_announced_with_files_that_are_there(self) -> None:
        world = World(rng=Random(1), now=timezone.now())
        with tenancy.as_system():
            identity.demo.build(world, "!")
            pricing.demo.build(world)
            pricing.demo_prices.build(world)
            books = list(PriceBook.objects.all())
            assert len(books) == 16
            for book in books:
                now = in_force(book, book.today(world.now))
                assert (now.current is not None, len(now.future)) == (True, 1)
                assert offered_set(book, world.now) is not None
            assert PriceEdition.objects.filter(status=EditionStatus.WITHDRAWN).count() == 1
            lists = set(PriceFile.objects.values_list("price_list", flat=True))
        assert lists == {"list", "volume", "academic", "government"}
