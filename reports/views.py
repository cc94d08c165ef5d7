"""Saved views: keeping one, and looking after one's own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from identity.access import requires
from identity.once import once
from identity.privileges import Privilege, Refusal

from . import actions, queries
from .forms import ChangeForm, SaveForm
from .listings import Listing, QueryTooLong, listing_named, listings_of
from .models import SavedView

# Everybody's own, like their inbox: whoever belongs to a site or to the vendor.
OWN = Privilege.INBOX_READ


@requires(OWN)
@require_http_methods(["GET", "HEAD"])
def view_list(request: HttpRequest) -> HttpResponse:
    """One's own views of all lists, and those that colleagues share."""
    return _page(request)


def _page(
    request: HttpRequest, *, bound: tuple[str, ChangeForm] | None = None, status: int = 200
) -> HttpResponse:
    actor = request.actor
    shown = []
    view: Any  # with what all_views adds
    for view in queries.all_views(actor).order_by("listing", "name", "id")[:500]:
        own = view.user_id == actor.user_id
        form = bound[1] if bound and bound[0] == view.public_id else ChangeForm.of(view)
        shown.append(
            {
                "view": view,
                "listing": _listing(view.listing),
                "address": _listing(view.listing).address(view.query, view=view.public_id),
                "is_default": view.default_id is not None,
                "form": form if own else None,
                "open": bool(bound) and bound[0] == view.public_id,  # type: ignore[index]
                "may_delete": None if actions.may_delete(view, actor) else _not_yours(),
            }
        )
    context = {"shown": shown, "listings": listings_of(actor)}
    return render(request, "reports/views.html", context, status=status)


def _not_yours() -> Refusal:
    return Refusal(
        _("A colleague saved this view."),
        _("They can delete it, or somebody who manages the users of your site."),
    )


@requires(OWN)
@require_POST
@once
def save(request: HttpRequest) -> HttpResponse:
    """Keep a list's filters under a name, and go back to the list with them."""
    listing = _listing(request.POST.get("listing", ""))
    listing.demand(request.actor)
    form = SaveForm(request.POST)
    if form.is_valid() and (view := _saved(request, listing, form)):
        messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
        return redirect(listing.address(view.query, view=view.public_id))
    return render(request, "reports/save.html", {"form": form, "listing": listing}, status=422)


def _saved(request: HttpRequest, listing: Listing, form: SaveForm) -> SavedView | None:
    given: dict[str, Any] = {name: value for name, value in form.cleaned_data.items() if name != "listing"}
    try:
        return actions.save_view(listing, **given, by=request.actor, now=timezone.now())
    except actions.TooManyViews:
        text = _("You keep %(most)d views of this list already. Delete one that is no longer used first.")
        form.add_error(None, text % {"most": actions.MOST})
    except QueryTooLong:
        form.add_error(None, _("These filters are too long to be saved. Leave some of them out."))
    return None


@requires(OWN)
@require_POST
@once
def change(request: HttpRequest, public_id: str) -> HttpResponse:
    view = _found(request, public_id)
    form = ChangeForm.of(view, request.POST)
    if not form.is_valid():
        return _page(request, bound=(public_id, form), status=422)
    try:
        view = actions.change_view(view, **form.cleaned_data, by=request.actor, now=timezone.now())
    except actions.NotYours:
        raise Http404 from None
    except actions.NameTaken:
        form.add_error("name", _("Another view of yours has this name."))
        return _page(request, bound=(public_id, form), status=422)
    except actions.ViewChanged:
        messages.warning(request, _("This view was changed meanwhile. Here is how it is now."))
        return _page(request, status=409)
    messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
    return redirect("reports:views")


@requires(OWN)
@require_POST
@once
def delete(request: HttpRequest, public_id: str) -> HttpResponse:
    view = _found(request, public_id)
    try:
        actions.delete_view(view, by=request.actor, now=timezone.now())
    except actions.NotYours:
        messages.warning(request, _("A colleague saved this view."))
    else:
        messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view.name})
    return redirect("reports:views")


@requires(OWN)
@require_POST
@once
def default(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let the list open with this view, or (`on` empty) as it does for everybody."""
    view = _found(request, public_id)
    if request.POST.get("on"):
        actions.set_default(view, by=request.actor, now=timezone.now())
        text = _("The list opens with “%(name)s” from now on.")
    else:
        actions.clear_default(view, by=request.actor, now=timezone.now())
        text = _("The list no longer opens with “%(name)s”.")
    messages.success(request, text % {"name": view.name})
    return redirect("reports:views")


def _listing(key: str) -> Listing:
    listing = listing_named(key)
    if listing is None:
        raise Http404
    return listing


def _found(request: HttpRequest, public_id: str) -> SavedView:
    """A view the reader sees, of a list that they may open."""
    view = get_object_or_404(SavedView, public_id=public_id)
    _listing(view.listing).demand(request.actor)
    return view
