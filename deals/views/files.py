"""Files of a deal: attaching, taking back, downloading."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from identity.access import requires
from identity.once import once
from identity.privileges import Privilege
from identity.uploads import receives_files

from .. import actions, queries
from ..attachments import LARGEST, FileRefused
from ..downloads import file_response
from ..forms import AttachForm
from ..models import Deal, DealAttachment
from ..possible import demand_reseller
from ..states import Status
from .deal import deal_page

P = Privilege


@receives_files(LARGEST)
@requires(P.DEAL_REGISTER)
@require_POST
@once
def attach(request: HttpRequest, public_id: str) -> HttpResponse:
    """Add a file. Sent from the form's review step it leads back there, otherwise to the deal."""
    demand_reseller(request.actor)
    deal = get_object_or_404(Deal, public_id=public_id)
    form = AttachForm(request.POST, request.FILES, auto_id="id_attach_%s")
    if not form.is_valid():
        return deal_page(request, deal, status=422, bound=("attach", form))
    file = form.cleaned_data["file"]
    try:
        actions.attach_file(
            deal,
            file=file,
            name=file.name,
            size=file.size,
            for_distributor=form.cleaned_data["for_distributor"],
            by=request.actor,
            now=timezone.now(),
        )
    except FileRefused as refused:
        form.add_error("file", str(refused.reason))
        return deal_page(request, deal, status=422, bound=("attach", form))
    except actions.DealNotOpen:
        messages.error(request, _("The deal is closed: no files are added to it any more."))
    else:
        messages.success(request, _("The file is attached."))
    return redirect(_back(deal))


@requires(P.DEAL_REGISTER)
@require_POST
@once
def detach(request: HttpRequest, public_id: str, file_id: str) -> HttpResponse:
    """Take a file back."""
    demand_reseller(request.actor)
    attachment = get_object_or_404(
        DealAttachment.objects.select_related("deal"),
        public_id=file_id,
        deal__public_id=public_id,
        removed_at=None,
    )
    try:
        actions.take_back_attachment(attachment, by=request.actor, now=timezone.now())
    except actions.DealNotOpen:
        messages.error(request, _("The deal is closed, and its files stay as they are."))
    else:
        messages.success(request, _("The file is taken back."))
    return redirect(_back(attachment.deal))


def _back(deal: Deal) -> str:
    page = "deals:review" if deal.status in (Status.DRAFT, Status.RETURNED) else "deals:detail"
    return reverse(page, args=[deal.public_id]) + "#files"


@requires(P.DEAL_VIEW)
@require_safe
@never_cache
def download(request: HttpRequest, public_id: str, file_id: str) -> HttpResponseBase:
    """The file itself: as a download, never as a page of ours."""
    files = queries.attachments().select_related("deal")
    attachment = get_object_or_404(files, public_id=file_id, deal__public_id=public_id)
    actions.note_viewing(attachment.deal, by=request.actor, now=timezone.now())
    return file_response(request, attachment)
