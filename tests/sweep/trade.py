"""What both sides' customers have and buy: rows of every table that tells of it, each bearing its side's mark."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from customers.models import Agreement, CustomerSite
from identity import tenancy
from identity.middleware import digest
from identity.models import AgreementRole, Membership, Programme
from orders.models import (
    DataElement,
    Fulfilment,
    FulfilmentStatus,
    Order,
    OrderLine,
    OrderStatus,
    Quote,
    QuoteLine,
    QuoteStatus,
)
from pricing.models import Part
from provisioning.models import (
    Activation,
    AddressTry,
    BillingStart,
    FormChase,
    NameWord,
    Organisation,
    OrganisationPerson,
    PartElement,
    PartSetup,
    RegistryName,
    RegistryOrganisation,
    SetupLine,
    SetupLink,
    SetupRules,
    Subscription,
)
from renewals.models import (
    CalendarFeed,
    Entitlement,
    EntitlementKind,
    Overage,
    PriceNotification,
    Reminding,
    RenewalItem,
    RenewalKind,
    RenewalStatus,
    RenewalWork,
    SubscriptionChange,
)

if TYPE_CHECKING:
    from .world import World

Side = dict[str, Any]


def add_trade(world: World, marks: tuple[str, str]) -> None:
    """For each side one object of each kind, by the names that the cases use."""
    today = timezone.now().date()
    sides = (world.ours, world.people["sales"]), (world.theirs, world.people["rival"])
    with tenancy.as_system():
        for mark, number, (side, seller) in zip(marks, (1, 2), sides, strict=True):
            _sites(side, mark, number)
            of = {
                "customer_site": side["customer_site"],
                "reseller": side["site"],
                "distributor": side["distributor_site"],
            }
            _orders(side, mark, number, of, today)
            _services(side, mark, of, today)
            _set_up(side, mark, number, of, today)
            _renewals(side, mark, number, of, today)
            _told_of_subscriptions(side, mark, of, today)
            _work(side, mark, seller)
            _calendar(side, number, world.people["primary" if number == 1 else "rival"], today)
            _quotes(side, mark, number, today)


def _sites(side: Side, mark: str, number: int) -> None:
    side["agreement"] = Agreement.objects.create(
        number=mark[:12].upper(),
        customer=side["customer"],
        programme=Programme.RELATIONSHIP,
        anniversary_on=date(2027, 4, 1),
    )
    side["customer_site"] = CustomerSite.objects.create(
        contract=side["agreement"],
        site_number=f"310000{number}",
        site_name=f"Head office {mark}",
        country="EG",
        price_level="D",
        role=AgreementRole.ORIGINATING,
        reseller=side["site"],
        distributor=side["distributor_site"],
    )


def _part(mark: str) -> dict[str, Any]:
    return {"part_number": "D0ABCLL", "description": f"Part {mark}"}


def _orders(side: Side, mark: str, number: int, of: Side, today: date) -> None:
    """One that the vendor's systems told of, and one placed here."""
    now = timezone.now()
    money = {"currency": "EUR", "total": 12_500, "line_count": 1, "settled_on": today - timedelta(days=30)}
    side["order"] = Order.objects.create(
        number=f"{mark}-4{number}", status=OrderStatus.FULFILLED, po_number=mark, **money, **of
    )
    side["placed_order"] = Order.objects.create(
        number=f"{mark}-5{number}", status=OrderStatus.PLACED, placed_here=True, placed_at=now,
        placed_by_name=mark, note=mark, quote_number=f"Q-2026-0000{number}1-K", **money, **of,
    )  # fmt: skip
    for order in ("order", "placed_order"):
        side[f"{order}_line"] = OrderLine.objects.create(
            order=side[order], position=1, part=Part.objects.get(number="D0ABCLL"), quantity=5, currency="EUR",
            unit_price=2_500, extended=12_500, **_part(mark),
        )  # fmt: skip


def _services(side: Side, mark: str, of: Side, today: date) -> None:
    side["fulfilment"] = Fulfilment.objects.create(
        order_number=side["order"].number, line_number=1, quantity=5, status=FulfilmentStatus.AWAITING_DETAILS,
        ordered_on=today - timedelta(days=30), status_note=mark, provisioning_email=f"it@{mark}.example",
        **_part(mark), **of,
    )  # fmt: skip
    side["data_element"] = DataElement.objects.create(
        fulfilment=side["fulfilment"], order_number=side["order"].number, line_number=1, part_number="D0ABCLL",
        element="Subdomain", value=mark, **of,
    )  # fmt: skip


