"""What price files somebody finds on their shelf: of each book those offered, what is new since they last took some,
and what they took that was withdrawn.

The database shows a partner its own country and price list; the vendor's people choose both. A fixed number of
queries, whatever the number of books.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from identity.actors import Actor
from identity.models import Site
from identity.privileges import Privilege

from ..models import (
    EditionStatus,
    FileFormat,
    FileSet,
    PriceBook,
    PriceDownload,
    PriceEdition,
    PriceFile,
    PriceList,
    Window,
)
from ..models.entitlement import price_list_of
from ..models.prices import columns_of


@dataclass(frozen=True, slots=True)
class Entitled:
    """Whose prices are shown: of a country, by a price list, with what the partner pays itself or without."""

    country: str
    price_list: str
    with_cost: bool
    column: str  # the price that matters to them most: that of their own level

    @property
    def columns(self) -> tuple[str, ...]:
        return columns_of(self.price_list, with_cost=self.with_cost)


OWN_COLUMN = {PriceList.LIST: "srp", PriceList.ACADEMIC: "svp_ed", PriceList.GOVERNMENT: "svp_gv"}


def entitled(actor: Actor, *, country: str = "", price_list: str = "") -> Entitled:
    """What this actor is entitled to; the vendor's people, who are to everything, choose country and price list."""
    with_cost = actor.may(Privilege.PARTNER_COST_VIEW)
    if actor.site_id is None:
        of_all = price_list or PriceList.VOLUME
        return Entitled(country, of_all, with_cost, OWN_COLUMN.get(PriceList(of_all), "svp_bl"))
    site = Site.objects.get(id=actor.site_id)
    own = PriceList(price_list_of(site))
    return Entitled(site.country, own, with_cost, OWN_COLUMN.get(own, f"svp_{site.price_level.lower()}"))


@dataclass(slots=True)
class Shelf:
    """A book as somebody finds it at a moment."""

    book: PriceBook
    file_set: FileSet | None = None
    current: PriceEdition | None = None
    future: list[PriceEdition] = field(default_factory=list)
    files: dict[str, list[PriceFile]] = field(default_factory=dict)  # by window, as the formats are listed
    last: PriceDownload | None = None  # the last that was complete, of anybody at the site
    withdrawn: list[PriceEdition] = field(default_factory=list)  # that somebody at the site has downloaded

    @property
    def editions(self) -> list[PriceEdition]:
        """Those in force: the current one, then those announced, by their dates."""
        return ([self.current] if self.current else []) + self.future

    @property
    def built(self) -> list[PriceEdition]:
        """Those of them that the files offered have."""
        return [each for each in self.editions if self.file_set and each.id in self.file_set.editions]

    @property
    def being_built(self) -> list[PriceEdition]:
        """Those that are published, and whose files are not there yet."""
        return [each for each in self.editions if each not in self.built]

    @property
    def newer(self) -> list[PriceEdition]:
        """What there is that was not there, or not in effect, when files were last downloaded."""
        return [] if self.last is None else [each for each in self.built if self._is_newer(each, self.last)]

    def _is_newer(self, edition: PriceEdition, last: PriceDownload) -> bool:
        if edition.id in last.editions:
            return False
        announced = edition.announced_at or edition.published_at
        return edition is self.current or (announced is not None and announced > last.at)

    @property
    def wrongly_held(self) -> list[PriceEdition]:
        """Withdrawn editions in whose place nothing was downloaded since."""
        last = self.last.at if self.last else None
        return [e for e in self.withdrawn if last is None or e.withdrawn_at is None or e.withdrawn_at > last]

    def editions_in(self, window: str) -> list[PriceEdition]:
        """The editions that a window's files have prices of."""
        return {
            Window.CURRENT.value: [each for each in self.built if each is self.current],
            Window.FUTURE.value: [each for each in self.built if each is not self.current],
        }.get(window, self.built)


