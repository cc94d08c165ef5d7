"""Two partners side by side with something in every table, and a word that marks what belongs to the second.

Whatever is the rival's carries CANARY in every text. Nobody else may ever be shown that word.
"""

from __future__ import annotations

from base64 import b32encode
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import BytesIO
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.test import Client
from django.utils import timezone

from accounts.actions.adding import add_member
from accounts.actions.requests import request_access, route_request
from calendars.models import WorkingCalendar
from customers.models import Relationship
from deals import actions
from deals.actions.proposing import as_content, carry_proposal
from deals.listing import DEALS
from deals.models import DecisionPace, SiteTier
from feeds.actions import receive
from feeds.declared import feed_of
from feeds.models import ColumnMapping, Delivery, FolderFile, Source
from feeds.work import work_on_all
from identity import tenancy
from identity.actors import Actor
from identity.middleware import digest
from identity.models import (
    ApiKey,
    AuditEvent,
    Membership,
    Role,
    Session,
    SiteKind,
    StaffRole,
    Standing,
    Submission,
    Tool,
    User,
)
from notifications.expansion import expand_due
from notifications.models import InboxItem, JobRun, Preference
from orders.models import GuideAnswer, GuideQuestion, GuideRule, Letterhead
from pricing.books import publishing
from pricing.files import building
from pricing.files.offered import offered_files
from pricing.models import ExchangeRate, Part, Price, PriceBook, PriceDownload, PriceEdition
from reports.actions import save_view, set_default
from reports.downloads import Wanted
from reports.exporting import make_due
from reports.exports import begin_export, cancel_export
from reports.files import Format
from reports.models import Every, Export
from reports.schedules import Plan, make_schedule, send_now
from reports.scheduling import send_due
from tests.cast import actor as actor_of
from tests.cast import signed_in
from tests.deals.factories import complete, do, make_draft
from tests.factories import make_member, make_site, make_user
from tests.sweep.trade import add_trade

CANARY = "zqcanaryqz"  # marks what is the rival's
OURS = "zqoursqz"  # marks what is ours, for the rival's eyes
VENDOR = "zqvendorqz"  # marks what the vendor's people say among themselves
TOOLS = list(Tool.values)


@dataclass
class World:
    """Everybody, by the name the cases use; and one object of each kind, ours and the rival's."""

    people: dict[str, Membership | User] = field(default_factory=dict)
    ours: dict[str, Any] = field(default_factory=dict)
    theirs: dict[str, Any] = field(default_factory=dict)

    distributors: list[Any] = field(
        default_factory=list
    )  # the one our deals name, and the one the rival's do
    secrets: dict[str, str] = field(default_factory=dict)  # API keys in clear
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)  # of everybody's browser

    def browser(self, name: str) -> Client:
        """A browser in which this person is signed in."""
        browser = Client()
        if name != "anonymous":
            browser.cookies.load(self.cookies[name])
        return browser

    def sign_in(self) -> None:
        """Everybody signs in once: what a case does to a session, it takes back."""
        for name, person in self.people.items():
            self.cookies[name] = {key: one.value for key, one in signed_in(person).cookies.items()}

    def key(self, name: str) -> Client:
        """A program that speaks with this person's API key."""
        secret = self.secrets.get(name, "")
        return Client(headers={"Authorization": f"Bearer {secret}"} if secret else {})

    def actor(self, name: str) -> Actor:
        if name == "guest":  # whoever holds the link to our line
            return Actor.guest(self.ours["setup_line"].id, site_id=self.ours["site"].id, name="guest")
        return Actor.anonymous() if name == "anonymous" else actor_of(self.people[name])


def make_world() -> World:
    world = World()
    _sites_and_people(world)
    _ways_to_sign_in(world)
    _traces(world)
    _programme(world)
    _deals(world)
    _relationships(world)
    add_trade(world, (OURS, CANARY))
    _pace()
    _propose(world)
    _requests(world)
    _prices(world)
    _settings(world)
    _letterheads(world)
    _deliveries(world)
    _saved_views(world)
    _files(world)
    _cosell(world)
    _told(world)
    world.sign_in()
    return world


