"""What people are told about prices. Registered when the app starts."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from babel import Locale
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from identity.actors import Actor, Kind
from identity.models import StaffRole
from identity.places import country_name
from identity.privileges import Privilege
from notifications.actions import Audience, tell, tell_many
from notifications.kinds import NoticeKind, register
from notifications.values import Words, pack

from .models import BookKind, FileSet, PriceBook, PriceDownload, PriceEdition

PRICES = _("Prices")
PAGE = "/prices/"  # where partners find their price files
PARTNERS = frozenset({Kind.RESELLER, Kind.DISTRIBUTOR})

PUBLISHED = register(
    NoticeKind(
        name="price.edition_published",
        group=PRICES,
        title=_("New prices were announced"),
        subject=_("New %(kind)s prices for %(country)s, from %(effective_on)s"),
        body=_(
            "Edition %(name)s of the %(kind)s prices for %(country)s in %(currency)s takes effect on"
            " %(effective_on)s.\n\n"
            "Its price files are ready. There you can also see what changes against the prices you have."
        ),
        action=_("See the price files"),
        icon="receipt",
        kinds=PARTNERS,
        privilege=Privilege.PRICE_FILE_VIEW,
    )
)
WITHDRAWN = register(
    NoticeKind(
        name="price.edition_withdrawn",
        group=PRICES,
        title=_("Prices you downloaded were withdrawn"),
        subject=_("Do not use edition %(name)s of the %(kind)s prices for %(country)s"),
        body=_(
            "Edition %(name)s, effective on %(effective_on)s, was withdrawn: %(reason)s\n\n"
            "You downloaded a price file with its prices. Please download the prices again and no longer use that"
            " file."
        ),
        action=_("See the price files"),
        mandatory=True,
        mandatory_reason=_("Whoever has wrong prices must learn of it."),
        tone="bad",
        icon="alert-triangle",
        privilege=Privilege.PRICE_FILE_VIEW,
    )
)
NOT_BUILT = register(
    NoticeKind(
        name="price.building_failed",
        group=PRICES,
        title=_("Price files could not be built"),
        subject=_("The %(kind)s price files for %(country)s could not be built"),
        body=_(
            "The price files of %(country)s in %(currency)s that are valid from %(valid_on)s could not be built:"
            " %(problem)s\n\n"
            "It is tried again by itself. Until then partners are offered the files they were offered before."
        ),
        action=_("See the price book"),
        tone="bad",
        icon="alert-triangle",
        kinds=frozenset({Kind.STAFF}),
        privilege=Privilege.PRICE_EDIT,
    )
)


def _of_book(book: PriceBook) -> dict[str, Any]:
    return {
        "country": _country(book.country),
        "currency": book.currency,
        "kind": BookKind(book.kind).label,
    }


def _country(code: str) -> Words:
    """A country's name for every reader."""
    names = {
        language: Locale.parse(language.replace("-", "_")).territories.get(code, code)
        for language, _name in settings.LANGUAGES
    }
    return Words(names, country_name(code))


def _of_edition(edition: PriceEdition) -> dict[str, Any]:
    return _of_book(edition.book) | {"name": edition.name, "effective_on": edition.effective_on}


# Whether somebody at a site may see prices is found out when they are told.
SITES = """
SELECT
    jsonb_build_array(jsonb_build_object('to', 'site', 'site_id', s.id, 'privilege', 'price_file_view')) AS audiences,
    %(context)s::jsonb AS context, %(href)s AS href, %(key)s || s.id AS dedupe_key
FROM identity_site s WHERE s.country = %(country)s AND s.is_active
"""


def tell_of_edition(edition: PriceEdition, *, by: Actor, now: datetime) -> None:
    """Tell every site of the country; for jobs, once the edition's files can be had."""
    params = {
        "context": json.dumps(pack(_of_edition(edition))),
        "href": PAGE,
        "key": f"price.edition_published:{edition.public_id}:",
        "country": edition.country,
    }
    tell_many(PUBLISHED, SITES, params, by=by, now=now)


def tell_of_withdrawal(edition: PriceEdition, *, by: Actor, now: datetime) -> int:
    """Tell everybody who was sent a file with the edition's prices; returns how many that are."""
    sent = PriceDownload.objects.filter(editions__contains=[edition.id])
    people = list(sent.order_by("user_id", "site_id").values_list("user_id", "site_id").distinct())
    if people:
        tell(
            WITHDRAWN,
            to=[Audience.user(user, site) for user, site in people],
            by=by,
            now=now,
            href=PAGE,
            dedupe_key=f"price.edition_withdrawn:{edition.public_id}",
            context=_of_edition(edition) | {"reason": edition.withdrawn_reason},
        )
    return len(people)


def tell_of_failure(file_set: FileSet, problem: str, *, day: date, by: Actor, now: datetime) -> None:
    """Tell the pricing people, once a day for each set."""
    tell(
        NOT_BUILT,
        to=[Audience.staff(StaffRole.PRICING)],
        by=by,
        now=now,
        href=f"/settings/prices/{file_set.book.public_id}/",
        dedupe_key=f"price.building_failed:{file_set.public_id}:{day}",
        context=_of_book(file_set.book) | {"valid_on": file_set.valid_on, "problem": problem},
    )
