"""What the demo's people have done about their renewals, and what they were reminded of."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from identity import tenancy
from identity.actors import Actor
from identity.demo import World, member_actor
from identity.models import Site
from identity.privileges import Privilege

from .models import LostReason, RenewalItem
from .reminders.reminding import remind_due, take_up_sites
from .work import actions
from .worklist.listing import ORDER, TO_RENEW, items_in

SITTING = 12  # items that a site has looked at
# A note, a reason in words: in each site's language.
WORDS = {
    "en": ("Asked for a quote with 15 instead of 10.", "They close the office in the summer."),
    "ar": ("طلبوا عرض سعر لخمس عشرة رخصة بدلاً من عشر.", "سيغلقون المكتب في الصيف."),
    "pt-br": ("Pediram proposta com 15 em vez de 10.", "Vão fechar o escritório no verão."),
    "pl": ("Proszą o ofertę na 15 zamiast 10.", "Latem zamykają biuro."),
    "it": ("Hanno chiesto un'offerta con 15 invece di 10.", "In estate chiudono l'ufficio."),
}


def build(world: World) -> None:
    """At each site somebody has gone through what is due first; then everybody is reminded of the last week."""
    rng = Random("renewals worked on")
    for site in (*world.sites, *world.distributors):
        people = [member_actor(member) for member in world.members[site.id]]
        people = [person for person in people if person.may(Privilege.RENEWAL_WORK)]
        if people:
            _work_on(world, site, people, rng)
    take_up_sites(now=world.now - timedelta(days=8))
    remind_due(now=world.now)


def _work_on(world: World, site: Site, people: list[Actor], rng: Random) -> None:
    by, now = people[0], world.now - timedelta(hours=20)
    note, closing = WORDS[world.language_of(site)]
    today = world.now.date()
    with tenancy.scope(by):
        items: list[RenewalItem] = list(items_in(TO_RENEW, by, today=today).order_by(*ORDER)[:SITTING])
        for place, item in enumerate(items):
            at = now + timedelta(minutes=7 * place)
            if place % 4 == 1:
                actions.assign_item(item, to=_public_id(world, site, rng.choice(people)), by=by, now=at)
            if place == 2:
                actions.note_item(item, text=note, by=by, now=at)
            if place == 5:
                actions.snooze_item(item, until=today + timedelta(days=rng.randint(5, 25)), by=by, now=at)
            if place == 9:
                reason = rng.choice([LostReason.BUDGET, LostReason.RETIRED, LostReason.COMPETITOR])
                actions.lose_item(item, reason=reason, text=closing, by=by, now=at)


def _public_id(world: World, site: Site, person: Actor) -> str:
    return next(member.public_id for member in world.members[site.id] if member.id == person.membership_id)
