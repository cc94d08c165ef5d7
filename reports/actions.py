"""Every change to saved views."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from identity.actors import Actor
from identity.audit import record
from identity.privileges import Privilege

from .listings import Listing
from .models import DefaultView, SavedView

MOST = 50  # views one person keeps of one list


class TooManyViews(Exception):
    """One person keeps no more views of a list."""


class NameTaken(Exception):
    """Another view of one's own has this name."""


class ViewChanged(Exception):
    """The view is not as it was when the caller saw it."""


class NotYours(Exception):
    """A shared view is its owner's to change, and its owner's or a manager's to delete."""


@transaction.atomic
def save_view(
    listing: Listing,
    *,
    name: str,
    query: str,
    shared: bool = False,
    default: bool = False,
    by: Actor,
    now: datetime,
) -> SavedView:
    """Keep filters under a name; one's own view of that name is replaced. Raises TooManyViews, QueryTooLong."""
    own = _own(by, listing.key)
    view = own.filter(name=name).first()
    if view is None:
        if own.count() >= MOST:
            raise TooManyViews
        view = SavedView(
            user_id=by.user_id, site_id=by.site_id, listing=listing.key, name=name, created_at=now, version=0
        )
    view.query, view.shared = listing.normalised(query), shared
    _store(view, by=by, now=now)
    if default:
        set_default(view, by=by, now=now)
    _record("view.saved", view, by=by, now=now)
    return view


@transaction.atomic
def change_view(
    view: SavedView,
    *,
    name: str,
    shared: bool,
    query: str | None = None,
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> SavedView:
    """Rename a view, share it or not, give it other filters. Raises NotYours, NameTaken, ViewChanged.

    `query` is normalised already; `version` is the one the caller saw.
    """
    if view.user_id != by.user_id:
        raise NotYours
    view = SavedView.objects.select_for_update().get(id=view.id)
    if version is not None and version != view.version:
        raise ViewChanged
    if _own(by, view.listing).filter(name=name).exclude(id=view.id).exists():
        raise NameTaken
    view.name, view.shared = name, shared
    if query is not None:
        view.query = query
    _store(view, by=by, now=now)
    _record("view.changed", view, by=by, now=now)
    return view


@transaction.atomic
def delete_view(view: SavedView, *, by: Actor, now: datetime) -> None:
    """Forget a view. A shared one of somebody else's only if one manages the site's people. Raises NotYours."""
    if not may_delete(view, by):
        raise NotYours
    _record("view.deleted", view, by=by, now=now)
    SavedView.objects.filter(id=view.id).delete()


def may_delete(view: SavedView, actor: Actor) -> bool:
    manages = actor.may(Privilege.SETTING_EDIT if actor.is_staff else Privilege.MEMBER_MANAGE)
    return view.user_id == actor.user_id or manages


@transaction.atomic
def set_default(view: SavedView, *, by: Actor, now: datetime) -> None:
    """The list opens with this view from now on, for this person at this site."""
    DefaultView.objects.update_or_create(
        user_id=by.user_id, site_id=by.site_id, listing=view.listing, defaults={"view": view}
    )


@transaction.atomic
def clear_default(view: SavedView, *, by: Actor, now: datetime) -> None:
    """The list opens as it does for everybody again, if it opened with this view."""
    DefaultView.objects.filter(user_id=by.user_id, site_id=by.site_id, view_id=view.id).delete()


def _own(by: Actor, listing: str) -> QuerySet[SavedView]:
    return SavedView.objects.filter(user_id=by.user_id, site_id=by.site_id, listing=listing)


def _store(view: SavedView, *, by: Actor, now: datetime) -> None:
    view.owner_name, view.updated_at = by.name[:120], now
    view.version += 1
    view.save()


def _record(event: str, view: SavedView, *, by: Actor, now: datetime) -> None:
    record(
        event,
        by=by,
        now=now,
        object_type="saved_view",
        object_id=view.public_id,
        label=view.name,
        listing=view.listing,
        query=view.query,
        shared=view.shared,
    )