def books_of(country: str) -> QuerySet[PriceBook]:
    return PriceBook.objects.filter(country=country).order_by("-kind", "currency", "id")


def shelves(books: Iterable[PriceBook], *, by: Actor, now: datetime) -> list[Shelf]:
    """What there is of some books, without the files themselves (see `with_files`)."""
    found = {book.id: Shelf(book) for book in books}
    if not found:
        return []
    _editions(found, by=by, now=now)
    for each in FileSet.objects.filter(book__in=found, offered=True).order_by("valid_on"):
        if each.valid_on <= found[each.book_id].book.today(now):
            found[each.book_id].file_set = each
    latest = downloads_of(by).filter(book__in=found, complete=True)
    for last in latest.order_by("book_id", "-at", "-id").distinct("book_id"):
        found[last.book_id].last = last
    return list(found.values())


def _editions(found: dict[int, Shelf], *, by: Actor, now: datetime) -> None:
    """Put those in force on their shelves; and of those that were withdrawn, what was downloaded."""
    listed = PriceEdition.objects.filter(book__in=found).exclude(status=EditionStatus.DRAFT)
    withdrawn: dict[int, PriceEdition] = {}
    for edition in listed.order_by("effective_on", "id"):
        shelf = found[edition.book_id]
        if edition.status == EditionStatus.WITHDRAWN:
            withdrawn[edition.id] = edition
        elif edition.effective_on <= shelf.book.today(now):
            shelf.current = edition
        else:
            shelf.future.append(edition)
    taken = downloads_of(by).filter(editions__overlap=list(withdrawn)).values_list("editions", flat=True)
    for one in sorted({one for editions in taken for one in editions if one in withdrawn}):
        found[withdrawn[one].book_id].withdrawn.append(withdrawn[one])


def with_files(shelves: list[Shelf], mine: Entitled) -> list[Shelf]:
    """The same, with the files that are offered of a price list."""
    sets = {shelf.file_set.id: shelf for shelf in shelves if shelf.file_set}
    offered = PriceFile.objects.filter(
        file_set__in=sets, price_list=mine.price_list, with_cost=mine.with_cost, offered=True
    )
    windows: dict[int, dict[str, list[PriceFile]]] = defaultdict(
        lambda: {window: [] for window in Window.values}
    )
    formats = FileFormat.values  # in the order in which people look for them
    for file in sorted(offered, key=lambda file: formats.index(file.format)):
        windows[file.file_set_id][file.window].append(file)
    for set_id, shelf in sets.items():
        shelf.files = windows[set_id]
    return shelves


def downloads_of(actor: Actor) -> QuerySet[PriceDownload]:
    """The downloads of the actor's site; of the vendor's people, their own."""
    if actor.site_id is not None:
        return PriceDownload.objects.filter(site_id=actor.site_id)
    return PriceDownload.objects.filter(site=None, user_id=actor.user_id)


def offered_files(by: Actor) -> QuerySet[PriceFile]:
    """The files that this actor may download, of some day. The database hides cost from partners; of the vendor's
    people, too, it is for those only who may see it.
    """
    offered = PriceFile.objects.filter(offered=True, file_set__offered=True).select_related("file_set__book")
    return offered if by.may(Privilege.PARTNER_COST_VIEW) else offered.filter(with_cost=False)


OFFERED = "SELECT (o.file).*, o.of_book FROM pricing_offered_file(%s, %s, %s) o"


def offered_file(public_id: str, *, by: Actor, now: datetime) -> PriceFile:
    """A file that this actor may download now. Raises DoesNotExist, whether it is another's or there is none."""
    with_cost = by.may(Privilege.PARTNER_COST_VIEW)
    # By a function of the database, since to plan such a statement anew costs more than to hand a file out.
    for file in PriceFile.objects.raw(OFFERED, [public_id, now, with_cost]):
        file.file_set = FileSet(id=file.file_set_id, book_id=vars(file)["of_book"])
        return file
    raise PriceFile.DoesNotExist
