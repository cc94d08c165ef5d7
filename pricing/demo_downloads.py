"""Who downloaded price files in the demo world: some have the newest, some older ones, a few hold withdrawn prices."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from django.db.models import Q

from identity import tenancy
from identity.actors import Actor
from identity.demo import World, member_actor
from identity.models import Membership
from identity.privileges import Privilege
from identity.serving import Stretch

from .files.downloading import note_download
from .files.shelf import books_of, offered_files
from .models import FileFormat, PriceEdition, PriceFile, Window

LATEST = (1, 4, 11, 39, 62)  # days ago; the withdrawn edition was out 38 to 40 days ago
BEFORE = (120, 150, 95)


def build(world: World) -> None:
    """By the action that pages use; each site that has price files at all, in its own way."""
    for place, site in enumerate([*world.sites, *world.distributors]):
        readers = [
            m for m in world.members.get(site.id, []) if member_actor(m).may(Privilege.PRICE_FILE_VIEW)
        ]
        if not readers or place % 7 == 6:
            continue
        rng = Random(site.number)
        for days in (rng.choice(BEFORE), LATEST[place % len(LATEST)]):
            _download(rng.choice(readers), world.now - timedelta(days=days, minutes=rng.randrange(600)), rng)


def _download(reader: Membership, at: datetime, rng: Random) -> None:
    by = member_actor(reader)
    with tenancy.scope(by):
        for book in books_of(reader.site.country):
            files = offered_files(by).filter(
                file_set__book=book,
                with_cost=by.may(Privilege.PARTNER_COST_VIEW),
                window=Window.CURRENT_AND_FUTURE,
            )
            file = files.filter(format=rng.choice(FileFormat.values)).order_by("file_set__valid_on").first()
            if file is not None:
                file.editions = _then(file, at)
                _noted(file, by, at, rng)


def _noted(file: PriceFile, by: Actor, at: datetime, rng: Random) -> None:
    """Now and then a download breaks off, and is gone on with."""
    half = file.size // 2
    if rng.random() < 0.1:
        note_download(file, Stretch(0, half - 1), by=by, now=at)
        note_download(file, Stretch(half, file.size - 1), by=by, now=at + timedelta(minutes=3))
    else:
        note_download(file, Stretch(0, file.size - 1), by=by, now=at)


def _then(file: PriceFile, at: datetime) -> list[int]:
    """The editions that such a file had at the time: in effect or announced, and not withdrawn yet."""
    known = PriceEdition.objects.filter(book_id=file.file_set.book_id, published_at__lte=at)
    known = known.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=at)).order_by("effective_on")
    today = file.file_set.book.today(at)
    begun = [each.id for each in known if each.effective_on <= today]
    return begun[-1:] + [each.id for each in known if each.effective_on > today]
