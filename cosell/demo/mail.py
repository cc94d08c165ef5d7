"""One partner has all its co-sell mail sent to one address (C11); at the others it goes to those whom it concerns."""

from __future__ import annotations

from datetime import timedelta

from identity import tenancy
from identity.demo import World

from ..told.address import keep_address
from .ground import Company


def build(world: World, company: Company) -> None:
    email = f"cosell@{company.site.web_domain or 'partner.example'}"
    with tenancy.scope(company.admin):
        keep_address(
            email,
            world.language_of(company.site),
            version=None,
            by=company.admin,
            now=world.now - timedelta(days=30),
        )