def _set_up(side: Side, mark: str, number: int, of: Side, today: date) -> None:
    """A line that waits to be set up, with an open link; and one that is, with all that came of it."""
    now, part = timezone.now(), Part.objects.get(number="D0ABCLL")
    PartSetup.objects.get_or_create(
        part=part, defaults={"family": "A-FLEX", "services": ["calling", "meetings"]}
    )
    side["part_element"] = PartElement.objects.get_or_create(part=part, name="Subdomain")[0]
    SetupRules.objects.get_or_create(id=1)
    side["name_word"] = NameWord.objects.get_or_create(word="sweep", skeleton="sweep", use="reserved")[0]
    organisations = [
        Organisation.objects.create(
            name=f"{kind} {mark}", kind=kind, search_name=f"{kind} {mark}", country="EG", created_at=now,
            administrator_email=f"{kind}@{mark}.example", administered_by=side["site"],
            domain=f"{mark}.example", address=mark, external_id=f"{kind}-{mark}", **whose,
        )
        for kind, whose in (("partner", {"site": side["site"]}), ("customer", {"customer": side["customer"]}))
    ]  # fmt: skip
    side["partner_organisation"], side["organisation"] = organisations
    shared = {"line_number": 1, "quantity": 5, **_part(mark)}
    of_line = {
        "family": "A-FLEX", "services": ["calling", "meetings"], "contact_email": f"it@{mark}.example",
        "requested_start_on": today, "status_note": mark, **shared, **of,
    }  # fmt: skip
    side["setup_line"] = SetupLine.objects.create(
        order_line=side["placed_order_line"], fulfilment=_fulfilment(side["placed_order"], mark, of, today),
        order_number=side["placed_order"].number, status="awaiting_details", waits_for="close",
        due_at=now + timedelta(days=7), **of_line,
    )  # fmt: skip
    DataElement.objects.create(
        fulfilment=side["setup_line"].fulfilment, order_number=side["placed_order"].number, line_number=1,
        part_number="D0ABCLL", element="Subdomain", value=mark, **of,
    )  # fmt: skip
    FormChase.objects.create(line=side["setup_line"], due_at=now)
    side["active_line"] = SetupLine.objects.create(
        order_line=side["order_line"], fulfilment=side["fulfilment"], order_number=side["order"].number,
        status="active", waits_for="", onboarded_at=now, activated_at=now, partner_organisation=organisations[0],
        organisation=organisations[1], organisation_name=mark, administrator_email=f"admin@{mark}.example", **of_line,
    )  # fmt: skip
    AddressTry.objects.create(line=side["setup_line"], email_key=f"somebody@{mark}.example", at=now)
    side["setup_secret"] = f"setup-{number}"
    side["setup_link"] = SetupLink.objects.create(
        line=side["setup_line"], site=side["site"], digest=digest(side["setup_secret"]), sent_to=f"it@{mark}.example",
        sent_at=now, expires_at=now + timedelta(days=30),
    )  # fmt: skip
    Organisation.objects.filter(id=organisations[1].id).update(made_for=side["setup_line"].id)
    OrganisationPerson.objects.create(
        organisation=organisations[1], email=f"admin@{mark}.example", email_key=f"admin@{mark}.example",
        made_for=side["setup_line"].id, created_at=now,
    )  # fmt: skip
    for line, state in ((side["active_line"], "provisioned"), (side["setup_line"], "failed")):
        Activation.objects.create(
            line=line, key=f"{state}-{number}", details={"organisation": {"subdomain": mark}}, state=state,
            asked_by=f"it@{mark}.example", asked_at=now, finished_at=now, error_text=mark,
        )  # fmt: skip
    BillingStart.objects.create(line=side["active_line"], at=now, quantity=5)
    side["subscription"] = Subscription.objects.create(
        number=f"SUB{mark[:12]}{number}", line=side["active_line"], organisation=organisations[1],
        organisation_name=mark, services=["calling"], status="active", starts_on=today,
        renews_on=today + timedelta(days=365), trial_ends_on=today, quantity=5, **_part(mark), **of,
    )  # fmt: skip
    RegistryOrganisation.objects.create(external_id=mark, name=mark, key=mark, created_at=now)
    RegistryName.objects.create(kind="subdomain", skeleton=mark, name=mark, holder=mark, taken_at=now)


def _fulfilment(order: Order, mark: str, of: Side, today: date) -> Fulfilment:
    return Fulfilment.objects.create(
        order_number=order.number, line_number=1, quantity=5, status=FulfilmentStatus.AWAITING_DETAILS,
        ordered_on=today, status_note=mark, **_part(mark), **of,
    )  # fmt: skip