def _cosell(world: World) -> None:
    from tests.sweep.cosell import add_cosell  # its cases know the world

    add_cosell(world, (OURS, CANARY))


def _sites_and_people(world: World) -> None:
    ours = make_site(f"Nile {OURS}", country="EG", time_zone="Africa/Cairo", number="7403807")
    theirs = make_site(f"Vistula {CANARY}", country="PL", number="7403808", agreement_number=CANARY[:12])
    named = make_site("Delta Distribution", kind=SiteKind.DISTRIBUTOR, country="EG", number="7403809")
    other = make_site("Lagoon Distribution", kind=SiteKind.DISTRIBUTOR, number="7403810")
    world.ours |= {"site": ours, "distributor_site": named}
    world.theirs |= {"site": theirs, "distributor_site": other}
    world.distributors = [named, other]
    world.people |= {
        "primary": make_member(
            ours, f"Amira {OURS}", standing=Standing.PRIMARY, tools=TOOLS, roles=list(Role.values)
        ),
        "secondary": make_member(
            ours, f"Samir {OURS}", standing=Standing.SECONDARY, tools=[Tool.DEAL_REGISTRATION]
        ),
        "sales": make_member(
            ours, f"Nadia {OURS}", tools=[Tool.DEAL_REGISTRATION], roles=[Role.REFERRALS_USER]
        ),
        "newcomer": make_member(ours, f"Karim {OURS}"),
        "distributor": make_member(named, "Hana Saleh", standing=Standing.PRIMARY, tools=TOOLS),
        "other_distributor": make_member(other, "Luca Marino", standing=Standing.PRIMARY, tools=TOOLS),
        "deal_desk": make_user("Dana Desk", staff_roles=[StaffRole.DEAL_DESK]),
        "care": make_user("Carl Care", staff_roles=[StaffRole.CUSTOMER_CARE]),
        "operations": make_user("Olga Ops", staff_roles=[StaffRole.CHANNEL_OPERATIONS, StaffRole.PRICING]),
        "applicant": make_user("Petra Newman"),
        "rival": _rival(theirs, "Ewa", Standing.PRIMARY),
        "rival_colleague": _rival(theirs, "Jan", Standing.MEMBER),
    }


def _rival(site: Any, name: str, standing: str) -> Membership:
    user = make_user(f"{name} {CANARY}", f"{name.lower()}@{CANARY}.example")
    extra = {"job_title": CANARY, "phone": CANARY}
    return make_member(
        site, user.name, user=user, standing=standing, tools=TOOLS, roles=list(Role.values), **extra
    )


def _ways_to_sign_in(world: World) -> None:
    """What the sign-in library keeps of everybody."""
    now = timezone.now()
    keyholder = make_user(f"Keyholder {CANARY}", f"keyholder@{CANARY}.example")
    app = SocialApp(provider="openid_connect", name=CANARY, client_id=CANARY)
    with tenancy.door():
        app.save()
        world.theirs["passkey"] = Authenticator.objects.create(
            user=keyholder, type="webauthn", data={"name": CANARY, "credential": {}}
        )
        for name, person in world.people.items():
            user = person.user if isinstance(person, Membership) else person
            address = EmailAddress.objects.get(user=user)
            EmailConfirmation.objects.create(email_address=address, created=now, key=f"key-{user.email}")
            Authenticator.objects.create(user=user, type="totp", data={"secret": totp_secret(user.email)})
            account = SocialAccount.objects.create(user=user, provider="oidc", uid=user.email)
            SocialToken.objects.create(app=app, account=account, token=name)


def totp_secret(text: str) -> str:
    """A secret in the form that the sign-in library expects."""
    return b32encode(text.encode()).decode()


