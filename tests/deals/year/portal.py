"""The portal's side of the year: the same deeds through the actions, each as whoever does it, and the jobs."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from calendars.models import Holiday, WorkingCalendar
from deals import actions
from deals.models import Deal, DealEvent, DealProduct, DecisionPace, RulesVersion, SiteTier
from deals.rules import Rules
from deals.states import DealType
from deals.tasks import escalate_due, expire_due, measure_pace, remind_due
from identity import tenancy
from identity.models import Membership, Site, SiteKind, StaffRole, Tool, User
from notifications.models import Notice
from tests.cast import actor
from tests.deals.factories import make_customer, make_part
from tests.factories import make_member, make_site, make_user

from . import model

REFUSED = (actions.DealNotOpen, actions.NotNow, actions.DealConflict, Deal.DoesNotExist)
LINES = {"SENTINEL": "D0AAALL", "FLOW": "D0BBBLL"}
# Country and time zone of each reseller; the vendor has calendars for two of the countries, and one for the others.
PLACES = (
    ("EG", "Africa/Cairo"),
    ("PL", "Europe/Warsaw"),
    ("US", "America/New_York"),
    ("WS", "Pacific/Apia"),
    ("IN", "Asia/Kolkata"),
)
CALENDARS = {
    "EG": ({4, 5}, "Africa/Cairo", time(9), time(17)),
    "PL": ({5, 6}, "Europe/Warsaw", time(8, 30), time(16)),
    "": ({5, 6}, "America/New_York", time(9), time(18)),
}


@dataclass
class Place:
    """A reseller: its sales representative, and what the model knows of it."""

    site: Site
    sales: Membership
    modelled: model.Site


class Portal:
    """The world of a test, begun together with the model's."""

    def __init__(self, begun: datetime, rng: random.Random) -> None:
        self.rng = rng
        with tenancy.as_system():
            WorkingCalendar.objects.exclude(country__in=CALENDARS).delete()
        self.calendars = {country: self._calendar(country) for country in CALENDARS}
        self.places = [self._place(country, zone) for country, zone in PLACES]
        self.distributor = make_site("Delta Distribution", kind=SiteKind.DISTRIBUTOR)
        self.desk, self.colleague = (
            make_user(name, staff_roles=[StaffRole.DEAL_DESK]) for name in ("Dana Desk", "Dora Desk")
        )
        self.parts = {line: make_part(number, line) for line, number in LINES.items()}
        self.ids: dict[int, int] = {}  # of the model's deal (by `id`): the row's
        self.year = model.Year(self.change_rules(model.Rules(), begun))

    # ------------------------------------------------------------------------------------ what there is

    def _calendar(self, country: str) -> model.Calendar:
        weekend, zone, opens, closes = CALENDARS[country]
        with tenancy.as_system():
            calendar, _ = WorkingCalendar.objects.update_or_create(
                country=country,
                defaults={"weekend": sorted(weekend), "time_zone": zone, "opens": opens, "closes": closes},
            )
            calendar.holidays.all().delete()
        return model.Calendar(set(weekend), set(), ZoneInfo(zone), opens, closes)

    def _place(self, country: str, zone: str) -> Place:
        site = make_site(f"Partner in {zone}", country=country, time_zone=zone)
        sales = make_member(site, f"Sales of {zone}", tools=[Tool.DEAL_REGISTRATION])
        calendar = self.calendars.get(country, self.calendars[""])
        return Place(site, sales, model.Site(ZoneInfo(zone), calendar, "registered"))

    def draft(self, number: int, *, customers: int, now: datetime) -> list[model.Deal]:
        """So many drafts, with a few customers among them, by set: nothing of a draft is of interest here."""
        directory = [
            make_customer(self._word(), tax_id=f"{index:09d}", country="IT") for index in range(customers)
        ]
        rows, drawn = [], []
        for index in range(number):
            place = self.rng.choice(self.places)
            customer = self.rng.randrange(customers)
            line = self.rng.choice(list(LINES))
            named = self.rng.random() < 0.5
            drawn.append(model.Deal(place.modelled, customer, line, self.rng.choice(DealType.values), named))
            rows.append(self._row(index, place, directory[customer], drawn[-1], now))
        with tenancy.as_system():
            Deal.objects.bulk_create(rows)
            DealProduct.objects.bulk_create(
                DealProduct(
                    deal=row,
                    position=1,
                    part=self.parts[deal.line],
                    part_number=self.parts[deal.line].number,
                    description="A part",
                    line=deal.line,
                    site_id=row.site_id,
                )
                for row, deal in zip(rows, drawn, strict=True)
            )
        self.ids |= {id(deal): row.id for row, deal in zip(rows, drawn, strict=True)}
        self.year.deals += drawn
        return drawn

    def _row(self, index: int, place: Place, customer: Any, deal: model.Deal, now: datetime) -> Deal:
        distributor = {"distributor": self.distributor, "distributor_name": self.distributor.name}
        return Deal(
            site=place.site,
            site_name=place.site.name,
            site_number=place.site.number,
            owner=place.sales,
            owner_name=place.sales.name,
            name=f"Deal {index}",
            customer=customer,
            customer_name=customer.name,
            customer_country=customer.country,
            customer_tax_id=customer.tax_id,
            search_name=customer.search_name,
            contact_name="Laila Nassar",
            contact_email="laila@oasis.example",
            product_summary=self.parts[deal.line].number,
            currency="USD",
            value=1_000_00,
            close_on=date(2040, 1, 1),
            next_steps="Demonstration next week",
            deal_type=deal.deal_type,
            created_at=now,
            updated_at=now,
            listed_at=now,
            **(distributor if deal.distributor else {}),
        )

    def _word(self) -> str:
        """A name that is like no other."""
        return " ".join(
            "".join(self.rng.choice("bdfgklmnprstvz") + self.rng.choice("aeiou") for _ in range(5))
            for _ in range(2)
        ).title()

    # ------------------------------------------------------------------------------------ what staff change

    def change_rules(self, rules: model.Rules, now: datetime) -> model.Rules:
        """The next version, in the portal; returns it as the model has it."""
        with tenancy.as_system():
            last = RulesVersion.objects.order_by("-number").values_list("number", flat=True).first() or 1
            content = {
                name: value for name, value in vars(rules).items() if name not in ("number", "discounts")
            }
            ours = Rules.of(last + 1, content)
            RulesVersion.objects.create(number=ours.number, content=ours.to_json(), made_at=now)
        discounts = {tier: dict(types) for tier, types in ours.discounts.items()}
        return model.Rules(number=ours.number, discounts=discounts, **content)

    def set_tier(self, place: Place, tier: str, now: datetime) -> None:
        with tenancy.as_system():
            SiteTier.objects.update_or_create(
                site=place.site, defaults={"tier": tier, "set_at": now, "set_by_name": "Carol Channel"}
            )
        place.modelled.tier = tier

    def add_holiday(self, country: str, day: date) -> None:
        with tenancy.as_system():
            calendar = WorkingCalendar.objects.get(country=country)
            Holiday.objects.get_or_create(calendar=calendar, on=day, defaults={"name": "A day off"})
        self.calendars[country].holidays.add(day)

    # ------------------------------------------------------------------------------------ deeds

    def do(self, name: str, deal: model.Deal, who: str, now: datetime) -> Any:
        """Do it in the portal, as `who`; None when it is refused."""
        by = actor(self._person(deal, who))
        doing: dict[str, Any] = {"by": by, "now": now}
        try:
            with tenancy.scope(by):
                row = Deal.objects.get(id=self.ids[id(deal)])
                match name:
                    case "submit" | "withdraw" | "win" | "revoke" | "approve":
                        extra = {"text": "They asked us to."} if name == "revoke" else {}
                        return getattr(actions, f"{name}_deal")(row, **extra, **doing)
                    case "lose":
                        return actions.lose_deal(row, code="budget", **doing)
                    case "take":
                        return actions.take_under_review(row, **doing)
                    case "send_back":
                        return actions.return_deal(row, text="Which legal entity?", **doing)
                    case "reject":
                        return actions.reject_deal(row, code="duplicate", text="Registered before.", **doing)
                    case "ask":
                        return actions.ask_partner(row, text="Who decides there?", **doing)
                    case "comment":
                        return actions.comment_on_deal(row, text="As discussed.", **doing)
                    case "ask_extension":
                        return actions.ask_extension(row, text="The board meets in May.", **doing)
                    case "take_extension_back":
                        return actions.take_extension_back(row, **doing)
                    case "extend":
                        return actions.extend_deal(row, **doing)
                    case "refuse_extension":
                        return actions.refuse_extension(row, text="It was long enough.", **doing)
                    case "amend":
                        changes = {"value": (row.value or 0) + 100}
                        return actions.amend_deal(row, changes=changes, approve_again=True, **doing)
                    case "update":
                        return actions.amend_deal(row, changes={"next_steps": f"Step {row.version}"}, **doing)
                    case "appeal":
                        return actions.appeal_deal(row, text="We were first.", **doing)
        except REFUSED:
            return None
        raise ValueError(name)

    def _person(self, deal: model.Deal, who: str) -> Membership | User:
        if who in ("desk", "colleague"):
            return self.desk if who == "desk" else self.colleague
        own = next(place for place in self.places if place.modelled is deal.site)
        others = [place for place in self.places if place is not own]
        return own.sales if who == "partner" else others[0].sales

    def run_jobs(self, now: datetime) -> None:
        expire_due(now=now, batch=7)
        remind_due(now=now)
        escalate_due(now=now)

    # ------------------------------------------------------------------------------------ comparing

    def pace(self, now: datetime) -> tuple[int, int] | None:
        with tenancy.as_system():
            DecisionPace.objects.all().delete()
        found = measure_pace(now=now)
        return (found.median_hours, found.kept_percent) if found else None

    COLUMNS = (
        "status", "submitted_at", "listed_at", "waiting_since", "decision_due_at", "escalated_at", "decided_at",
        "approved_at", "expires_at", "remind_at", "tier", "discount_bp", "rules_version", "extensions",
        "extension_asked_at", "extension_due_at", "closed_at",
    )  # fmt: skip

    def differences(self) -> list[str]:
        """What is otherwise than in the model, deal by deal, each with its story; none if all is well."""
        with tenancy.as_system():
            rows = {row.id: row for row in Deal.objects.all()}
            events = _counted(DealEvent.objects.exclude(kind="begun").values_list("deal_id", "kind"))
            told = _counted(Notice.objects.exclude(href="/deals/").values_list("href", "kind"))
        found = []
        for deal in self.year.deals:
            row = rows.pop(self.ids[id(deal)])
            ours: dict[str, Any] = {name: getattr(row, name) for name in self.COLUMNS}
            theirs: dict[str, Any] = {name: getattr(deal, name) for name in self.COLUMNS}
            if row.status == "draft":
                del ours["listed_at"], theirs["listed_at"]
            ours |= {"question": row.question_at is not None, "events": events[row.id]}
            ours["told"] = {
                kind.removeprefix("deal."): number
                for kind, number in told[f"/deals/{row.public_id}/"].items()
            }
            theirs |= {"question": deal.question, "events": dict(deal.events), "told": dict(deal.told)}
            differing = [
                f"{name}: {ours[name]}, and should be {theirs[name]}"
                for name in ours
                if ours[name] != theirs[name]
            ]
            if differing:
                found.append("\n".join([*deal.story, *differing]))
        return found + [f"Nobody knows of {row}" for row in rows.values()]

    def queue(self) -> list[int]:
        """Whoever came first."""
        with tenancy.as_system():
            waiting = Deal.objects.filter(status__in=model.WAITING).order_by("listed_at", "id")
            return list(waiting.values_list("id", flat=True))


def _counted(pairs: Any) -> dict[Any, dict[str, int]]:
    found: dict[Any, dict[str, int]] = defaultdict(dict)
    for (key, kind), number in Counter(pairs).items():
        found[key][kind] = number
    return found


def utc(year: int, month: int, day: int, hour: int = 0) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


HOURS = timedelta(hours=1)
Script = Sequence[tuple[float, str, int, str]]