def _renewals(side: Side, mark: str, number: int, of: Side, today: date) -> None:
    side["entitlement"] = Entitlement.objects.create(
        reference=f"{mark}-E{number}", kind=EntitlementKind.LICENCE, quantity=10, **_part(mark), **of
    )
    due = today + timedelta(days=20)
    side["renewal_item"] = RenewalItem.objects.create(
        quote_number=f"{mark}-R{number}", line_number=1, kind=RenewalKind.SUPPORT, status=RenewalStatus.OPEN,
        part_type="renewal", quantity=10, current_start=due - timedelta(days=364), current_end=due,
        new_start=due + timedelta(days=1), new_end=due + timedelta(days=365), months=12, currency="EUR",
        unit_price=2_000, extended=20_000, due_on=due, **_part(mark), **of,
    )  # fmt: skip


def _told_of_subscriptions(side: Side, mark: str, of: Side, today: date) -> None:
    day = today - timedelta(days=10)
    side["overage"] = Overage.objects.create(
        reference=f"{mark}-O", subscription_number=f"S-{mark}", measured_from=day - timedelta(days=30),
        entitled=100, used=130, overage=30, currency="EUR", amount=90_000, reason=f"Not billed {mark}",
        settled_on=day, **_part(mark), **of,
    )  # fmt: skip
    side["subscription_change"] = SubscriptionChange.objects.create(
        reference=f"{mark}-C", subscription_number=f"S-{mark}", old_part_number="D0ABCLL",
        new_part_number="D0ABCLL", description=f"Part {mark}", old_quantity=100, new_quantity=130,
        old_term_months=12, new_term_months=36, settled_on=day, **of,
    )  # fmt: skip
    side["price_notification"] = PriceNotification.objects.create(
        reference=f"{mark}-P", quote_number=side["renewal_item"].quote_number, line_number=1, currency="EUR",
        old_price=2_000, new_price=2_100, change_bp=500, notified_on=day, effective_on=day + timedelta(days=90),
        opt_out_by=day + timedelta(days=60), **_part(mark), **of,
    )  # fmt: skip


def _work(side: Side, mark: str, seller: Any) -> None:
    """What the reseller notes of the item, and what its distributor does."""
    assert isinstance(seller, Membership)
    common = {"item": side["renewal_item"], "updated_at": timezone.now(), "updated_by_name": mark}
    RenewalWork.objects.create(site=side["distributor_site"], note=f"Distributor of {mark}", **common)
    side["renewal_work"] = RenewalWork.objects.create(
        site=side["site"], assigned=seller, assigned_name=mark, note=f"Call {mark}", **common
    )


def _calendar(side: Side, number: int, whose: Any, today: date) -> None:
    """A calendar's private address, of what is assigned to its owner: nothing; one that was ended; and reminders."""
    assert isinstance(whose, Membership)
    now = timezone.now()
    common = {"user": whose.user, "site": side["site"], "only_mine": True, "created_at": now}
    side["calendar_secret"], side["ended_secret"] = f"calendar-{number}", f"ended-{number}"
    CalendarFeed.objects.create(digest=digest(side["ended_secret"]), revoked_at=now, **common)
    side["calendar_feed"] = CalendarFeed.objects.create(digest=digest(side["calendar_secret"]), **common)
    Reminding.objects.create(site=side["site"], done_on=today, due_at=now + timedelta(days=1))


def _quotes(side: Side, mark: str, number: int, today: date) -> None:
    """A proposal, and a quote that is open."""
    now = timezone.now()
    part = Part.objects.get(number="D0ABCLL")
    for place, name in enumerate(("proposal_quote", "quote")):
        quote = Quote.objects.create(
            site=side["site"], number=f"Q-2026-0000{number}{place}-K", title=f"Quote {mark}", customer=side["customer"],
            customer_name=mark, customer_site=side["customer_site"], site_number=side["customer_site"].site_number,
            contact_name=mark, distributor=side["distributor_site"], distributor_name=mark, country="EG",
            currency="EUR", price_level="D", valid_until=today + timedelta(days=30), terms=mark, note=mark,
            list_total=15_000, total=12_500, line_count=1, owner_name=mark, created_at=now, updated_at=now,
        )  # fmt: skip
        side[f"{name}_line"] = QuoteLine.objects.create(
            quote=quote, site=side["site"], position=1, part=part, part_type=part.type, quantity=5,
            unit_list=3_000, unit_level=2_500, unit_price=2_500, list_extended=15_000, extended=12_500,
            **_part(mark),
        )  # fmt: skip
        side[name] = quote
    quote.status, quote.opened_at = QuoteStatus.OPEN, now
    quote.save()