def _traces(world: World) -> None:
    """What everybody leaves behind: keys, sessions, audit events."""
    now = timezone.now()
    with tenancy.as_system():
        for name, person in world.people.items():
            user = person.user if isinstance(person, Membership) else person
            site = person.site if isinstance(person, Membership) else None
            mark = CANARY if name.startswith("rival") else "plain"
            AuditEvent.objects.create(
                at=now, event="x.done", site=site, user=user, actor_name=mark, object_type="x", object_id=mark
            )
            if site is not None:
                AuditEvent.objects.create(  # of a change of access, which is reported
                    at=now,
                    event="membership.edited",
                    site=site,
                    user=user,
                    actor_name=user.name,
                    object_type="membership",
                    object_id="x",
                    object_label=CANARY if name.startswith("rival") else user.name,
                )
            Session.objects.create(
                session_key=f"session-of-{name}", session_data=mark, expire_date=now, user_id=user.id
            )
            Submission.objects.create(
                user_id=user.id,
                site_id=site and site.id,
                key=mark,
                fingerprint=mark,
                at=now,
                body=mark.encode(),
            )
            if name != "applicant":
                world.secrets[name] = f"pw_{name}"
                key = ApiKey.objects.create(
                    user=user,
                    site=site,
                    name=mark,
                    digest=digest(f"pw_{name}"),
                    privileges=sorted(world.actor(name).privileges),
                )
                (world.theirs if mark == CANARY else world.ours).setdefault("key", key)
        AuditEvent.objects.create(
            at=now, event="x.done", actor_name="nobody", object_type="x", object_id="nobody"
        )


def _programme(world: World) -> None:
    """The rules as the vendor's people changed them, saying why among themselves; and a tier for each side."""
    by, now = world.actor("operations"), timezone.now()
    with tenancy.scope(by):
        actions.change_rules({"valid_days": 120}, base=1, note=f"Rules {VENDOR}", by=by, now=now)
        for mark, side in ((OURS, world.ours), (CANARY, world.theirs)):
            actions.set_tier(side["site"], "gold", version=0, by=by, now=now)
            SiteTier.objects.filter(site=side["site"]).update(set_by_name=mark)


def _deals(world: World) -> None:
    """Deals of both resellers in the states that matter, each naming a distributor of its own."""
    sides = (
        (OURS, world.ours, world.people["sales"], world.distributors[0], world.people["distributor"]),
        (
            CANARY,
            world.theirs,
            world.people["rival"],
            world.distributors[1],
            world.people["other_distributor"],
        ),
    )
    desk = world.people["deal_desk"]
    for mark, side, seller, distributor, reader in sides:
        texts = {
            "name": f"Deal {mark}",
            "contact_name": f"Contact {mark}",
            "contact_email": f"contact@{mark}.example",
            "competitors": mark,
            "next_steps": mark,
            "engineer_name": mark,
        }
        with tenancy.scope(actor_of(seller)):
            side["opportunity"] = actions.note_opportunity(
                name=f"Chance {mark}", by=actor_of(seller), now=timezone.now()
            )
        side["draft"] = make_draft(seller, distributor=distributor, **texts)
        for move, name in (
            ((), "submitted"),
            (("approve",), "approved"),
            (("reject",), "rejected"),
            (("return",), "returned"),
            (("approve", "lose"), "lost"),
        ):
            deal = make_draft(seller, distributor=distributor, **texts)
            for step in ("submit", *move):
                deal = do(step, deal, partner=seller, staff=desk)
            side[name] = deal
            with tenancy.as_system():
                side["customer"] = deal.customer
        _talk(side["submitted"], mark, seller, reader, desk)
        _look(side["submitted"], seller, reader, desk)
        _attach(side, mark, seller)


def _relationships(world: World) -> None:
    """Each side's reseller and distributor are related to its customer. Customers themselves are shared."""
    with tenancy.as_system():
        for side in (world.ours, world.theirs):
            for site in (side["site"], side["distributor_site"]):
                side["relationship"] = Relationship.objects.create(
                    site=site,
                    customer=side["customer"],
                    role=site.kind,
                    valid_from="2026-01-01",
                    valid_to="2099-01-01",
                )


def _pace() -> None:
    """How quick decisions were lately: everybody may know."""
    with tenancy.as_system():
        DecisionPace.objects.create(on="2026-01-01", days=90, median_hours=9, kept_percent=96)


