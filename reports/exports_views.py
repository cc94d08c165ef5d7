"""Files made in the background: one's own, how far they are, and the files themselves."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from identity.access import PrivilegeMissing, requires
from identity.actors import Actor
from identity.once import once
from identity.paging import page
from identity.privileges import Privilege, Refusal

from . import exports
from .downloads import Wanted, hand_out
from .exports import TooManyExports, why_no_file
from .files import Format, SheetFull
from .models import Export, ExportStatus
from .sources import BadFilter, ReportNotFound, address_of

# Everybody's own, like their inbox; what a file holds is asked for when it is made, and when it is had.
OWN = Privilege.INBOX_READ
TONES = {
    ExportStatus.WAITING: "info",
    ExportStatus.RUNNING: "info",
    ExportStatus.READY: "good",
    ExportStatus.FAILED: "bad",
    ExportStatus.CANCELLED: "neutral",
    ExportStatus.EXPIRED: "neutral",
}
FORMATS: dict[str, str] = {Format.CSV: "CSV", Format.XLSX: "XLSX", Format.PARQUET: "Parquet"}


@requires(OWN)
@require_GET
@never_cache
def export_list(request: HttpRequest) -> HttpResponse:
    found = page(Export.objects.all(), ("-id",), request)
    context = {
        "page": found,
        "tones": TONES,
        "formats": FORMATS,
        "live": any(export.is_live for export in found.items),
    }
    return render(request, "reports/exports.html", context)


@requires(OWN)
@require_GET
@never_cache
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """How far a file is; the file, once it is ready; or why there is none, and what can be done."""
    export = get_object_or_404(Export, public_id=public_id)
    context = {
        "export": export,
        "tones": TONES,
        "formats": FORMATS,
        "address": _address(export),
        "refusal": why_not_yours(export, request.actor),
        "days": exports.kept_for().days,
    }
    return render(request, "reports/export.html", context)


@requires(OWN)
@require_GET
def new(request: HttpRequest, source: str, level: str, format: str) -> HttpResponseBase:
    """A file of a report or list as its address says: at once, or made in the background."""
    if format not in FORMATS:
        raise Http404
    wanted = Wanted(source, request.GET.urlencode(), level, Format(format))
    try:
        return hand_out(request, wanted, now=timezone.now())
    except ReportNotFound:
        raise Http404 from None
    except (SheetFull, TooManyExports) as error:
        messages.error(request, why_no_file(error))
    except BadFilter:
        pass  # the page itself says what is wrong with it
    return redirect(address_of(source, wanted.query, level))


@requires(OWN)
@require_safe
@never_cache
def download(request: HttpRequest, public_id: str) -> HttpResponseBase:
    export = get_object_or_404(Export, public_id=public_id)
    try:
        return exports.file_response(request, export, now=timezone.now())
    except exports.FileNotReady:
        messages.warning(request, _("There is no file here at the moment."))
    except (exports.FileNoLongerYours, ReportNotFound, BadFilter):
        messages.error(request, _("This file holds something that you may no longer see."))
    return redirect("exports:detail", public_id)


@requires(OWN)
@require_POST
@once
def cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    export = get_object_or_404(Export, public_id=public_id)
    try:
        exports.cancel_export(export, by=request.actor, now=timezone.now())
    except exports.ExportNotLive:
        messages.warning(request, _("It was over already."))
    else:
        messages.success(request, _("The file is no longer made."))
    return redirect("exports:detail", public_id)


@requires(OWN)
@require_POST
@once
def again(request: HttpRequest, public_id: str) -> HttpResponse:
    """The same file once more, with what is there now."""
    export = get_object_or_404(Export, public_id=public_id)
    try:
        export = exports.run_again(export, by=request.actor, now=timezone.now())
    except (SheetFull, TooManyExports) as error:
        messages.error(request, why_no_file(error))
    except (ReportNotFound, BadFilter):
        messages.error(request, _("What this file was made of is not there any more."))
    else:
        messages.success(request, _("The file is made once more."))
    return redirect("exports:detail", export.public_id)


def why_not_yours(export: Export, actor: Actor) -> Refusal | None:
    """Why whoever looks may not have the file that is there; None if they may, or if there is none."""
    if export.status != ExportStatus.READY:
        return None
    try:
        exports.authorise(export, actor)
    except PrivilegeMissing as error:
        return error.refusal
    except (exports.FileNoLongerYours, ReportNotFound, BadFilter):
        return Refusal(
            _("This file holds something that you may no longer see."),
            _("Have it made once more: it then holds what you may see."),
        )
    return None


def _address(export: Export) -> Any:
    try:
        return address_of(export.source, export.query, export.level)
    except ReportNotFound:
        return None
