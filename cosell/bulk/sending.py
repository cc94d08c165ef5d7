"""Taking a file of deals: looked over at once, so that what is no such file is refused while somebody is there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import IO

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from feeds.actions import clean_name
from feeds.reading import Refused
from feeds.reading.styles import Style
from identity.access import demand
from identity.actors import Actor
from identity.audit import record
from identity.filestore import Store
from identity.models import User
from identity.privileges import Privilege

from ..models import ReferralUpload
from ..models.bulk import LIVE_UPLOADS
from .reading import count, open_file

FILES = Store("cosell")
LARGEST = 16 * 1024 * 1024  # bytes: a thousand rows with long notes are a fifth of it
MOST_LIVE = 5  # files of one person that wait or are worked on
SUFFIXES = (".csv", ".txt", ".tsv", ".xlsx")


class UploadRefused(Exception):
    """Nothing of the file was taken. `reason` is a sentence for whoever sent it, `code` says it to programs."""

    def __init__(self, reason: str | Promise, code: str) -> None:
        super().__init__(code)
        self.reason, self.code = reason, code


@transaction.atomic
def send_file(file: IO[bytes], name: str, *, by: Actor, now: datetime) -> ReferralUpload:
    """Take a file of deals, and have a worker do what its rows ask for.

    Raises PrivilegeMissing, and UploadRefused for what is no file of deals or has too many rows: nothing is kept then.
    """
    from .tasks import wake_on_commit

    demand(by, Privilege.REFERRAL_WORK)
    assert by.site_id is not None
    assert by.user_id is not None
    User.objects.select_for_update(no_key=True).only("id").get(
        id=by.user_id
    )  # two at once: one sees the other
    _demand_patience()
    stored = FILES.keep(file)
    try:
        if stored.size > LARGEST:
            raise UploadRefused(_("This file is larger than a thousand deals can be."), "too_large")
        _demand_another(stored.sha256)
        rows, styles = _look_over(stored.name, name)
    except UploadRefused:
        FILES.forget(stored.name)
        raise
    upload = ReferralUpload.objects.create(
        site_id=by.site_id, user_id=by.user_id, key_id=by.key_id, file_name=clean_name(name), stored=stored.name,
        size=stored.size, sha256=stored.sha256, styles=styles, rows=rows,
        language=translation.get_language() or settings.LANGUAGE_CODE, sent_at=now,
        expires_at=now + timedelta(days=settings.COSELL_UPLOAD_KEPT_DAYS),
    )  # fmt: skip
    audit("referral_upload.sent", upload, by=by, now=now, rows=rows)
    wake_on_commit()
    return upload


def _look_over(stored: str, name: str) -> tuple[int, dict[str, list[str]]]:
    """How many rows there are, and how the file writes numbers and dates."""
    try:
        table = open_file(FILES.path_of(stored), name)
        rows = count(table)
    except Refused as refused:
        raise UploadRefused(refused.reason, refused.code) from None
    return rows, {column: _kept(style) for column, style in table.styles.items()}


def _kept(style: Style) -> list[str]:
    return [style.decimal, style.order]


def _demand_patience() -> None:
    if ReferralUpload.objects.filter(status__in=LIVE_UPLOADS).count() >= MOST_LIVE:
        raise UploadRefused(
            _("Several files of yours are being worked on already. Wait until one of them is done."),
            "too_many",
        )


def _demand_another(sha256: str) -> None:
    """The very same file would make its new deals once more."""
    same = ReferralUpload.objects.filter(sha256=sha256)
    if same.filter(status__in=LIVE_UPLOADS).exists() or same.filter(created__gt=0).exists():
        raise UploadRefused(
            _("You sent this very file already, and it made deals. Send only the rows that were not processed: the"
              " result of the first time has them as a file."),
            "sent_already",
        )  # fmt: skip


def audit(event: str, upload: ReferralUpload, *, by: Actor, now: datetime, **detail: object) -> None:
    record(
        event, by=by, now=now, object_type="referral_upload", object_id=upload.public_id, label=upload.file_name,
        site_id=upload.site_id, **detail,
    )  # fmt: skip