def _talk(deal: Any, mark: str, *speakers: Any) -> None:
    for speaker in speakers:
        by = actor_of(speaker)
        with tenancy.scope(by):
            actions.comment_on_deal(deal, text=f"Said of {mark}", by=by, now=timezone.now())
            if by.is_staff:
                actions.comment_on_deal(
                    deal, text=f"Note {VENDOR}", visible_to="staff", by=by, now=timezone.now()
                )
                actions.ask_partner(deal, text=f"Asked of {mark}", by=by, now=timezone.now())


def _look(deal: Any, *readers: Any) -> None:
    """Each of them looks at the deal; the seller's name, and that of its site, carry the mark."""
    for reader in readers:
        by = actor_of(reader)
        with tenancy.scope(by):
            actions.note_viewing(deal, by=by, now=timezone.now())


def _attach(side: dict[str, Any], mark: str, seller: Any) -> None:
    """A file for the distributor too, one that is not for it, and one taken back."""
    by, now = actor_of(seller), timezone.now()
    with tenancy.scope(by):
        for name, shared in (("file", True), ("private_file", False), ("gone_file", True)):
            content = f"{name} of {mark}".encode()
            side[name] = actions.attach_file(
                side["submitted"],
                file=BytesIO(content),
                name=f"{name} {mark}.txt",
                size=len(content),
                for_distributor=shared,
                by=by,
                now=now,
            )
        actions.take_back_attachment(side["gone_file"], by=by, now=now)


def _propose(world: World) -> None:
    """Each distributor proposes a deal to its reseller, which declines one of two."""
    now = timezone.now()
    for mark, side, proposer, seller in (
        (OURS, world.ours, "distributor", "sales"),
        (CANARY, world.theirs, "other_distributor", "rival"),
    ):
        by = world.actor(proposer)
        for name in ("proposal", "declined_proposal"):
            content = as_content(
                complete(name=f"{name} {mark}", customer_name=f"{name} {mark}", next_steps=mark)
            )
            with tenancy.scope(by):
                side[name] = actions.propose_deal(
                    reseller_number=side["site"].number, content=content, by=by, now=now
                )
            with tenancy.as_system():
                side[f"draft_of_{name}"] = carry_proposal(side[name], now=now)
        answering = world.actor(seller)
        with tenancy.scope(answering):
            actions.decline_proposal(
                side["draft_of_declined_proposal"], text=f"No {mark}", by=answering, now=now
            )


def _requests(world: World) -> None:
    """Somebody asks for access to each side, and each side invites somebody."""
    now = timezone.now()
    for mark, side, primary in ((OURS, world.ours, "primary"), (CANARY, world.theirs, "rival")):
        asking = make_user(f"Hopeful {mark}", f"hopeful@{mark}.example")
        with tenancy.scope(actor_of(asking)):
            request = request_access(
                side["site"].number, primary=False, message=mark, by=actor_of(asking), now=now
            )
        with tenancy.as_system():
            side["case"] = route_request(request.id, now=now)
        side["request"] = request
        by = world.actor(primary)
        with tenancy.scope(by):
            side["invitation"] = add_member(
                f"invited@{mark}.example", name=f"Invited {mark}", tools=[Tool.REPORTING], by=by, now=now
            )


def _prices(world: World) -> None:
    """A price book of each side's country, with an edition of each sort, files that are there, and downloads."""
    by, now = world.actor("operations"), timezone.now()
    for mark, side, country, currency, readers in (
        (OURS, world.ours, "EG", "EGP", ("primary", "distributor")),
        (CANARY, world.theirs, "PL", "PLN", ("rival", "other_distributor")),
    ):
        with tenancy.scope(by):
            book = publishing.add_book(
                country=country, currency=currency, kind="software", time_zone="UTC", by=by, now=now
            )
        side["price_book"] = book
        side["price_edition"] = _edition(book, mark, -30, by)
        wrong = _edition(book, mark, 30, by)
        with tenancy.scope(by):
            side["withdrawn_edition"] = publishing.withdraw_edition(
                wrong.public_id, reason=f"Wrong {mark}", version=wrong.version, by=by, now=now
            )
        _edition(book, mark, 60, by)
        side["price_draft"] = _edition(book, f"{VENDOR} {mark}", 90, by, publish=False)
        _build_and_download(side, mark, [world.people[name] for name in readers])


