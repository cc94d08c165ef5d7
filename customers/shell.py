"""Where a site's customers are in the navigation, and what is said of them on the page about a site."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from identity import site_facts
from identity.actors import Actor, Kind
from identity.models import Site
from identity.navigation import Entry, register
from identity.site_facts import Fact

from .queries import Phase, day_of, relationships
from .related import READERS, RELATED

register(
    Entry(
        label=gettext_lazy("Customers"),
        url_name=RELATED.url_name,
        icon="building-community",
        section="work",
        order=45,
        kinds=frozenset({Kind.RESELLER, Kind.DISTRIBUTOR, Kind.STAFF}),
        privileges=READERS,
    )
)


@site_facts.register
def related_customers(site: Site, actor: Actor) -> Iterator[Fact]:
    """How many customers it has: for its own people, and for the vendor's who look at sites."""
    if not RELATED.open_to(actor) or not (actor.is_staff or actor.site_id == site.id):
        return
    held = relationships(Phase.CURRENT, day_of(timezone.now())).filter(site_id=site.id)
    count = held.values("customer_id").distinct().count()
    query = f"site={site.number}" if actor.is_staff else ""
    yield Fact(_("Customers"), number_format(count, use_l10n=True), RELATED.address(query))
