"""The pages on which the vendor's people look after price books and publish their editions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from identity.access import requires
from identity.once import once
from identity.paging import page
from identity.places import country_name
from identity.privileges import Privilege

from .. import history
from ..files.offered import in_force_of
from ..models import EditionStatus, PriceBook, PriceEdition
from ..products.forms import VersionForm
from ..words import book_name, day_passed, day_taken
from . import publishing
from . import queries as price_queries
from .forms import BookForm, EditionForm, NewBookForm, PublishForm, WithdrawForm

GET_OR_POST = ["GET", "HEAD", "POST"]

# -- books


@requires(Privilege.SETTING_VIEW)
@require_GET
def book_list(request: HttpRequest) -> HttpResponse:
    found = page(price_queries.books(), ("country", "kind", "currency", "id"), request)
    progress = price_queries.progress_of_books(found.items)
    now = in_force_of(found.items, timezone.now())
    rows = [
        {
            "book": book,
            "country": country_name(book.country),
            "now": now[book.id],
            "progress": progress.get(book.id, []),
        }
        for book in found.items
    ]
    return render(request, "pricing/books/list.html", {"rows": rows, "page": found})


@requires(Privilege.PRICE_EDIT)
@require_http_methods(GET_OR_POST)
@once
def add_book(request: HttpRequest) -> HttpResponse:
    form = NewBookForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        given.pop("version")
        try:
            book = publishing.add_book(**given, by=request.actor, now=timezone.now())
        except publishing.BookTaken:
            form.add_error("kind", _("There is a price book of this country, currency and kind."))
        else:
            messages.success(request, _("The price book was added. Now begin its first edition."))
            return redirect("prices:book", book.public_id)
    return render(request, "pricing/books/add.html", {"form": form}, status=_status(form))


def _book(public_id: str) -> PriceBook:
    return get_object_or_404(PriceBook, public_id=public_id)


@requires(Privilege.SETTING_VIEW)
@require_GET
def book_page(request: HttpRequest, public_id: str) -> HttpResponse:
    return _book_page(request, _book(public_id))


def _book_page(
    request: HttpRequest, book: PriceBook, form: BookForm | None = None, *, stale: bool = False
) -> HttpResponse:
    form = form or BookForm(initial={"version": book.version, "time_zone": book.time_zone})
    now = timezone.now()
    events = history.told(price_queries.history_of(book))
    found = page(price_queries.editions(book), ("-effective_on", "-id"), request)
    context = {
        "book": book,
        "name": book_name(book),
        "editions": found.items,
        "page": found,
        "today": book.today(now),
        "current": price_queries.today_of(book, now),
        "progress": price_queries.progress_of(book),
        "form": form,
        "events": events,
        "changed": events[:3] if stale else None,
    }
    return render(request, "pricing/books/book.html", context, status=409 if stale else _status(form))


@requires(Privilege.PRICE_EDIT)
@require_POST
@once
def change_book(request: HttpRequest, public_id: str) -> HttpResponse:
    book = _book(public_id)
    form = BookForm(request.POST)
    if not form.is_valid():
        return _book_page(request, book, form)
    given = form.cleaned_data
    try:
        publishing.change_book(
            public_id,
            time_zone=given["time_zone"],
            version=given["version"] or 0,
            by=request.actor,
            now=timezone.now(),
        )
    except publishing.BookChanged as changed:
        return _book_page(request, changed.now, BookForm(_again(request, changed.now.version)), stale=True)
    messages.success(request, _("The price book was changed."))
    return redirect("prices:book", public_id)


# -- drafts


@requires(Privilege.PRICE_EDIT)
@require_http_methods(GET_OR_POST)
@once
def begin_edition(request: HttpRequest, public_id: str) -> HttpResponse:
    book = _book(public_id)
    form = EditionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        given.pop("version")
        try:
            edition = publishing.begin_edition(book, **given, by=request.actor, now=timezone.now())
        except publishing.DayTaken:
            form.add_error("effective_on", day_taken())
        else:
            messages.success(request, _("The edition was begun. Now send its prices."))
            return redirect("prices:edition", edition.public_id)
    context = {"form": form, "book": book, "name": book_name(book)}
    return render(request, "pricing/books/begin.html", context, status=_status(form))


def _edition(public_id: str) -> PriceEdition:
    return get_object_or_404(price_queries.editions(), public_id=public_id)


@requires(Privilege.SETTING_VIEW)
@require_GET
def edition_page(request: HttpRequest, public_id: str) -> HttpResponse:
    return _edition_page(request, _edition(public_id))


def _edition_page(
    request: HttpRequest, edition: PriceEdition, form: EditionForm | None = None, *, stale: bool = False
) -> HttpResponse:
    if form is None:
        fields = ("version", "name", "effective_on")
        form = EditionForm(initial={name: getattr(edition, name) for name in fields})
    events = history.told(price_queries.history_of(edition))
    context = _facts(edition) | {
        "form": form,
        "events": events,
        "changed": events[:3] if stale else None,
        "people": price_queries.people_with(edition),
    }
    return render(request, "pricing/books/edition.html", context, status=409 if stale else _status(form))


def _facts(edition: PriceEdition) -> dict[str, Any]:
    return {
        "edition": edition,
        "book": edition.book,
        "name": book_name(edition.book),
        "changes": price_queries.changes_in(edition),
        "today": edition.book.today(timezone.now()),
    }


@requires(Privilege.PRICE_EDIT)
@require_POST
@once
def change_edition(request: HttpRequest, public_id: str) -> HttpResponse:
    edition = _edition(public_id)
    form = EditionForm(request.POST)
    if not form.is_valid():
        return _edition_page(request, edition, form)
    changes = form.cleaned_data
    version = changes.pop("version") or 0
    try:
        publishing.change_edition(public_id, changes, version=version, by=request.actor, now=timezone.now())
    except publishing.EditionChanged:
        edition = _edition(public_id)
        return _edition_page(request, edition, EditionForm(_again(request, edition.version)), stale=True)
    except publishing.NotADraft:
        messages.error(request, _("It was published meanwhile: nothing in it is changed any more."))
    except publishing.DayTaken:
        form.add_error("effective_on", day_taken())
        return _edition_page(request, edition, form)
    else:
        messages.success(request, _("The edition was changed."))
    return redirect("prices:edition", public_id)


@requires(Privilege.PRICE_EDIT)
@require_POST
@once
def discard_edition(request: HttpRequest, public_id: str) -> HttpResponse:
    edition = _edition(public_id)
    form = VersionForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else 0
    try:
        publishing.discard_edition(public_id, version=version, by=request.actor, now=timezone.now())
    except publishing.EditionChanged:
        messages.error(request, _("This was changed meanwhile, and left as it is. Look at it again."))
    except publishing.NotADraft:
        messages.error(request, _("It was published meanwhile: nothing in it is changed any more."))
    except PriceEdition.DoesNotExist:
        raise Http404 from None
    else:
        messages.success(request, _("The draft “%(name)s” was thrown away.") % {"name": edition.name})
        return redirect("prices:book", edition.book.public_id)
    return redirect("prices:edition", public_id)


# -- publishing


@requires(Privilege.PRICE_PUBLISH)
@require_http_methods(GET_OR_POST)
@once
def publish_edition(request: HttpRequest, public_id: str) -> HttpResponse:
    edition = _edition(public_id)
    form = PublishForm(
        request.POST if request.method == "POST" else None, initial={"version": edition.version}
    )
    if edition.status != EditionStatus.DRAFT and request.method != "POST":
        return redirect("prices:edition", public_id)

    def publish(version: int) -> str:
        publishing.publish_edition(public_id, version=version, by=request.actor, now=timezone.now())
        return _("“%(name)s” is published. Its files are being built; partners are told when they are ready.")

    return _decide(request, edition, form, publish, "pricing/books/publish.html")


@requires(Privilege.PRICE_PUBLISH)
@require_http_methods(GET_OR_POST)
@once
def withdraw_edition(request: HttpRequest, public_id: str) -> HttpResponse:
    edition = _edition(public_id)
    form = WithdrawForm(
        request.POST if request.method == "POST" else None, initial={"version": edition.version}
    )
    if edition.status != EditionStatus.PUBLISHED and request.method != "POST":
        return redirect("prices:edition", public_id)

    def withdraw(version: int) -> str:
        reason = form.cleaned_data["reason"]
        publishing.withdraw_edition(
            public_id, reason=reason, version=version, by=request.actor, now=timezone.now()
        )
        return _("“%(name)s” is withdrawn and no longer offered. Whoever downloaded it is told why.")

    return _decide(request, edition, form, withdraw, "pricing/books/withdraw.html")


def _decide(
    request: HttpRequest,
    edition: PriceEdition,
    form: forms.Form,
    act: Callable[[int], str],
    template: str,
) -> HttpResponse:
    """The page that asks once more, and the deed."""
    status = _status(form)
    if request.method == "POST" and form.is_valid():
        try:
            done = act(form.cleaned_data["version"])
        except publishing.EditionChanged:
            edition = _edition(edition.public_id)
            form = type(form)(_again(request, edition.version))
            form.add_error(None, _("This was changed meanwhile. Look at it again, then send it once more."))
            status = 409
        except publishing.NotADraft:
            messages.error(request, _("Somebody else published it meanwhile."))
            return redirect("prices:edition", edition.public_id)
        except publishing.NotPublished:
            messages.error(request, _("Somebody else withdrew it meanwhile."))
            return redirect("prices:edition", edition.public_id)
        except publishing.NoPrices:
            form.add_error(None, _("It has no prices yet. Send them first."))
            status = 422
        except publishing.DayTaken:
            form.add_error(None, day_taken())
            status = 422
        except publishing.DayPassed as passed:
            form.add_error(None, day_passed(passed.today))
            status = 422
        else:
            messages.success(request, done % {"name": edition.name})
            return redirect("prices:edition", edition.public_id)
    context = _facts(edition) | {"form": form, "people": price_queries.people_with(edition)}
    return render(request, template, context, status=status)


@requires(Privilege.SETTING_VIEW)
@require_GET
def downloads(request: HttpRequest, public_id: str) -> HttpResponse:
    edition = _edition(public_id)
    found = page(price_queries.downloads_of(edition), ("-at", "-id"), request)
    context = {"edition": edition, "downloads": found.items, "page": found, "name": book_name(edition.book)}
    return render(request, "pricing/books/downloads.html", context)


# -- pieces


def _status(form: forms.Form) -> int:
    return 422 if form.is_bound and form.errors else 200


def _again(request: HttpRequest, version: int) -> QueryDict:
    """What was sent, to be sent again on the newer version once its author has looked."""
    data = request.POST.copy()
    data["version"] = str(version)
    return data
