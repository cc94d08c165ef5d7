"""Files of a deal: attached by the partner, and taken back."""

from __future__ import annotations

from datetime import datetime
from typing import IO

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from identity.actors import Actor

from ..attachments import AT_MOST, FILES, FileRefused, clean_name, content_type
from ..models import Deal, DealAttachment
from ..states import TERMINAL
from .ground import DealNotOpen, Happened, audit, happened, locked


@transaction.atomic
def attach_file(
    deal: Deal,
    *,
    file: IO[bytes],
    name: str,
    size: int,
    by: Actor,
    now: datetime,
    for_distributor: bool = False,
) -> DealAttachment:
    """Add a file to a deal that is not closed. The vendor reads it, the distributor named if `for_distributor`.

    Raises FileRefused for what is not taken, DealNotOpen. A file that is there already, with the same name and
    content, is not added again.
    """
    deal = locked(deal)
    if deal.status in TERMINAL:
        raise DealNotOpen(deal.status)
    name = clean_name(name)
    kind = content_type(name, size, file)
    there = list(DealAttachment.objects.filter(deal=deal, removed_at=None))
    if len(there) >= AT_MOST:
        raise FileRefused(_("A deal has at most ten files. Take one back first."))
    stored = FILES.keep(file)
    twin = next((known for known in there if (known.name, known.sha256) == (name, stored.sha256)), None)
    if twin is not None:
        FILES.forget(stored.name)
        return twin
    attachment = DealAttachment.objects.create(
        deal=deal,
        **deal.readers(),
        name=name,
        content_type=kind,
        size=size,
        sha256=stored.sha256,
        stored=stored.name,
        for_distributor=for_distributor,
        added_by_name=by.name[:120],
        added_at=now,
    )
    _tell_timeline(Happened.ATTACHED, deal, attachment, by=by, now=now)
    return attachment


@transaction.atomic
def take_back_attachment(attachment: DealAttachment, *, by: Actor, now: datetime) -> None:
    """Show a file no more; once. What the vendor has seen is kept in the store. Raises DealNotOpen."""
    deal = locked(attachment.deal)
    if deal.status in TERMINAL:
        raise DealNotOpen(deal.status)
    if DealAttachment.objects.filter(id=attachment.id, removed_at=None).update(removed_at=now):
        _tell_timeline(Happened.DETACHED, deal, attachment, by=by, now=now)


def take_files_along(source: Deal, deal: Deal) -> None:
    """Attach to a new deal what is attached to the earlier one that it takes up; each has files of its own."""
    for file in DealAttachment.objects.filter(deal=source, removed_at=None).order_by("id"):
        with FILES.path_of(file.stored).open("rb") as content:
            stored = FILES.keep(content)
        DealAttachment.objects.create(
            deal=deal,
            **deal.readers(),
            name=file.name,
            content_type=file.content_type,
            size=file.size,
            sha256=stored.sha256,
            stored=stored.name,
            for_distributor=file.for_distributor,
            added_by_name=file.added_by_name,
            added_at=file.added_at,
        )


def _tell_timeline(kind: str, deal: Deal, attachment: DealAttachment, *, by: Actor, now: datetime) -> None:
    # The distributor reads the timeline: of a file that is not for them, not even the name.
    text = attachment.name if attachment.for_distributor else ""
    happened(kind, deal, by=by, now=now, text=text)
    audit(f"deal.{kind}", deal, by=by, now=now)
