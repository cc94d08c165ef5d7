"""Files of deals: how its pages are looked at, and of which pictures are made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from identity.models import Role
from tests.browser.shots import Shot
from tests.browser.states import State, refused
from tests.cosell.bulk.sending import csv_of, row, send, work
from tests.cosell.factories import give_role, make_location, make_solution
from tests.factories import make_member, make_site

if TYPE_CHECKING:
    from tests.browser.exhibition import Exhibition


def show(shown: Exhibition) -> None:
    """A file in each of its states, of a company that has nothing else; and a colleague who may begin no deal."""
    site = make_site("Delta Files", country="EG", time_zone="Africa/Cairo")
    make_location(site, "Tanta")
    make_solution(site, "Nile Payroll")
    shown.people["file_admin"] = give_role(make_member(site, "Salma Aziz"), Role.REFERRALS_ADMIN)
    shown.people["file_user"] = give_role(make_member(site, "Omar Zaki"), Role.REFERRALS_USER)
    admin = shown.people["file_admin"]
    files: dict[str, Any] = {
        "done": send(
            admin, csv_of([row(deal_name="Payroll for the mills"), row(deal_name="Payroll for the port")])
        ),
        "with errors": send(
            admin,
            csv_of(
                [
                    row(deal_name="Payroll for the bakery"),
                    row(deal_name="Payroll for Atlantis", country="Atlantis", value="a lot"),
                ]
            ),
            "north-and-south.csv",
        ),
    }
    work()
    files["waiting"] = send(admin, csv_of([row(deal_name="Payroll for the ferries")]), "later.csv")
    shown.things["referral uploads"] = files


def of_file(name: str) -> Any:
    return lambda shown: {"public_id": shown.things["referral uploads"][name].public_id}


PAGES: dict[str, tuple[State, ...]] = {
    "cosell_bulk:send": (
        State("file_admin"),
        State("file_user", "may begin none"),
        State("file_admin", "refused", act=refused()),
    ),
    "cosell_bulk:uploads": (State("file_admin"), State("file_user", "none")),
    "cosell_bulk:upload": tuple(
        State("file_admin", name, of_file(name)) for name in ("done", "with errors", "waiting")
    ),
}
NO_PAGES: dict[str, str] = dict.fromkeys(
    ("cosell_bulk:download", "cosell_bulk:empty", "cosell_bulk:errors", "cosell_bulk:original"), "a file"
)
#: Pictures by the demo account that they are of: reseller_primary, staff_deal_desk, …
SHOTS: dict[str, tuple[Shot, ...]] = {
    "reseller_primary": (
        Shot("cosell_bulk:send", "deals-as-a-file", "/cosell/deals/file/"),
        Shot("cosell_bulk:uploads", "files-of-deals", "/cosell/deals/file/sent/"),
        Shot("cosell_bulk:upload", "file-of-deals", "/cosell/deals/file/sent/", follow="a.row-link"),
    ),
}
