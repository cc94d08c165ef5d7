"""Deals of the demo world: registered, decided and ended by the real actions, over the past ten months."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision

from customers.models import Customer
from identity import tenancy
from identity.actors import Actor
from identity.demo import World, member_actor, staff_actor
from identity.models import Membership, Site, StaffRole
from identity.privileges import Privilege
from pricing.models import Part
from pricing.money import currency_of

from . import actions
from .models import Deal
from .states import LostReason, RejectReason, Stage, Status
from .tasks import expire_due

S = Status
DEALS = 250
MAIN_SITES = (0, 1, 7)  # whose people the demo signs in as: they get more of everything
# What a euro is in other currencies, roughly: for values that look right.
RATES = {
    "EUR": 1,
    "USD": 1.1,
    "GBP": 0.85,
    "PLN": 4.3,
    "BRL": 5.6,
    "EGP": 52,
    "SAR": 4.1,
    "AED": 4,
    "MAD": 10.8,
}

# How deals end up, of those that are old enough, and how often.
FATES = [
    (S.DRAFT, 9), (S.SUBMITTED, 8), (S.UNDER_REVIEW, 6), (S.RETURNED, 6), (S.APPROVED, 26), (S.WON, 15),
    (S.LOST, 9), (S.EXPIRED, 6), (S.REJECTED, 8), (S.WITHDRAWN, 5), (S.REVOKED, 2),
]  # fmt: skip
# How long ago a deal was begun that has come so far, in days: from, to.
AGES = {
    S.DRAFT: (0, 25), S.SUBMITTED: (0, 2), S.UNDER_REVIEW: (1, 4), S.RETURNED: (2, 12), S.APPROVED: (5, 88),
    S.WON: (40, 280), S.LOST: (40, 280), S.EXPIRED: (110, 300), S.REJECTED: (10, 250), S.WITHDRAWN: (10, 250),
    S.REVOKED: (30, 200),
}  # fmt: skip


@dataclass(frozen=True)
class Phrases:
    """What people write in one language."""

    names: tuple[str, ...]  # %s is the product line
    steps: tuple[str, ...]
    comments: tuple[str, ...]
    people: tuple[tuple[str, str], ...]  # contacts at customers: name, as in an address
    titles: tuple[str, ...]
    competitors: tuple[str, ...]
    withdrawn: str
    lost: str


PHRASES: dict[str, Phrases] = {
    "en": Phrases(
        ("%s for the branches", "New data centre with %s", "%s replacement", "%s, phase 2", "Pilot of %s"),
        (
            "Demonstration next week, then a pilot at two sites.",
            "The customer compares two offers; we present the running costs on Tuesday.",
            "Budget is approved. Technical workshop with the network team, then the order.",
        ),
        (
            "The customer confirmed the number of users today.",
            "The workshop went well; they ask for a reference in their industry.",
            "Purchasing needs our offer by the end of the month.",
        ),
        (("Grace Ashdown", "g.ashdown"), ("Oliver Tennant", "o.tennant"), ("Priya Marlow", "p.marlow")),
        ("Head of IT", "Network manager", "Chief information officer"),
        ("An incumbent firewall vendor", "Two local integrators", ""),
        "The customer put the project off to next year.",
        "They stay with what they have for another year.",
    ),
    "ar": Phrases(
        (
            "تحديث %s في الفروع",
            "مركز بيانات جديد مع %s",
            "استبدال النظام الحالي بـ %s",
            "المرحلة الثانية من %s",
        ),
        (
            "عرض توضيحي الأسبوع القادم، ثم تجربة في موقعين.",
            "يقارن العميل بين عرضين، وسنعرض تكاليف التشغيل يوم الثلاثاء.",
            "اعتُمدت الميزانية. ورشة عمل تقنية مع فريق الشبكات ثم الطلب.",
        ),
        (
            "أكد العميل عدد المستخدمين اليوم.",
            "سارت ورشة العمل جيدًا، ويطلبون مرجعًا من القطاع نفسه.",
            "يحتاج قسم المشتريات إلى عرضنا قبل نهاية الشهر.",
        ),
        (("ليلى نصار", "laila.nassar"), ("طارق السويدي", "tarek.s"), ("هدى بن عمر", "houda.b")),
        ("مدير تقنية المعلومات", "مديرة الشبكات", "رئيس قسم البنية التحتية"),
        ("مورّد الجدار الناري الحالي", "شركتان محليتان", ""),
        "أجّل العميل المشروع إلى العام القادم.",
        "قرر العميل البقاء على النظام الحالي عامًا آخر.",
    ),
    "pl": Phrases(
        ("%s dla oddziałów", "Nowa serwerownia z %s", "Wymiana na %s", "%s, etap 2", "Pilotaż %s"),
        (
            "Prezentacja w przyszłym tygodniu, potem pilotaż w dwóch lokalizacjach.",
            "Klient porównuje dwie oferty; we wtorek pokazujemy koszty utrzymania.",
            "Budżet zatwierdzony. Warsztaty techniczne z zespołem sieciowym, potem zamówienie.",
        ),
        (
            "Klient potwierdził dziś liczbę użytkowników.",
            "Warsztaty udane; proszą o referencje z branży.",
            "Dział zakupów potrzebuje oferty do końca miesiąca.",
        ),
        (("Łucja Śmigielska", "l.smigielska"), ("Żelisław Kępa", "z.kepa"), ("Agata Dąbek", "a.dabek")),
        ("Kierownik IT", "Kierowniczka sieci", "Dyrektor ds. informatyki"),
        ("Dotychczasowy dostawca zapór", "Dwóch lokalnych integratorów", ""),
        "Klient odłożył projekt na przyszły rok.",
        "Zostają przy obecnym rozwiązaniu jeszcze rok.",
    ),
    "pt-br": Phrases(
        (
            "%s para as filiais",
            "Novo data center com %s",
            "Substituição por %s",
            "%s, fase 2",
            "Piloto de %s",
        ),
        (
            "Demonstração na próxima semana e depois piloto em duas unidades.",
            "O cliente compara duas propostas; na terça mostramos o custo de operação.",
            "Orçamento aprovado. Oficina técnica com a equipe de redes e então o pedido.",
        ),
        (
            "O cliente confirmou hoje o número de usuários.",
            "A oficina foi boa; pedem uma referência do mesmo setor.",
            "Compras precisa da nossa proposta até o fim do mês.",
        ),
        (("Inês Caçapava", "ines.c"), ("João Peçanha", "joao.p"), ("Conceição Arruda", "c.arruda")),
        ("Gerente de TI", "Coordenadora de redes", "Diretor de tecnologia"),
        ("O fornecedor atual de firewall", "Dois integradores locais", ""),
        "O cliente adiou o projeto para o próximo ano.",
        "Ficam com a solução atual por mais um ano.",
    ),
    "it": Phrases(
        (
            "%s per le filiali",
            "Nuovo data center con %s",
            "Sostituzione con %s",
            "%s, fase 2",
            "Pilota di %s",
        ),
        (
            "Dimostrazione la prossima settimana, poi un pilota in due sedi.",
            "Il cliente confronta due offerte; martedì presentiamo i costi di gestione.",
            "Budget approvato. Workshop tecnico con il gruppo reti, poi l'ordine.",
        ),
        (
            "Il cliente ha confermato oggi il numero di utenti.",
            "Il workshop è andato bene; chiedono una referenza del loro settore.",
            "L'ufficio acquisti aspetta l'offerta entro fine mese.",
        ),
        (("Niccolò Sartore", "n.sartore"), ("Giosuè Falier", "g.falier"), ("Perla Lodovisi", "p.lodovisi")),
        ("Responsabile IT", "Responsabile reti", "Direttrice dei sistemi informativi"),
        ("L'attuale fornitore di firewall", "Due integratori locali", ""),
        "Il cliente ha rinviato il progetto al prossimo anno.",
        "Restano con la soluzione attuale per un altro anno.",
    ),
}
# The vendor's desk writes in English.
RETURNS = (
    "Please name the legal entity that signs: the group has three companies of this name.",
    "The quantity does not fit the value. Which of the two is right?",
    "Please say what the next step is, and when.",
)
REJECTIONS = {
    RejectReason.DUPLICATE: "This purchase was registered before yours. You can register the next phase.",
    RejectReason.TENDER: "The customer has published a tender; tenders are not registered.",
    RejectReason.NOT_ELIGIBLE: "A renewal of support is not a new deal.",
    RejectReason.EXISTING_OPPORTUNITY: "Our own team has been in talks with this customer since spring.",
}
DESK_COMMENTS = ("Thank you, this is complete now.", "Could you add the engineer who runs the pilot?")
NOTES = ("Checked against the account list: no conflict.", "Asked the country team; they support it.")
APPROVALS = ("", "", "Good luck with the pilot.")
REVOCATION = "The customer asked us to treat all partners alike, as the project is now a public tender."


def build(world: World, customers: list[Customer], parts: list[Part]) -> None:
    """250 deals in every state, with timelines as people make them, and a few opportunities."""
    for site in _sites(world):
        _Story(world, site, customers, parts).tell()
    expire_due(now=world.now)
    for index in MAIN_SITES:
        _note_opportunities(world, world.sites[index], customers)


def _sites(world: World) -> Iterator[Site]:
    """Whose deal each is: the main sites' every third, in turn."""
    for number in range(DEALS):
        if number % 3 == 0:
            yield world.sites[MAIN_SITES[number // 3 % len(MAIN_SITES)]]
        else:
            yield world.rng.choice(world.sites)


class _Story:
    """One deal, from its beginning to where it has come."""

    def __init__(self, world: World, site: Site, customers: list[Customer], parts: list[Part]) -> None:
        self.world, self.rng, self.site = world, world.rng, site
        self.words = PHRASES[world.language_of(site)]
        self.partner = member_actor(self.rng.choice(_sellers(world, site)))
        self.desk = staff_actor(
            self.rng.choice(
                [user for user in world.staff.values() if StaffRole.DEAL_DESK in user.staff_roles]
            )
        )
        at_home = [customer for customer in customers if customer.country == site.country]
        self.customer = self.rng.choice(at_home or customers)
        self.products = [
            (part, self.rng.choice((5, 10, 25, 40, 100, 250, 500)))
            for part in self.rng.sample(parts, self.rng.choice((1, 1, 2, 3)))
        ]
        self.fate = self.rng.choices([fate for fate, _ in FATES], [often for _, often in FATES])[0]
        youngest, oldest = AGES[self.fate]
        days = self.rng.uniform(youngest, oldest)
        self.at = self._in_office_hours(world.now - timedelta(days=days))

    def tell(self) -> None:
        with self._as(self.partner):
            deal = actions.begin_deal(by=self.partner, now=self.at)
            deal = self._fill_in(deal)
        if self.fate is S.DRAFT:
            return
        deal = self._submit(deal, hours=(0.2, 6))
        if self.fate is S.SUBMITTED:
            return
        if self.fate is S.WITHDRAWN and self.rng.random() < 0.4:
            self._withdraw(deal)
            return
        deal = self._review(deal)
        if self.fate in (S.UNDER_REVIEW, S.RETURNED):
            return
        deal = self._decide(deal)
        self._live_on(deal)

    # -- chapters

    def _fill_in(self, deal: Deal) -> Deal:
        name, address = self.rng.choice(self.words.people)
        domain = self.customer.web_domain or "customer.example"
        changes: dict[str, object] = {
            "customer": self.customer,
            "contact_name": name,
            "contact_job_title": self.rng.choice(self.words.titles),
            "contact_email": f"{address}@{domain}",
            "contact_phone": "",
            "name": self.rng.choice(self.words.names) % self.products[0][0].line.name,
        }
        whole = self.fate is not S.DRAFT or self.rng.random() < 0.4
        if whole:
            currency = currency_of(self.site.country)
            changes |= {
                "products": self.products,
                "currency": currency,
                "value": self._value(currency),
                "close_on": self.at.date() + timedelta(days=self.rng.randrange(30, 160)),
                "stage": self.rng.choice(Stage.values),
                "next_steps": self.rng.choice(self.words.steps),
                "competitors": self.rng.choice(self.words.competitors),
                "distributor": self._distributor(),
            }
        self._later(minutes=self.rng.randrange(4, 25))
        return actions.save_draft(deal, changes=changes, by=self.partner, now=self.at)

    def _submit(self, deal: Deal, *, hours: tuple[float, float]) -> Deal:
        self._later(hours=self.rng.uniform(*hours), office=True)
        with self._as(self.partner):
            return actions.submit_deal(deal, by=self.partner, now=self.at)

    def _review(self, deal: Deal) -> Deal:
        """The desk looks at it; now and then it goes back and forth once."""
        self._later(hours=self.rng.uniform(1, 20), office=True)
        with self._as(self.desk):
            deal = actions.take_under_review(deal, by=self.desk, now=self.at)
            if self.rng.random() < 0.3:
                note = self.rng.choice(NOTES)
                actions.comment_on_deal(deal, text=note, visible_to="staff", by=self.desk, now=self.at)
        if self.fate is not S.RETURNED and (self.fate is S.UNDER_REVIEW or self.rng.random() < 0.8):
            return deal
        self._later(hours=self.rng.uniform(1, 8))
        with self._as(self.desk):
            deal = actions.return_deal(deal, text=self.rng.choice(RETURNS), by=self.desk, now=self.at)
        if self.fate is S.RETURNED:
            return deal
        self._comment(deal, self.partner, self.rng.choice(self.words.comments))
        return self._submit(deal, hours=(2, 40))

    def _decide(self, deal: Deal) -> Deal:
        self._later(hours=self.rng.uniform(2, 30), office=True)
        with self._as(self.desk):
            if self.fate is S.REJECTED:
                code = self.rng.choice(list(REJECTIONS))
                return actions.reject_deal(deal, code=code, text=REJECTIONS[code], by=self.desk, now=self.at)
            if self.rng.random() < 0.3:
                self._comment(deal, self.desk, self.rng.choice(DESK_COMMENTS))
            return actions.approve_deal(deal, text=self.rng.choice(APPROVALS), by=self.desk, now=self.at)

    def _live_on(self, deal: Deal) -> None:
        if deal.status != S.APPROVED:
            return
        if deal.distributor_id and self.rng.random() < 0.5:
            self._later(hours=self.rng.uniform(3, 60))
            member = next(m for m in self.world.members[deal.distributor_id])
            self._comment(deal, member_actor(member), self.rng.choice(PHRASES["en"].comments))
        if self.fate in (S.APPROVED, S.EXPIRED):
            return
        self._later(hours=self.rng.uniform(24, 24 * 60))
        match self.fate:
            case S.REVOKED:
                with self._as(self.desk):
                    actions.revoke_deal(deal, text=REVOCATION, by=self.desk, now=self.at)
            case S.WITHDRAWN:
                self._withdraw(deal)
            case S.WON:
                with self._as(self.partner):
                    actions.win_deal(deal, by=self.partner, now=self.at)
            case S.LOST:
                code = self.rng.choice([LostReason.BUDGET, LostReason.OTHER_VENDOR, LostReason.TIMELINE])
                with self._as(self.partner):
                    actions.lose_deal(deal, code=code, text=self.words.lost, by=self.partner, now=self.at)

    def _withdraw(self, deal: Deal) -> None:
        self._later(hours=self.rng.uniform(2, 70))
        with self._as(self.partner):
            actions.withdraw_deal(deal, text=self.words.withdrawn, by=self.partner, now=self.at)

    def _comment(self, deal: Deal, by: Actor, text: str) -> None:
        with self._as(by):
            actions.comment_on_deal(deal, text=text, by=by, now=self.at)

    # -- props

    @contextmanager
    def _as(self, actor: Actor) -> Iterator[None]:
        with tenancy.scope(actor):
            yield

    def _value(self, currency: str) -> int:
        euros = self.rng.choice((4_800, 9_500, 18_000, 32_500, 64_000, 110_000, 240_000))
        amount = round(euros * self.rng.uniform(0.8, 1.3) * RATES.get(currency, 1) / 50) * 50
        return int(amount * 10 ** get_currency_precision(currency))

    def _distributor(self) -> Site | None:
        if self.rng.random() < 0.2:
            return None
        near = [site for site in self.world.distributors if site.country == self.site.country]
        if not near and self.world.language_of(self.site) == "ar":
            near = self.world.distributors[:1]
        return self.rng.choice(near or self.world.distributors)

    def _later(self, *, hours: float = 0, minutes: int = 0, office: bool = False) -> None:
        """Time goes by, but never beyond now; what the desk does, it does in office hours."""
        self.at += timedelta(hours=hours, minutes=minutes)
        if office:
            self.at = self._in_office_hours(self.at)
        self.at = min(self.at, self.world.now - timedelta(minutes=1))

    def _in_office_hours(self, moment: datetime) -> datetime:
        return _in_office_hours(moment, self.site.time_zone, self.rng)


def _in_office_hours(moment: datetime, time_zone: str, rng: Random) -> datetime:
    """The moment, or the next one between nine and five on a weekday at the site, to a minute at random."""
    zone = ZoneInfo(time_zone)
    local = moment.astimezone(zone)
    if local.hour >= 17:
        local += timedelta(days=1)
    while local.weekday() > 4:
        local += timedelta(days=1)
    if not 9 <= local.hour < 17 or local.date() != moment.astimezone(zone).date():
        local = datetime.combine(local.date(), time(rng.randrange(9, 17), rng.randrange(60)), zone)
    return local


def _sellers(world: World, site: Site) -> list[Membership]:
    """Who at a site may register deals; its primary contact where nobody was given the tool."""
    people = world.members[site.id]
    return [m for m in people if member_actor(m).may(Privilege.DEAL_REGISTER)] or people[:1]


def _note_opportunities(world: World, site: Site, customers: list[Customer]) -> None:
    words = PHRASES[world.language_of(site)]
    for _ in range(4):
        actor = member_actor(world.rng.choice(_sellers(world, site)))
        customer = world.rng.choice([each for each in customers if each.country == site.country])
        with tenancy.scope(actor):
            actions.note_opportunity(
                name=world.rng.choice(words.names) % "Keystone",
                customer=customer,
                customer_name=customer.name,
                customer_country=customer.country,
                stage=Stage.QUALIFIED,
                currency=currency_of(site.country),
                by=actor,
                now=world.now - timedelta(days=world.rng.randrange(1, 60)),
            )
