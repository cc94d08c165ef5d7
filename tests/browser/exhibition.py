"""Everybody and everything that the pages are looked at with: one object in each state, made by the real actions."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.utils import timezone

from accounts import actions as access
from accounts.models import AccessCase, AccessRequest, Invitation, RejectReason
from calendars import actions as calendars
from calendars.models import WorkingCalendar
from deals import actions as dealing
from deals.actions.proposing import as_content
from deals.listing import DEALS
from deals.models import Deal
from deals.rules import LOST, REJECT, Named, Rules
from deals.states import Status
from deals.tasks import proposals_due
from identity import keys, tenancy
from identity.actors import Actor
from identity.models import Membership, MembershipStatus, StaffRole, Standing, Tool, User
from identity.privileges import Privilege
from notifications.expansion import expand_due
from notifications.models import InboxItem
from notifications.preferences import _token
from orders.guide import actions as guiding
from orders.models import GuideAnswer, GuideQuestion, GuideRule
from pricing.books import publishing
from pricing.files import building
from pricing.files.offered import offered_files
from pricing.models import ExchangeRate, Part, Price, PriceBook, PriceDownload, PriceEdition, PriceFile
from pricing.products import actions as products
from reports.actions import save_view
from reports.downloads import Wanted
from reports.exporting import make_due
from reports.exports import begin_export
from reports.files import Format
from reports.models import Every, Export, Problem, Schedule, ScheduleStatus
from reports.schedules import Plan, make_schedule
from tests.browser.cosell import show_cosell
from tests.browser.customers_shown import show_customers
from tests.browser.forms_shown import show_forms
from tests.browser.lines_shown import show_lines
from tests.browser.quotes_shown import show_quotes
from tests.browser.renewals_shown import show_renewals
from tests.browser.setting_up_shown import show_setting_up
from tests.browser.subscriptions_shown import show_subscriptions
from tests.cast import ALL_TOOLS, Cast, actor, make_cast, signed_in
from tests.customers.related import relate
from tests.deals.factories import complete, do, make_customer, make_deal, make_draft, make_part
from tests.factories import make_member, make_site, make_user
from tests.feeds import sending

UNKNOWN_NUMBER = "7999999"


@dataclass
class Exhibition:
    cast: Cast
    people: dict[str, Membership | User] = field(default_factory=dict)
    deals: dict[str, Deal] = field(default_factory=dict)  # by status
    requests: dict[str, AccessRequest] = field(default_factory=dict)  # by what became of them
    things: dict[str, Any] = field(default_factory=dict)

    def user(self, name: str) -> User:
        person = self.people[name]
        return person.user if isinstance(person, Membership) else person

    def browser(self, name: str) -> Client:
        """Somebody who proved again a moment ago who they are, which what is about signing in asks for."""
        client = signed_in(self.people[name])
        with tenancy.door():
            session = client.session
            session["account_authentication_methods"] = [
                {"method": "password", "at": time.time(), "reauthenticated": True}
            ]
            session["account_authentication_methods_user"] = str(self.user(name).pk)
            session.save()
        return client


def make_exhibition() -> Exhibition:
    shown = Exhibition(make_cast())
    _people(shown)
    _ways_to_sign_in(shown)
    _requests(shown)
    _invitations(shown)
    _deals(shown)
    _relationships(shown)
    show_renewals(shown)
    show_subscriptions(shown)
    show_lines(shown)
    show_setting_up(shown)
    show_forms(shown)
    show_customers(shown)
    show_cosell(shown)
    _saved_views(shown)
    _files(shown)
    _keys(shown)
    _settings(shown)
    _prices(shown)
    _guide(shown)
    show_quotes(shown)
    _deliveries(shown)
    while expand_due():  # what the worker does
        pass
    _inboxes(shown)
    return shown


def _people(shown: Exhibition) -> None:
    """The cast; somebody at a site where nothing has happened yet, and somebody with several sites."""
    cast = shown.cast
    for name in (
        "primary",
        "secondary",
        "sales",
        "newcomer",
        "distributor",
        "deal_desk",
        "care",
        "applicant",
    ):
        shown.people[name] = getattr(cast, name)
    new_site = make_site("Harbour & Pike IT", country="GB", time_zone="Europe/London")
    everything = {"standing": Standing.PRIMARY, "tools": ALL_TOOLS}
    shown.people |= {
        "beginner": make_member(new_site, "Brian Pike", **everything),
        "traveller": make_member(cast.site, "Tamar Levin", tools=ALL_TOOLS),
        "operations": make_user("Olga Ops", staff_roles=[StaffRole.CHANNEL_OPERATIONS]),
        "pricing": make_user("Yusuf Price", staff_roles=[StaffRole.PRICING]),
        "stranger": make_user("Igor Novak"),
        "former": make_member(cast.site, "Rami Gone", status=MembershipStatus.REMOVED),
    }
    shown.people["passwordless"] = make_user("Paolo Provider")  # came from an identity provider
    with tenancy.as_system():
        shown.people["passwordless"].set_unusable_password()
        shown.people["passwordless"].save()
    second = make_site("شبكات الإسكندرية", country="EG", time_zone="Africa/Cairo")
    make_member(second, "Tamar Levin", user=shown.user("traveller"), **everything)
    shown.people["quoting"] = make_member(second, "سلمى عبد الله", tools=[Tool.PRICE_FILES])
    shown.things |= {"second_site": second, "empty_site": new_site}


def _ways_to_sign_in(shown: Exhibition) -> None:
    """The secondary contact has everything there is; the others have a password."""
    careful = shown.user("secondary")
    with tenancy.door():
        shown.things["totp_secret"] = generate_totp_secret()
        TOTP.activate(careful, shown.things["totp_secret"])
        RecoveryCodes.activate(careful)
        rows = [
            Authenticator(
                user=careful,
                type=Authenticator.Type.WEBAUTHN,
                data={"name": name, "credential": {"clientExtensionResults": {"credProps": {"rk": alone}}}},
            )
            for name, alone in (("Phone", True), ("Key on the desk", False))
        ]
        Authenticator.objects.bulk_create(rows)
        shown.things["passkey"] = Authenticator.objects.filter(user=careful, type="webauthn").first()
        forgetful = shown.user("stranger")
        token = default_token_generator.make_token(forgetful)
        shown.things["reset"] = {"uidb36": user_pk_to_url_str(forgetful), "key": token}


def _requests(shown: Exhibition) -> None:
    """One waiting at the site, one late, one with customer care, one for no site, and one of each outcome."""
    cast, now = shown.cast, timezone.now()
    number, care = cast.site.number, cast.care
    form = {
        "job_title": "Managing director",
        "company_email": "petra@nile.example",
        "reason": "Amira Haddad leaves the company at the end of the month.",
    }
    asked = {
        "waiting": _ask(
            cast.applicant, number, now=now - timedelta(hours=3), message="I sell with Nadia Farouk."
        ),
        "late": _ask(make_user("Ziad Omar"), number, now=now - timedelta(days=20)),
        "authorisation": _ask(
            make_user("Petra Sand"), number, now=now - timedelta(days=1), primary=True, **form
        ),
        "unknown": _ask(make_user("Ugo Bianchi"), UNKNOWN_NUMBER, now=now - timedelta(days=2)),
        "approved": _ask(make_user("Lena Kowal"), number, now=now - timedelta(days=4)),
        "rejected": _ask(cast.applicant, cast.rival_site.number, now=now - timedelta(days=6)),
        "withdrawn": _ask(cast.applicant, UNKNOWN_NUMBER, now=now - timedelta(days=7)),
    }
    with tenancy.as_system():
        late = AccessCase.objects.get(request=asked["late"])
        access.escalate_case(late.id, now=now)
    with tenancy.scope(actor(cast.primary)):
        access.approve_request(
            asked["approved"].public_id, tools=[Tool.REPORTING], by=actor(cast.primary), now=now
        )
    with tenancy.scope(actor(care)):
        reason = {"code": RejectReason.NOT_CONFIRMED, "text": "Nobody at the site knows you yet."}
        access.reject_request(asked["rejected"].public_id, **reason, by=actor(care), now=now)
    with tenancy.scope(actor(cast.applicant)):
        access.withdraw_request(asked["withdrawn"].public_id, by=actor(cast.applicant), now=now)
    shown.requests = asked


def _ask(who: User, number: str, *, now: Any, primary: bool = False, **words: str) -> AccessRequest:
    with tenancy.scope(actor(who)):
        request = access.request_access(number, primary=primary, by=actor(who), now=now, **words)
    with tenancy.as_system():
        access.route_request(request.id, now=now)
    return request


def _invitations(shown: Exhibition) -> None:
    by, now = actor(shown.cast.primary), timezone.now()
    with tenancy.scope(by):
        access.add_member(
            "omar.invited@people.example", name="Omar Invited", tools=[Tool.REPORTING], by=by, now=now
        )
    with tenancy.as_system():  # its real secret is in the mail only
        Invitation.objects.update(digest=access.digest("secret-of-the-mail"))
    shown.things["invitation"] = {"secret": "secret-of-the-mail"}


def _checked(cast: Cast, now: datetime) -> Deal:
    """A draft beside a rival's deal, and one of the site's own, whose partner has asked for the verdict."""
    customer = make_customer("Harbour Cranes")
    for person in (cast.rival, cast.sales):
        make_deal(cast, by=person, customer=customer, now=now - timedelta(days=3))
    draft, partner = make_draft(cast.sales, customer=customer), actor(cast.sales)
    with tenancy.scope(partner):
        dealing.ask_verdict(draft, by=partner, now=now)
    return draft


def _deals(shown: Exhibition) -> None:
    """One in each state; a draft of which nothing is filled in; one with everything that a timeline can hold."""
    cast, now = shown.cast, timezone.now()
    for status in Status:
        name = f"Harbour cranes, {status.label}"
        shown.deals[status] = make_deal(cast, status, name=name, now=now - timedelta(days=3))
    shown.deals["empty"] = make_draft(cast.sales, empty=True)
    shown.deals["checked"] = _checked(cast, now)
    talked_over = shown.deals[Status.UNDER_REVIEW]
    for who in (cast.sales, cast.distributor, cast.deal_desk):
        with tenancy.scope(actor(who)):
            dealing.comment_on_deal(
                talked_over, text="By when does the customer need it?", by=actor(who), now=now
            )
    overdue = make_deal(cast, Status.SUBMITTED, name="شركة الواحة", now=now - timedelta(days=12))
    shown.deals["overdue"] = do("take", overdue, partner=cast.sales, staff=cast.deal_desk)
    _contested(shown)
    _living(shown)
    _proposals(shown)
    with tenancy.scope(actor(cast.sales)):
        dealing.note_opportunity(name="Warehouse scanners", by=actor(cast.sales), now=now)


def _relationships(shown: Exhibition) -> None:
    """Customers one has, is to have and had; in two scripts."""
    cast = shown.cast
    for number, (name, start, end) in enumerate(
        (("Pyramid Ferries Ltd.", -300, None), ("مطاحن الجميز", -20, 200), ("Sycamore Water", 30, None),
         ("Lotus Hotels S.p.A.", -400, -10))
    ):  # fmt: skip
        customer = make_customer(name, "EG", number=f"{1200417 + number}")
        for site in (cast.site, cast.distributor_site):
            relate(site, customer, start, end)


def _living(shown: Exhibition) -> None:
    """One that runs out soon, one whose extension waits, one changed after its approval, an appeal; all looked at."""
    cast, now = shown.cast, timezone.now()
    own = actor(cast.sales)
    soon = {"name": "Harbour cranes, east quay", "now": now - timedelta(days=70)}
    shown.deals["expiring"] = make_deal(cast, Status.APPROVED, **soon)
    shown.deals["extending"] = make_deal(cast, Status.APPROVED, **soon)
    shown.deals["amended"] = make_deal(cast, Status.APPROVED, name="Harbour cranes, west quay")
    shown.deals["appealed"] = make_deal(cast, Status.REJECTED, name="Harbour cranes, dry dock")
    with tenancy.scope(own):
        text = "The port authority decides about its budget next month."
        dealing.ask_extension(shown.deals["extending"], text=text, by=own, now=now)
        changes = {
            "value": 99_000_00,
            "deal_type": "competitive",
            "next_steps": "Contract with their lawyers",
        }
        dealing.amend_deal(shown.deals["amended"], changes=changes, approve_again=True, by=own, now=now)
        text = "This is the subsidiary in Suez, which buys by itself."
        shown.deals["appeal"] = dealing.appeal_deal(shown.deals["appealed"], text=text, by=own, now=now)
    for days, who in enumerate((cast.sales, cast.distributor, cast.deal_desk) * 4):
        with tenancy.scope(actor(who)):
            deal = shown.deals["expiring"]
            dealing.note_viewing(deal, by=actor(who), now=now - timedelta(days=days))


def _proposals(shown: Exhibition) -> None:
    """A distributor's proposals: one that waits, one that was declined, and the reseller's draft. Files."""
    cast, now = shown.cast, timezone.now()
    by, own = actor(cast.distributor), actor(cast.sales)
    for name in ("waiting", "declined"):
        content = as_content(complete(name=f"Harbour lights, {name}", customer=make_customer(f"Port {name}")))
        with tenancy.scope(by):
            shown.things[f"proposal_{name}"] = dealing.propose_deal(
                reseller_number=cast.site.number, content=content, by=by, now=now
            )
    proposals_due(now=now)
    with tenancy.scope(own):
        shown.deals["proposed"] = Deal.objects.get(proposal_ref=shown.things["proposal_waiting"].public_id)
        declined = Deal.objects.get(proposal_ref=shown.things["proposal_declined"].public_id)
        dealing.decline_proposal(declined, text="We registered it last week.", by=own, now=now)
        for number, shared in enumerate((True, False)):
            dealing.attach_file(
                shown.deals["overdue"],
                file=BytesIO(b"Quote request"),
                name=f"Request for quotation {number}.txt",
                size=13,
                for_distributor=shared,
                by=own,
                now=now,
            )
    proposals_due(now=now)


def _settings(shown: Exhibition) -> None:
    """A calendar that was changed, and products of which some are not sold any more."""
    operations, now = shown.user("operations"), timezone.now()
    by = actor(operations)
    make_part("D0OLDLL", line="HARBOUR", description="Harbour Backup, licence", is_active=False)
    with tenancy.scope(by):
        calendar = WorkingCalendar.objects.get(country="EG")
        bridge = calendars.Day(date(now.year, 12, 28), "Bridge day")
        calendars.add_holidays(calendar.public_id, [bridge], by=by, now=now)
        products.retire_line("HARBOUR", version=1, by=by, now=now)
        products.change_part("D0ABCLL", {"description": "Sentinel Edge, licence"}, version=1, by=by, now=now)
        _rules(shown, by, now)
        shown.things |= {
            "calendar": calendar,
            "default_calendar": WorkingCalendar.objects.get(country=""),
            "holiday": calendar.holidays.first(),
        }


def _prices(shown: Exhibition) -> None:
    """Two price books: one with an edition of each sort and files that are there, one with none."""
    by, now = actor(shown.user("pricing")), timezone.now()
    with tenancy.scope(by):
        book = publishing.add_book(
            country="EG", currency="EGP", kind="software", time_zone="Africa/Cairo", by=by, now=now
        )
        empty = publishing.add_book(
            country="EG", currency="EGP", kind="saas", time_zone="Africa/Cairo", by=by, now=now
        )
    made = {
        "first_edition": _edition(book, "2025-A", -60, 1.0, by),
        "price_edition": _edition(book, "2026-A", -20, 1.05, by),
        "future_edition": _edition(book, "2026-B", 40, 1.1, by),
        "price_draft": _edition(book, "2026-C", 100, 1.2, by, publish=False),
        "empty_draft": _edition(book, "2026-D", 130, 0, by, publish=False),
        "withdrawn_edition": _edition(book, "2026-X", 70, 2.0, by),
    }
    wrong = made["withdrawn_edition"]
    with tenancy.scope(by):
        publishing.withdraw_edition(
            wrong.public_id,
            reason="Its prices were in another currency.",
            version=wrong.version,
            by=by,
            now=now,
        )
    with tenancy.as_system():
        due = building.sets_to_build(now)
    for file_set in due:
        building.build_set(file_set, now=now)
    reader = shown.people["primary"]
    with tenancy.scope(actor(reader)):
        file = offered_files(book, now).filter(window="current_future", with_cost=True, format="csv").get()
        PriceDownload.objects.create(
            at=now, site=reader.site, user=reader.user, user_name=reader.name, file=file, book=book,
            file_name=file.name, editions=file.editions, price_list=file.price_list, with_cost=True,
            window=file.window, format=file.format, sha256=file.sha256, bytes=file.size, complete=True,
        )  # fmt: skip
    _holding_withdrawn_prices(shown.people["quoting"], file, [made["first_edition"], wrong])
    shown.things |= {"price_book": book, "empty_book": empty, "price_file": file} | made


def _guide(shown: Exhibition) -> None:
    """Questions of each kind; a rule that proposes, one that does not here, one that never can, and one retired."""
    by, now = actor(shown.user("operations")), timezone.now()
    common = {"by": by, "now": now}
    with tenancy.scope(by):
        need = guiding.add(
            GuideQuestion,
            {
                "code": "need",
                "kind": "choice",
                "texts": {"en": "What is it for?"},
                "hints": {"en": "The main thing."},
            },
            **common,
        )
        seats = guiding.add(
            GuideQuestion,
            {
                "code": "seats",
                "kind": "number",
                "texts": {"en": "How many users?"},
                "least": 1,
                "most": 500,
                "position": 20,
            },
            **common,
        )
        extras = guiding.add(
            GuideQuestion,
            {"code": "extras", "kind": "several", "texts": {"en": "What else?"}, "position": 30},
            **common,
        )
        for question, code in ((need, "edge"), (need, "office"), (extras, "support"), (extras, "training")):
            answer = guiding.add(
                GuideAnswer,
                {"question": question, "code": code, "texts": {"en": code.capitalize()}},
                **common,
            )
        part, line = Part.objects.get(number="D0ABCLL"), Part.objects.get(number="D0ABCLL").line
        edge, office = ({"question": "need", "test": "is", "value": value} for value in ("edge", "office"))
        rules = (
            {"name": "Edge", "part": part, "conditions": [edge], "counted": seats, "per": 10},
            {"name": "Media", "line": line, "part_type": "media", "conditions": [edge]},
            {"name": "Office", "part": part, "conditions": [office]},
            {"name": "Never", "part": part, "conditions": [edge, office]},
        )
        made = [
            guiding.add(GuideRule, rule | {"reasons": {"en": "It is made for that."}}, **common)
            for rule in rules
        ]
        old = guiding.add(GuideRule, {"name": "Old", "part": part, "reasons": {"en": "Once."}}, **common)
        guiding.retire(GuideRule, old.public_id, retired=True, version=1, **common)
        guiding.change(GuideQuestion, need.public_id, {"position": 5}, version=1, **common)
    shown.things |= {
        "guide_question": need,
        "guide_number": seats,
        "guide_answer": answer,
        "guide_rule": made[0],
    }


def _holding_withdrawn_prices(reader: Membership, file: PriceFile, editions: list[PriceEdition]) -> None:
    """Of a site that downloaded last what was withdrawn since."""
    at = timezone.now() - timedelta(days=30)
    with tenancy.as_system():
        PriceDownload.objects.create(
            at=at, site=reader.site, user=reader.user, user_name=reader.name, file=file, book=file.file_set.book,
            file_name=file.name, editions=[each.id for each in editions], price_list=file.price_list,
            with_cost=True, window=file.window, format=file.format, sha256=file.sha256, bytes=file.size,
            complete=True,
        )  # fmt: skip


def _deliveries(shown: Exhibition) -> None:
    """Files in each state that somebody looks at, and rates of a few days."""
    by = shown.user("operations")
    header = "number,description,line,type,active\r\n"
    right = (
        header
        + "D0ABCLL,Sentinel Edge Firewall,SENTINEL,licence,yes\r\nD7NEWLL,Field kit,SENTINEL,media,yes\r\n"
    )
    wrong = header + "SHORT,,SENTINEL,weird,maybe\r\nD0ABCLL,Sentinel,NOWHERE,licence,yes\r\n"
    other = "Teilenummer;Bezeichnung;line;type\r\nD0ABCLL;Sentinel;SENTINEL;licence\r\n"
    shown.things |= {
        "delivery_ready": sending.checked("parts", right, by=by),
        "delivery_removing": sending.checked("parts", right, by=by, complete=True),
        "delivery_invalid": sending.checked("parts", wrong, by=by),
        "delivery_asking": sending.checked("parts", other, by=by),
        "delivery_at_work": sending.send("parts", right, by=by),
    }
    with tenancy.as_system():
        for days in range(3):
            day = timezone.now().date() - timedelta(days=days)
            ExchangeRate.objects.create(currency="EUR", day=day, rate="0.92140")


def _edition(
    book: PriceBook, name: str, days: int, rise: float, by: Actor, *, publish: bool = True
) -> PriceEdition:
    """An edition of a book, in effect from so many days on; without prices when they do not rise at all."""
    now = timezone.now()
    with tenancy.scope(by):
        edition = publishing.begin_edition(
            book, name=name, effective_on=now.date() + timedelta(days=days), by=by, now=now
        )
        Price.objects.bulk_create(
            Price(edition=edition, part=part, srp=int(120_000 * rise), svp_bl=110_000, bp_price=80_000)
            for part in Part.objects.all()
            if rise
        )
        if publish:
            return publishing.publish_edition(
                edition.public_id, version=1, by=by, now=now - timedelta(days=61)
            )
        return edition


def _rules(shown: Exhibition, by: Actor, now: datetime) -> None:
    """Rules that were changed twice, in every way there is, and a partner with a tier."""
    first = Rules()
    dealing.change_rules(
        {
            "valid_days": 120,
            "minimum_values": {"EGP": 5_000_00, "KWD": 100_500, "JPY": 50_000},
            "discounts": {**first.discounts, "gold": {**first.discounts["gold"], "new": 1_250}},
        },
        base=1,
        note="Projects take longer than they did.",
        by=by,
        now=now,
    )
    own = Named("bad_fit", {"en": "Not our line of business", "ar": "ليس من مجال عملنا"})
    retired = first.with_entry(LOST, Named("spam", active=False))
    dealing.change_rules(first.with_entry(REJECT, own) | retired, base=2, by=by, now=now)
    dealing.set_tier(shown.cast.site, "gold", version=0, by=by, now=now)


def _contested(shown: Exhibition) -> None:
    """A deal with a question, and three partners at one customer, one of whom sold to it before."""
    cast, now = shown.cast, timezone.now()
    customer, desk = make_customer("Meadow Clinics", country="EG"), actor(cast.deal_desk)
    make_deal(
        cast, Status.WON, by=cast.rival, name="Ward network", customer=customer, now=now - timedelta(days=40)
    )
    make_deal(
        cast, by=cast.rival, name="Ward network, phase 2", customer=customer, now=now - timedelta(hours=5)
    )
    shown.deals["contested"] = make_deal(cast, name="Clinics on one network", customer=customer)
    shown.deals["asked"] = make_deal(cast, name="Two branches")
    with tenancy.scope(desk):
        dealing.ask_partner(shown.deals["asked"], text="Which of the two branches is it?", by=desk, now=now)
        note = {"text": "They paid late last year.", "visible_to": "staff"}
        dealing.comment_on_deal(shown.deals["asked"], **note, by=desk, now=now)


def _files(shown: Exhibition) -> None:
    """A file in each state, and reports that are sent: one active, one paused, one that stopped by itself."""
    now, person = timezone.now(), shown.people["sales"]
    by = actor(person)
    assert isinstance(person, Membership)
    for format in Format:
        wanted = Wanted("deals", "show=all", "list", format)
        with tenancy.scope(by):
            shown.things[f"{format} file"] = begin_export(wanted, by=by, now=now)
    make_due()
    states: dict[str, dict[str, Any]] = {
        "waiting": {},
        "running": {"rows_done": 412_000, "rows_expected": 1_000_000},
        "cancelled": {},
        "failed": {"problem": Problem.SHEET_FULL},
    }
    for status, values in states.items():
        wanted = Wanted("deals", f"show=all&q={status}", "list", Format.CSV)
        with tenancy.scope(by):
            shown.things[f"{status} file"] = begin_export(wanted, by=by, now=now)
        with tenancy.as_system():
            row = Export.objects.filter(id=shown.things[f"{status} file"].id)
            row.update(status="running")
            row.update(status=status, due_at=now + timedelta(days=1), **values)
    with tenancy.as_system():
        expired = Export.objects.filter(id=shown.things["xlsx file"].id)
        expired.update(status="expired", problem=Problem.TIME, stored="")
        readers = Membership.objects.filter(site=person.site, standing=Standing.PRIMARY)
        colleagues = tuple(readers.values_list("id", flat=True))
    wanted = Wanted("deals", "show=all", "list", Format.XLSX)
    for status in ScheduleStatus:
        plan = Plan(f"Pipeline ({status.label})", Every.WEEK, 8, weekday=1, colleagues=colleagues)
        with tenancy.scope(by):
            made = make_schedule(wanted, plan, by=by, now=now)
        shown.things[f"{status} schedule"] = made
        with tenancy.as_system():
            problem = Problem.NO_ACCESS if status == ScheduleStatus.STOPPED else ""
            Schedule.objects.filter(id=made.id).update(status=status, problem=problem)


def _saved_views(shown: Exhibition) -> None:
    """Two of the sales rep's own, one of them shared, and a colleague's."""
    now = timezone.now()
    for person, name, query, is_shared in (
        (shown.cast.sales, "Closing this quarter", "show=approved&order=close", True),
        (
            shown.cast.sales,
            "Mine, with every date",
            "owner=me&columns=name,submitted,approved,expires,close",
            False,
        ),
        (shown.cast.secondary, "Everything in Egypt, whoever answers for it", "show=all&country=EG", True),
    ):
        by = actor(person)
        with tenancy.scope(by):
            save_view(DEALS, name=name, query=query, shared=is_shared, by=by, now=now)


def _keys(shown: Exhibition) -> None:
    by, now = actor(shown.cast.primary), timezone.now()
    may = [Privilege.DEAL_VIEW, Privilege.DEAL_REGISTER]
    with tenancy.scope(by):
        shown.things["key"], _ = keys.make_key("Warehouse", may, expires_at=None, by=by, now=now)
        keys.make_key("Reports", may, expires_at=now + timedelta(days=20), by=by, now=now)
        spent, _ = keys.make_key("Old", may, expires_at=now + timedelta(days=30), by=by, now=now)
        keys.revoke_key(spent.public_id, by=by, now=now)


def _inboxes(shown: Exhibition) -> None:
    """A notice read, and one at the traveller's other site; the link that proves an address."""
    traveller = shown.user("traveller")
    with tenancy.as_system():
        item = InboxItem.objects.filter(user_id=shown.user("primary").id).first()
        assert item is not None
        InboxItem.objects.filter(id=item.id).update(read_at=timezone.now())
        shown.things["elsewhere"] = InboxItem.objects.create(
            notice=item.notice,
            user=traveller,
            site=shown.things["second_site"],
            kind=item.kind,
            context=item.context,
            created_at=timezone.now(),
        )
    shown.things["address_token"] = _token(shown.user("sales"), "nadia@elsewhere.example")
