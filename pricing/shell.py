"""Where price files are in the navigation, and who is told at home that there are newer ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from identity.actors import Actor, Kind
from identity.navigation import Entry, register
from identity.privileges import Privilege
from identity.worklist import Task
from identity.worklist import register as register_tasks

from .files.shelf import Shelf, books_of, entitled, shelves

register(
    Entry(
        label=gettext_lazy("Price files"),
        url_name="price_files:list",
        icon="file-dollar",
        section="work",
        order=50,
        kinds=frozenset({Kind.RESELLER, Kind.DISTRIBUTOR, Kind.STAFF}),
        privileges=(Privilege.PRICE_FILE_VIEW,),
    )
)


@register_tasks
def newer_prices(actor: Actor, now: datetime) -> Iterator[Task]:
    """Newer prices than the site has, and withdrawn ones that it still may quote from."""
    if not actor.is_partner or not actor.may(Privilege.PRICE_FILE_VIEW):
        return
    for shelf in shelves(books_of(entitled(actor).country), by=actor, now=now):
        yield from _withdrawn(shelf)
        yield from _newer(shelf)


def _withdrawn(shelf: Shelf) -> Iterator[Task]:
    for edition in shelf.wrongly_held:
        yield Task(
            title=_("Prices that you downloaded were withdrawn: %(name)s") % {"name": isolated(edition.name)},
            detail=edition.withdrawn_reason[:160],
            href=address(shelf),
            icon="alert-triangle",
            tone="bad",
        )


def _newer(shelf: Shelf) -> Iterator[Task]:
    if shelf.newer:
        words = {"kind": shelf.book.get_kind_display(), "currency": shelf.book.currency}
        yield Task(
            title=_("There are newer prices: %(kind)s, %(currency)s") % words,
            detail=_("See what changed since your last download, and download the new files."),
            href=address(shelf),
            icon="file-dollar",
        )


def address(shelf: Shelf) -> str:
    return f"{reverse('price_files:list')}#book-{shelf.book.public_id}"


def isolated(text: str) -> str:
    """A name in plain text, kept from scrambling the sentence around it when it runs the other way."""
    return f"\u2068{text}\u2069"