def _edition(book: PriceBook, mark: str, days: int, by: Actor, *, publish: bool = True) -> PriceEdition:
    now = timezone.now()
    with tenancy.scope(by):
        edition = publishing.begin_edition(
            book, name=f"A{days} {mark}"[:40], effective_on=now.date() + timedelta(days=days), by=by, now=now
        )
        Price.objects.bulk_create(
            Price(edition=edition, part=part, srp=10_000 + days, bp_price=7_000)
            for part in Part.objects.all()
        )
        if publish:
            return publishing.publish_edition(edition.public_id, version=1, by=by, now=now)
        return edition


def _build_and_download(side: dict[str, Any], mark: str, readers: list[Any]) -> None:
    now = timezone.now()
    with tenancy.as_system():
        due = building.sets_to_build(now)
    for file_set in due:
        building.build_set(file_set, now=now)
    for reader in readers:
        by = actor_of(reader)
        with tenancy.scope(by):
            file = (
                offered_files(side["price_book"], now)
                .filter(window="current", with_cost=True, format="csv")
                .get()
            )
            side["download"] = PriceDownload.objects.create(
                at=now, site=reader.site, user=reader.user, user_name=f"Reader {mark}", file=file,
                book=file.file_set.book, file_name=file.name, editions=file.editions,
                price_list=file.price_list, with_cost=True, window=file.window, format=file.format,
                sha256=file.sha256, bytes=file.size, complete=True,
            )  # fmt: skip
            side["price_file"], side["file_set"] = file, file.file_set


def _settings(world: World) -> None:
    """What the vendor sets for all. There is no rival's in it: everybody may see it, or nobody but staff."""
    with tenancy.as_system():
        calendar = WorkingCalendar.objects.get(country="PL")
        shared = {"calendar": calendar, "holiday": calendar.holidays.first(), **_guide()}
    world.ours |= shared
    world.theirs |= shared


def _guide() -> dict[str, Any]:
    """A question with two answers, and what is proposed for one of them."""
    texts = {"en": "What is needed?"}
    question = GuideQuestion.objects.create(code="need", kind="choice", texts=texts)
    answers = [
        GuideAnswer.objects.create(question=question, code=code, texts={"en": code})
        for code in ("one", "two")
    ]
    rule = GuideRule.objects.create(
        name="One",
        part=Part.objects.get(number="D0ABCLL"),
        conditions=[{"question": "need", "test": "is", "value": "one"}],
        reasons={"en": "It is the one."},
    )
    return {"guide_question": question, "guide_answer": answers[0], "guide_rule": rule}


def _letterheads(world: World) -> None:
    with tenancy.as_system():
        for mark, side in ((OURS, world.ours), (CANARY, world.theirs)):
            side["letterhead"] = Letterhead.objects.create(
                site=side["site"], address=f"1 Way, {mark}", changed_by_name=mark, changed_at=timezone.now()
            )


def _deliveries(world: World) -> None:
    """What the vendor's people sent: partners have no part in it. One waits to be confirmed, another has errors."""
    by, now = world.actor("operations"), timezone.now()
    header = "number,description,line,type,active"
    files = {
        "delivery": f"{header}\r\nD9VVVLL,{VENDOR},SENTINEL,licence,yes\r\n",
        "invalid_delivery": f"{header}\r\n{VENDOR},{VENDOR},SENTINEL,licence,yes\r\n",
    }
    for name, content in files.items():
        with tenancy.scope(by):
            sent = receive(
                feed_of("parts"),
                file=BytesIO(content.encode()),
                name=f"parts {VENDOR}.csv",
                complete=False,
                source=Source.PAGE,
                by=by,
                now=now,
            )
        work_on_all()
        with tenancy.as_system():
            world.ours[name] = world.theirs[name] = Delivery.objects.get(id=sent.id)
    with tenancy.as_system():
        ColumnMapping.objects.create(feed="parts", signature=VENDOR, by_name=VENDOR, at=now)
        FolderFile.objects.create(place=VENDOR, name=VENDOR, delivery=world.ours["delivery"], taken_at=now)
        ExchangeRate.objects.create(currency="EUR", day=now.date(), rate="0.92")


