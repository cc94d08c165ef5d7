"""The pages of files of deals: one is sent, how far it is, what became of its rows; and the files themselves (C13)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from feeds.reading import Refused
from identity.access import requires
from identity.filestore import Stored
from identity.once import once
from identity.paging import page
from identity.privileges import Privilege
from identity.serving import serve
from identity.uploads import receives_files

from ..models import Outcome, ReferralUpload, UploadRow, UploadStatus
from ..referrals.listing import PARAMETERS
from ..rights.possible import why_no_new_deal
from . import columns, files, sending
from .forms import SendForm
from .reading import MOST_ROWS
from .working import figures

WORK = Privilege.REFERRAL_WORK
SHOWN = 100  # rows on a page of results
TONES = {
    UploadStatus.WAITING: "info",
    UploadStatus.RUNNING: "info",
    UploadStatus.DONE: "good",
    UploadStatus.STOPPED: "bad",
}
OUTCOMES = {
    Outcome.CREATED: "good",
    Outcome.UPDATED: "info",
    Outcome.UNCHANGED: "neutral",
    Outcome.UNPROCESSED: "bad",
}


# ------------------------------------------------------------------------------------------------ sending


@receives_files(sending.LARGEST)
@requires(WORK)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def send(request: HttpRequest) -> HttpResponse:
    """What a file must look like, and where it is sent."""
    form = SendForm()
    if request.method == "POST":
        form = SendForm(request.POST, request.FILES)
        if form.is_valid() and (upload := _sent(request, form)):
            return redirect("cosell_bulk:upload", upload.public_id)
    context = {
        "form": form,
        "columns": [column for column in columns.COLUMNS if column is not columns.ERRORS],
        "repeated": columns.REPEATED,
        "reasons": list(enumerate(columns.REASONS.words.choices.values(), start=1)),
        "help_types": list(enumerate(columns.HELP_TYPES.words.choices.values(), start=1)),
        "close_example": columns.example_date(date.today()),
        "no_new_deal": why_no_new_deal(request.actor),
        "latest": ReferralUpload.objects.order_by("-id")[:5],
        "tones": TONES,
        "most_rows": MOST_ROWS,
        "most_deals": files.MOST_DEALS,
        "most_repeated": columns.MOST_REPEATED,
    }
    return render(
        request, "cosell/bulk/send.html", context, status=422 if form.is_bound and form.errors else 200
    )


def _sent(request: HttpRequest, form: SendForm) -> ReferralUpload | None:
    file = form.cleaned_data["file"]
    try:
        return sending.send_file(file, file.name, by=request.actor, now=timezone.now())
    except sending.UploadRefused as refused:
        form.add_error("file", str(refused.reason))
        return None


# ------------------------------------------------------------------------------------------------ results


@requires(WORK)
@require_GET
@never_cache
def uploads(request: HttpRequest) -> HttpResponse:
    """One's own files."""
    found = page(ReferralUpload.objects.all(), ("-id",), request)
    return render(request, "cosell/bulk/uploads.html", {"page": found, "tones": TONES})


@requires(WORK)
@require_GET
@never_cache
def upload(request: HttpRequest, public_id: str) -> HttpResponse:
    """How far a file is, and what became of its rows: those first that were not processed."""
    sent = get_object_or_404(ReferralUpload, public_id=public_id)
    rows = UploadRow.objects.filter(upload=sent)
    wrong = rows.filter(outcome=Outcome.UNPROCESSED).order_by("number")
    done = rows.exclude(outcome=Outcome.UNPROCESSED).select_related("referral").order_by("number")
    counted = (
        figures(sent)
        if sent.is_live
        else {outcome.value: getattr(sent, outcome.value) for outcome in Outcome}
    )
    context = {
        "upload": sent,
        "tones": TONES,
        "outcomes": OUTCOMES,
        "figures": counted,
        "looked_at": sum(counted.values()) if sent.is_live else sent.rows,
        "wrong": list(wrong[:SHOWN]),
        "done": list(done[:SHOWN]),
        "shown": SHOWN,
        "days": settings.COSELL_UPLOAD_KEPT_DAYS,
    }
    return render(request, "cosell/bulk/upload.html", context)


# ------------------------------------------------------------------------------------------------ files


@requires(WORK)
@require_GET
@never_cache
def download(request: HttpRequest) -> HttpResponseBase:
    """The deals that the list shows with the same tab and filters."""
    try:
        pieces = files.deals_file(request.GET, request.actor)
    except files.TooManyDeals:
        messages.error(request, files.too_many())
        return redirect(_list(request))
    return handed_out(pieces, f"deals-{timezone.localdate().isoformat()}.csv")


def _list(request: HttpRequest) -> str:
    asked = {name: request.GET[name] for name in PARAMETERS if request.GET.get(name)}
    return f"{reverse('referrals:list')}?{urlencode(asked)}" if asked else reverse("referrals:list")


@requires(WORK)
@require_GET
def empty(request: HttpRequest) -> HttpResponseBase:
    """A file with the header alone."""
    return handed_out([files.empty_file()], "deals.csv")


@requires(WORK)
@require_GET
@never_cache
def errors(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The rows that were not processed, with what is wrong."""
    return error_file(get_object_or_404(ReferralUpload, public_id=public_id))


def error_file(sent: ReferralUpload) -> HttpResponseBase:
    """Raises Http404 where there is none (yet, or any more)."""
    if sent.is_live or not sent.unprocessed or not sent.stored:
        raise Http404
    try:
        return handed_out(
            files.error_file(sent), f"{sent.file_name.rpartition('.')[0] or 'deals'}-errors.csv"
        )
    except (Refused, OSError):
        raise Http404 from None


@requires(WORK)
@require_GET
@never_cache
def original(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The file as it was sent."""
    sent = get_object_or_404(ReferralUpload, public_id=public_id)
    if not sent.stored:
        raise Http404
    stored = Stored(sent.stored, sent.size, sent.sha256)
    return serve(request, sending.FILES, stored, name=sent.file_name, content_type="application/octet-stream")


def handed_out(pieces: Iterable[bytes], name: str) -> Any:
    """A file written piece by piece to the disk while the transaction lasts, then sent from there."""
    held = TemporaryFile()  # noqa: SIM115 - the answer closes it
    for piece in pieces:
        held.write(piece)
    held.seek(0)
    return FileResponse(held, as_attachment=True, filename=name, headers=files.AS_FILE)
