"""Whoever sent a file of deals and left is told how it ended."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from identity.actors import Actor
from identity.privileges import Privilege
from notifications.actions import Audience, tell
from notifications.kinds import NoticeKind, register

from ..models import ReferralUpload
from ..told.notices import COSELL, PARTNERS

DONE = register(
    NoticeKind(
        name="cosell.upload_done",
        group=COSELL,
        title=_("A file of deals was worked on"),
        subject=_("%(file)s: not processed: %(unprocessed)s of %(rows)s rows"),
        body=_(
            "The file %(file)s was worked on. Created: %(created)s. Updated: %(updated)s. Nothing to change:"
            " %(unchanged)s. Not processed: %(unprocessed)s.\n\nThe page of the file has the rows that were not"
            " processed as a file, each with what is to be put right. Send that file again once it is mended."
        ),
        action=_("Open the result"),
        default="none",
        kinds=PARTNERS,
        privilege=Privilege.REFERRAL_VIEW,
        tone="info",
        icon="file-check",
    )
)


def tell_done(upload: ReferralUpload, *, now: datetime) -> None:
    """Tell the sender alone."""
    tell(
        DONE,
        to=[Audience.user(upload.user_id, upload.site_id)],
        by=Actor.system(),
        now=now,
        href=reverse("cosell_bulk:upload", args=[upload.public_id]),
        dedupe_key=f"{DONE.name}:{upload.public_id}",
        context={
            "file": upload.file_name,
            **{
                name: getattr(upload, name)
                for name in ("rows", "created", "updated", "unchanged", "unprocessed")
            },
        },
    )
