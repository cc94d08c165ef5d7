"""Files of deals: what both sides have, and what is tried."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cosell.bulk.sending import send_file
from cosell.bulk.working import work_on_all
from identity import tenancy
from tests.cosell.bulk.sending import csv_of, row
from tests.sweep.addresses import Case
from tests.sweep.shapes import form, listing, of
from tests.sweep.world import World

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
    with tenancy.as_system():
        for held in (world.ours, world.theirs):
            held["referral_upload"].refresh_from_db()
            assert held["referral_upload"].unprocessed == 1


CASES: dict[str, Case] = {
    "cosell_bulk:send": Case(seen_by=WORKERS, posts=(form(),)),
    "cosell_bulk:download": listing(WORKERS, "q={}", "show=inbound&q={}", "customer={}", "location={}"),
    "cosell_bulk:empty": Case(seen_by=WORKERS),
    "cosell_bulk:uploads": listing(WORKERS),
    "cosell_bulk:upload": of("referral_upload", SENDER),
    "cosell_bulk:errors": of("referral_upload", SENDER),
    "cosell_bulk:original": of("referral_upload", SENDER),
    "api-referral-uploads-list": Case(seen_by=WORKERS, api=True, posts=(form(),)),
    "api-referral-uploads-detail": of("referral_upload", SENDER, api=True),
    "api-referral-uploads-rows": of("referral_upload", SENDER, api=True),
    "api-referral-uploads-errors": of("referral_upload", SENDER, api=True),
}
