"""The pages of deliveries and feeds, for the vendor's people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from identity.access import requires
from identity.filestore import Stored
from identity.once import once
from identity.paging import page
from identity.privileges import Privilege, why_not
from identity.serving import serve
from identity.uploads import receives_files

from . import actions
from .declared import Feed, FeedNotFound, feed_of, feeds
from .examples import example_csv
from .flaws import all_flaws, as_csv
from .forms import ColumnsForm, ConfirmForm, DeliveryFilter, ReadingForm, SendForm
from .models import WAITING, Delivery, Source, Status
from .showing import Shown

# ------------------------------------------------------------------------------------------ feeds


@requires(Privilege.FEED_VIEW)
@require_GET
def feed_list(request: HttpRequest) -> HttpResponse:
    """What can be sent, and by whom."""
    shown = [(feed, why_not(request.actor, feed.privilege)) for feed in feeds()]
    return render(request, "feeds/feeds.html", {"feeds": shown})


def _feed(key: str) -> Feed:
    try:
        return feed_of(key)
    except FeedNotFound:
        raise Http404 from None


@receives_files(settings.FEEDS_LARGEST)
@requires(Privilege.FEED_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def feed_page(request: HttpRequest, key: str) -> HttpResponse:
    """What the file must look like, and where it is sent."""
    feed = _feed(key)
    form = SendForm(request.POST or None, request.FILES or None, feed=feed)
    if request.method == "POST":
        form = SendForm(request.POST, request.FILES, feed=feed)
        if form.is_valid() and (delivery := _received(request, feed, form)):
            return redirect("feeds:delivery", delivery.public_id)
    latest = Delivery.objects.filter(feed=feed.key).order_by("-received_at", "-id")[:5]
    context = {
        "feed": feed,
        "form": form,
        "refusal": why_not(request.actor, feed.privilege),
        "latest": [Shown(delivery) for delivery in latest],
        "largest": settings.FEEDS_LARGEST,
    }
    return render(request, "feeds/feed.html", context, status=422 if form.is_bound and form.errors else 200)


def _received(request: HttpRequest, feed: Feed, form: SendForm) -> Delivery | None:
    file = form.cleaned_data["file"]
    try:
        return actions.receive(
            feed,
            file=file,
            name=file.name,
            complete=form.cleaned_data.get("complete", False),
            source=Source.PAGE,
            by=request.actor,
            now=timezone.now(),
        )
    except actions.DeliveryRefused as refused:
        form.add_error("file", str(refused.reason))
        return None


@requires(Privilege.FEED_VIEW)
@require_GET
def example(request: HttpRequest, key: str) -> HttpResponse:
    """A file with the header and one row."""
    feed = _feed(key)
    return HttpResponse(example_csv(feed), headers=_as_file(f"{feed.key}-example.csv"))


def _as_file(name: str) -> dict[str, str]:
    disposition = content_disposition_header(as_attachment=True, filename=name)
    assert disposition is not None
    return {"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": disposition}


# ------------------------------------------------------------------------------------------ deliveries


@requires(Privilege.FEED_VIEW)
@require_GET
def delivery_list(request: HttpRequest) -> HttpResponse:
    form = DeliveryFilter(request.GET)
    wanted = form.wanted()
    found = page(Delivery.objects.filter(**wanted), ("-received_at", "-id"), request)
    context = {
        "deliveries": [Shown(delivery) for delivery in found.items],
        "page": found,
        "filter": form,
        "filtered": bool(wanted),
    }
    return render(request, "feeds/deliveries.html", context)


def _delivery(public_id: str) -> Delivery:
    return get_object_or_404(Delivery, public_id=public_id)


@requires(Privilege.FEED_VIEW)
@require_GET
@never_cache
def delivery_page(request: HttpRequest, public_id: str) -> HttpResponse:
    return _page(request, _delivery(public_id))


def _page(request: HttpRequest, delivery: Delivery, *, status: int = 200, **forms: Any) -> HttpResponse:
    shown = Shown(delivery)
    refusal = why_not(request.actor, shown.feed.privilege) if shown.feed else None
    if delivery.status in WAITING and shown.feed:
        forms.setdefault("columns", ColumnsForm(feed=shown.feed, delivery=delivery))
        forms.setdefault("reading", ReadingForm(delivery=delivery))
    if delivery.status == Status.READY:
        forms.setdefault("confirm", ConfirmForm(initial={"seen": delivery.fingerprint}))
    context = {"delivery": delivery, "shown": shown, "refusal": refusal, "forms": forms}
    return render(request, "feeds/delivery.html", context, status=status)


@requires(Privilege.FEED_VIEW)
@require_GET
@never_cache
def progress(request: HttpRequest, public_id: str) -> HttpResponse:
    """How far a worker is; when it is done, the page is fetched anew."""
    delivery = _delivery(public_id)
    response = render(request, "feeds/_progress.html", {"delivery": delivery, "shown": Shown(delivery)})
    if not delivery.at_work:
        response.headers["HX-Refresh"] = "true"
    return response


@requires(Privilege.FEED_VIEW)
@require_POST
@once
def match_columns(request: HttpRequest, public_id: str) -> HttpResponse:
    delivery = _delivery(public_id)
    form = ColumnsForm(request.POST, feed=_feed(delivery.feed), delivery=delivery)
    if not form.is_valid():
        return _page(request, delivery, status=422, columns=form)
    try:
        actions.match_columns(
            delivery,
            form.mapping(),
            form.styles(),
            complete=form.cleaned_data.get("complete", False),
            version=form.cleaned_data["version"],
            by=request.actor,
            now=timezone.now(),
        )
    except actions.MappingIncomplete as wrong:
        form.wrong_columns(wrong.missing, wrong.twice)
        return _page(request, delivery, status=422, columns=form)
    except actions.DeliveryBusy:
        messages.error(request, MEANWHILE())
    return redirect("feeds:delivery", public_id)


@requires(Privilege.FEED_VIEW)
@require_POST
@once
def read_again(request: HttpRequest, public_id: str) -> HttpResponse:
    delivery = _delivery(public_id)
    form = ReadingForm(request.POST, delivery=delivery)
    if not form.is_valid():
        return _page(request, delivery, status=422, reading=form)
    chosen = {name: form.cleaned_data.get(name, "") for name in ("sheet", "encoding")}
    version = form.cleaned_data["version"]
    try:
        actions.read_again(delivery, **chosen, version=version, by=request.actor, now=timezone.now())
    except actions.DeliveryRefused as refused:
        form.add_error(None, str(refused.reason))
        return _page(request, delivery, status=422, reading=form)
    except actions.DeliveryBusy:
        messages.error(request, MEANWHILE())
    return redirect("feeds:delivery", public_id)


@requires(Privilege.FEED_VIEW)
@require_POST
@once
def confirm(request: HttpRequest, public_id: str) -> HttpResponse:
    delivery = _delivery(public_id)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return _page(request, delivery, status=422, confirm=form)
    try:
        actions.confirm(
            delivery,
            seen=form.cleaned_data["seen"],
            removal_ticked=form.cleaned_data["removal"],
            by=request.actor,
            now=timezone.now(),
        )
    except actions.RemovalUnconfirmed:
        form.add_error("removal", _("Tick this if so much is really to be removed."))
        return _page(request, delivery, status=422, confirm=form)
    except actions.SummaryRenewed:
        messages.error(request, _("The summary was made anew meanwhile. Look at it again."))
    except actions.DeliveryBusy:
        messages.error(request, MEANWHILE())
    return redirect("feeds:delivery", public_id)


@requires(Privilege.FEED_VIEW)
@require_POST
@once
def cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    try:
        actions.cancel(_delivery(public_id), by=request.actor, now=timezone.now())
    except actions.DeliveryBusy:
        messages.error(request, _("It is too late to cancel: the delivery is being loaded, or over."))
    else:
        messages.success(request, _("The delivery is cancelled. Nothing was changed."))
    return redirect("feeds:delivery", public_id)


MEANWHILE: Callable[[], str] = lambda: _("This delivery has gone on meanwhile. Look at it again.")  # noqa: E731


# ------------------------------------------------------------------------------------------ files


@requires(Privilege.FEED_VIEW)
@require_GET
@never_cache
def errors(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Every error, as a file in the reader's language."""
    delivery = _delivery(public_id)
    if not delivery.error_file:
        raise Http404
    return error_file(delivery)


def error_file(delivery: Delivery) -> HttpResponseBase:
    path = actions.FILES.path_of(delivery.error_file)
    lines = list(as_csv(all_flaws(Shown(delivery).feed, path)))
    return StreamingHttpResponse(iter(lines), headers=_as_file(f"{delivery.file_name}-errors.csv"))


@requires(Privilege.FEED_VIEW)
@require_GET
@never_cache
def original(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The file as it was sent."""
    delivery = _delivery(public_id)
    stored = Stored(delivery.stored, delivery.size, delivery.sha256)
    return serve(
        request,
        actions.FILES,
        stored,
        name=delivery.file_name,
        content_type="application/octet-stream",
    )
