"""A file of deals that somebody sent, of which two rows are to be put right (C13)."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

from django.utils import translation

from identity import tenancy
from identity.demo import World
from pricing.money import currency_of

from ..bulk import columns
from ..bulk.sending import send_file
from ..bulk.working import work_on_all
from .ground import Company

#: What differs from row to row; the last two are wrong.
ROWS = (
    {"deal_name": "Payroll for the ferries", "customer_name": "Blue Ferries"},
    {"deal_name": "Payroll for the tram depot", "customer_name": "North Trams"},
    {"deal_name": "Payroll for the orchard", "customer_name": "Hill Orchards", "value": "a lot"},
    {
        "deal_name": "Payroll for the museum", "customer_name": "Lighthouse Museum", "country": "Atlantis",
        "consent": "No",
    },
)  # fmt: skip


def build(world: World, company: Company) -> None:
    with tenancy.scope(company.admin), translation.override(world.language_of(company.site)):
        send_file(
            _file(world, company),
            "deals-of-the-fair.csv",
            by=company.admin,
            now=world.now - timedelta(hours=3),
        )
    work_on_all()


def _file(world: World, company: Company) -> io.BytesIO:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns.headers(1, 1))
    place = company.locations[0]
    same = {
        "location": place.name, "address_line1": place.address_line1, "city": place.city, "country": place.country,
        "status": "active", "substatus": "accepted", "value": "38000", "currency": currency_of(place.country),
        "close_on": (world.now + timedelta(days=150)).date().isoformat(), "help_required": "no", "share": "yes",
        "consent": "yes",
    }  # fmt: skip
    for row in ROWS:
        said = same | row
        cells = [said.get(column.name, "") for column in columns.COLUMNS]
        team = f"Layla; Nassar; layla@{company.site.web_domain or 'partner.example'}; +20 2 5550 0120"
        writer.writerow([*cells, company.solutions[0].name, team])
    return io.BytesIO(out.getvalue().encode("utf-8-sig"))
