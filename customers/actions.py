"""What changes the directory of customers, and a site's own contacts."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from identity.actors import Actor
from identity.audit import record

from .models import Customer, CustomerContact
from .names import contact_sounds, contact_words, search_domain


class CustomerIncomplete(Exception):
    """A customer needs a name with at least one letter or digit, and a country."""


@transaction.atomic
def find_or_add_customer(
    *, name: str, country: str, tax_id: str = "", web_domain: str = "", by: Actor, now: datetime
) -> Customer:
    """The customer of the shared directory that this is, or a new one.

    The same country and tax id is the same customer; without a tax id on either side, the same country and
    name (spelling and legal form aside). Whoever asks gets the directory's entry, never a hint of who else
    did. Raises CustomerIncomplete.
    """
    customer = Customer(
        name=" ".join(name.split()),
        country=country.upper(),
        tax_id=tax_id.strip(),
        web_domain=search_domain(web_domain),
    )
    customer.normalise()
    if not customer.search_name or len(customer.country) != 2:
        raise CustomerIncomplete
    known = _known(customer)
    if known:
        return known
    # Two partners may enter the same company at the same moment; the second then finds the first one's.
    Customer.objects.bulk_create([customer], ignore_conflicts=True)
    added = _known(customer)
    if added is None:
        raise RuntimeError("A customer was neither added nor found.")
    if added.public_id == customer.public_id:
        record("customer.added", by=by, now=now, object_type="customer", object_id=added.id, label=added.name)
    return added


def _known(customer: Customer) -> Customer | None:
    same_country = Customer.objects.filter(country=customer.country).order_by("id")
    if customer.search_tax_id:
        known = same_country.filter(search_tax_id=customer.search_tax_id).first()
        if known is None and customer.tax_key:  # written with its country's letters, or without
            known = same_country.exclude(tax_key="").filter(tax_key=customer.tax_key).first()
        if known:
            return known
        return same_country.filter(search_tax_id="", search_name=customer.search_name).first()
    return same_country.filter(search_name=customer.search_name).first()


def remember_contact(
    *, site_id: int, customer: Customer, name: str, job_title: str = "", email: str = "", phone: str = ""
) -> CustomerContact:
    """Keep a contact for a site's next deal with the customer; what is known is brought up to date."""
    contact, _ = CustomerContact.objects.update_or_create(
        site_id=site_id,
        customer=customer,
        email=email,
        name=name,
        defaults={
            "job_title": job_title,
            "phone": phone,
            "words": contact_words(name, email),
            "sounds": contact_sounds(name),
        },
    )
    return contact