def _told(world: World) -> None:
    """What was to be told has been told; and everybody has chosen what to be mailed, and sent a form."""
    while expand_due():
        pass
    now = timezone.now()
    with tenancy.as_system():
        for name, person in world.people.items():
            user_id = person.user_id if isinstance(person, Membership) else person.id
            site_id = person.site_id if isinstance(person, Membership) else None
            mark = CANARY if name.startswith("rival") else name
            Preference.objects.create(user_id=user_id, kind=mark, choice="daily")
            Submission.objects.create(
                user_id=user_id, site_id=site_id, key=mark + name, fingerprint="", body=mark.encode(), at=now
            )
        JobRun.objects.create(job="x", slot=now, started_at=now)
    for side, person in ((world.ours, "sales"), (world.theirs, "rival")):
        with tenancy.scope(world.actor(person)):
            side["inbox"] = InboxItem.objects.order_by("-id").first()


def _files(world: World) -> None:
    """Each side has a report sent, to a colleague as well, and its file is made; so do the vendor's people."""
    now = timezone.now()
    wanted = Wanted("deals", "show=all", "list", Format.CSV)
    for mark, side, name, colleague in (
        (OURS, world.ours, "sales", "primary"),
        (CANARY, world.theirs, "rival", "rival_colleague"),
        (VENDOR, {}, "deal_desk", ""),
    ):
        by = world.actor(name)
        reader = world.people[colleague] if colleague else None
        with tenancy.scope(by):
            plan = Plan(
                f"Sent {mark}", Every.DAY, 8, attached=True, colleagues=(reader.pk,) if reader else ()
            )
            side["schedule"] = make_schedule(wanted, plan, by=by, now=now)
            send_now(side["schedule"], by=by, now=now)
            side["export"] = begin_export(wanted, by=by, now=now)
        with tenancy.as_system():
            Export.objects.filter(id=side["export"].id).update(title=f"File {mark}")
    send_due(now=now)
    make_due()
    for name in ("sales", "rival", "distributor", "other_distributor", "deal_desk"):
        by = world.actor(name)
        with tenancy.scope(by):  # one that waits, and one that was cancelled
            for show in ("approved", "closed"):
                asked = begin_export(replace(wanted, query=f"show={show}"), by=by, now=now)
            cancel_export(asked, by=by, now=now)
    with tenancy.as_system():
        for side in (world.ours, world.theirs):
            side["export"].refresh_from_db()
            side["schedule"].refresh_from_db()


def _saved_views(world: World) -> None:
    """Each side shares a view and keeps one to itself; so do the vendor's people."""
    now = timezone.now()
    people = (
        (OURS, world.ours, "sales", "newcomer"),
        (CANARY, world.theirs, "rival", "rival_colleague"),
        (VENDOR, {}, "deal_desk", "care"),
    )
    for mark, side, name, colleague in people:
        by = world.actor(name)
        with tenancy.scope(by):
            kept = {"query": f"q={mark}", "by": by, "now": now}
            side["view"] = save_view(DEALS, name=f"View {mark}", shared=True, **kept)
            save_view(DEALS, name=f"Own {mark}", **kept)
        by = world.actor(colleague)
        with tenancy.scope(by):
            set_default(side["view"], by=by, now=now)


PROBED = (
    "anonymous", "applicant", "primary", "sales", "distributor", "selling_distributor", "deal_desk", "guest",
)  # fmt: skip

# Who may be shown which of the two words. Staff may see both.
FORBIDDEN = {
    **dict.fromkeys(("anonymous", "applicant"), (CANARY, OURS, VENDOR)),
    **dict.fromkeys(("primary", "secondary", "sales", "newcomer", "distributor"), (CANARY, VENDOR)),
    **dict.fromkeys(("rival", "rival_colleague", "other_distributor"), (OURS, VENDOR)),
    **dict.fromkeys(("deal_desk", "care", "operations"), ()),
}
EVERYBODY = tuple(FORBIDDEN)
