"""Files of deals: what both sides have, and what is tried."""

from __future__ import annotations

import itertools
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cosell.bulk.sending import send_file
from cosell.bulk.working import work_on_all
from cosell.models import ReferralUpload, UploadRow
from identity import tenancy
from identity.models import Membership
from tests.cosell.bulk.sending import csv_of, row
from tests.sweep.addresses import Case
from tests.sweep.shapes import form, listing, of
from tests.sweep.world import CANARY, World

WORKERS = frozenset(
    {"primary", "sales", "rival", "rival_colleague"}
)  # who have a role by which deals are worked on
SENDER = frozenset({"primary"})  # a file is its sender's alone


def rows(world: World, marks: tuple[str, str]) -> None:
    """A file of each side, of which one row was not processed."""
    for held, name, mark in ((world.ours, "primary", marks[0]), (world.theirs, "rival", marks[1])):
        by = world.actor(name)
        wrong = row(deal_name=f"{mark} deal", customer_name=mark, city=mark, country=mark, notes=mark)
        with tenancy.scope(by):
            file = SimpleUploadedFile("deals.csv", csv_of([wrong]))
            held["referral_upload"] = send_file(file, f"{mark}.csv", by=by, now=timezone.now())
    work_on_all()
    _others(world)
    with tenancy.as_system():
        for held in (world.ours, world.theirs):
            held["referral_upload"].refresh_from_db()
            assert held["referral_upload"].unprocessed == 1


def _others(world: World) -> None:
    """What a distributor sent, who has a part in co-selling no more; and a file of each that is not worked on yet."""
    now = timezone.now()
    with tenancy.as_system():
        for name, status in itertools.product(("primary", "rival", "distributor"), ("waiting", "done")):
            member = world.people[name]
            assert isinstance(member, Membership)
            mark = CANARY if name == "rival" else name
            upload = ReferralUpload.objects.create(
                site=member.site, user=member.user, file_name=f"{mark}.csv", size=1, sha256=mark, language="en",
                rows=1, sent_at=now, expires_at=now + timedelta(days=30), status=status, attempts=0,
                finished_at=None if status == "waiting" else now,
            )  # fmt: skip
            UploadRow.objects.create(
                site=member.site, user=member.user, upload=upload, number=2, outcome="unprocessed", name=mark,
                flaws=[["", mark]],
            )  # fmt: skip


CASES: dict[str, Case] = {
    "cosell_bulk:send": Case(seen_by=WORKERS, posts=(form(),)),
    "cosell_bulk:download": listing(WORKERS, "q={}", "show=inbound&q={}", "customer={}", "location={}"),
    "cosell_bulk:empty": Case(seen_by=WORKERS),
    "cosell_bulk:uploads": listing(WORKERS),
    "cosell_bulk:upload": of("referral_upload", SENDER),
    "cosell_bulk:errors": of("referral_upload", SENDER),
    "cosell_bulk:original": of("referral_upload", SENDER),
    "api-referral-uploads-list": Case(seen_by=WORKERS, api=True, posts=(form(),)),
    "api-referral-uploads-download": listing(
        WORKERS, "q={}", "show=inbound&q={}", "customer={}", "location={}", api=True
    ),
    "api-referral-uploads-detail": of("referral_upload", SENDER, api=True),
    "api-referral-uploads-rows": of("referral_upload", SENDER, api=True),
    "api-referral-uploads-errors": of("referral_upload", SENDER, api=True),
}
