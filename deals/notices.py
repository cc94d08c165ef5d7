"""What people are told about deals. Registered when the app starts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from identity.actors import Actor, Kind
from identity.models import Site
from identity.privileges import Privilege, StaffRole
from notifications.actions import Audience, tell
from notifications.kinds import NoticeKind, register
from notifications.values import Words

from .models import Deal, DealEvent, SiteTier
from .queries import rules_in_force
from .rules import BUILT_IN, LOST, REJECT, TIER, Rules
from .states import Status

DEALS = _("Deals")
OPEN = _("Open the deal")
PARTNERS = frozenset({Kind.RESELLER, Kind.DISTRIBUTOR})


def _kind(name: str, **words: Any) -> NoticeKind:
    return register(NoticeKind(name=name, group=DEALS, action=OPEN, privilege=Privilege.DEAL_VIEW, **words))


SUBMITTED = _kind(
    "deal.submitted",
    title=_("A deal waits for a decision"),
    subject=_("Deal to decide: %(customer)s, from %(site)s"),
    body=_(
        "%(site)s submitted the deal “%(name)s” with %(customer)s (%(reference)s).\n\n"
        "A decision is promised by %(due)s."
    ),
    icon="gavel",
    kinds=frozenset({Kind.STAFF}),
)
NAMES_YOU = _kind(
    "deal.names_you",
    title=_("A reseller named you on a deal"),
    subject=_("%(site)s named you on a deal with %(customer)s"),
    body=_(
        "%(site)s submitted the deal “%(name)s” with %(customer)s (%(reference)s) and named you as its"
        " distributor.\n\nYou can read and comment on it now. You are told when the vendor decides."
    ),
    icon="briefcase",
    kinds=frozenset({Kind.DISTRIBUTOR}),
)
APPROVED = _kind(
    "deal.approved",
    title=_("A deal was approved"),
    subject=_("Deal %(reference)s was approved"),
    body=_(
        "The deal “%(name)s” of %(site)s with %(customer)s is approved.\n\n"
        "Its number is %(reference)s. Quote it to the vendor and to the distributor from now on.\n\n"
        "The registration is valid until %(expires)s."
    ),
    tone="good",
    icon="circle-check",
    kinds=PARTNERS,
)
RETURNED = _kind(
    "deal.returned",
    title=_("A deal was returned for changes"),
    subject=_("Deal %(reference)s needs a change from you"),
    body=_(
        "The deal desk returned the deal “%(name)s” with %(customer)s (%(reference)s):\n\n%(text)s\n\n"
        "Change it and submit it again. It keeps its place: first come counts from the first submission."
    ),
    tone="warn",
    icon="arrow-back-up",
    kinds=frozenset({Kind.RESELLER}),
)
REJECTED = _kind(
    "deal.rejected",
    title=_("A deal was rejected"),
    subject=_("Deal %(reference)s was rejected"),
    body=_(
        "The deal “%(name)s” with %(customer)s (%(reference)s) was rejected: %(reason)s.\n\n%(text)s\n\n"
        "What you can do, from its page: put right what was missing or wrong and register it again; appeal, until"
        " %(appeal)s, and somebody else decides; or ask the deal desk with a comment."
    ),
    tone="bad",
    icon="circle-x",
    kinds=frozenset({Kind.RESELLER}),
)
EXPIRED = _kind(
    "deal.expired",
    title=_("A deal registration expired"),
    subject=_("Deal %(reference)s expired"),
    body=_(
        "The registration %(reference)s, “%(name)s” with %(customer)s, was valid until %(expires)s"
        " and has expired."
    ),
    tone="warn",
    icon="clock-x",
    kinds=frozenset({Kind.RESELLER}),
)
REVOKED = _kind(
    "deal.revoked",
    title=_("A deal registration was revoked"),
    subject=_("Deal %(reference)s was revoked"),
    body=_("The vendor revoked the registration %(reference)s, “%(name)s” with %(customer)s:\n\n%(text)s"),
    tone="bad",
    icon="ban",
    kinds=frozenset({Kind.RESELLER}),
)
MOVED = _kind(
    "deal.moved",
    title=_("A deal you follow came to an end"),
    subject=_("Deal %(reference)s came to an end"),
    body=_(
        "The deal “%(name)s” of %(site)s with %(customer)s (%(reference)s) came to an end.\n\n%(outcome)s"
    ),
    default="daily",
    icon="briefcase",
    kinds=frozenset({Kind.DISTRIBUTOR, Kind.STAFF}),
)
COMMENTED = _kind(
    "deal.commented",
    title=_("A comment on a deal"),
    subject=_("%(author)s commented on deal %(reference)s"),
    body=_("%(author)s wrote about the deal “%(name)s” with %(customer)s (%(reference)s):\n\n%(text)s"),
    icon="message",
)

ASKED = _kind(
    "deal.asked",
    title=_("The deal desk asks you something"),
    subject=_("A question about deal %(reference)s"),
    body=_(
        "%(author)s of the deal desk asks about the deal “%(name)s” with %(customer)s (%(reference)s):"
        "\n\n%(text)s\n\nAnswer on the deal's page. The deal keeps its place meanwhile."
    ),
    tone="warn",
    icon="help",
    kinds=frozenset({Kind.RESELLER}),
)
ANSWERED = _kind(
    "deal.answered",
    title=_("A partner answered your question"),
    subject=_("%(site)s answered about deal %(reference)s"),
    body=_(
        "%(author)s of %(site)s answered about the deal “%(name)s” with %(customer)s (%(reference)s):\n\n%(text)s"
    ),
    icon="message",
    kinds=frozenset({Kind.STAFF}),
)

EXPIRING = _kind(
    "deal.expiring",
    title=_("A deal registration expires soon"),
    subject=ngettext_lazy(
        "Deal %(reference)s expires in %(days)s day", "Deal %(reference)s expires in %(days)s days", "days"
    ),
    body=_(
        "The registration %(reference)s, “%(name)s” with %(customer)s, is valid until %(expires)s.\n\n%(advice)s"
    ),
    tone="warn",
    icon="hourglass",
    kinds=frozenset({Kind.RESELLER}),
)
EXPIRES_TODAY = _kind(
    "deal.expires_today",
    title=_("A deal registration expires today"),
    subject=_("Deal %(reference)s expires today"),
    body=_(
        "The registration %(reference)s, “%(name)s” with %(customer)s, is valid until %(expires)s.\n\n%(advice)s"
    ),
    tone="warn",
    icon="hourglass",
    kinds=frozenset({Kind.RESELLER}),
)
DECISION_LATE = _kind(
    "deal.decision_late",
    title=_("A promised decision is late"),
    subject=_("Late: the decision on %(customer)s, promised to %(site)s"),
    body=_(
        "%(site)s was promised a decision on the deal “%(name)s” with %(customer)s (%(reference)s) by %(due)s."
        " It has not been made yet.\n\n"
        "Deal desk and channel operations are told. The partner sees on the page of the deal that it is late."
    ),
    tone="bad",
    icon="alert-triangle",
    kinds=frozenset({Kind.STAFF}),
)
EXTENSION_LATE = _kind(
    "deal.extension_late",
    title=_("The answer to an extension is late"),
    subject=_("Late: the extension for %(customer)s, asked for by %(site)s"),
    body=_(
        "%(site)s asked to extend the registration %(reference)s, “%(name)s” with %(customer)s, and was promised"
        " an answer by %(due)s. It has not been given yet.\n\n"
        "Deal desk and channel operations are told. The registration does not expire before it is answered."
    ),
    tone="bad",
    icon="alert-triangle",
    kinds=frozenset({Kind.STAFF}),
)

AMENDED = _kind(
    "deal.amended",
    title=_("An approved deal was changed"),
    subject=_("Changed, to approve again: %(customer)s, from %(site)s"),
    body=_(
        "%(site)s changed the approved deal “%(name)s” with %(customer)s (%(reference)s). Its page says what"
        " changed.\n\nThe approval rests until the deal desk approves the deal again. A decision is promised by"
        " %(due)s."
    ),
    icon="pencil",
    kinds=frozenset({Kind.STAFF, Kind.DISTRIBUTOR}),
)
UPDATED = _kind(
    "deal.updated",
    title=_("Details of a deal were brought up to date"),
    subject=_("Deal %(reference)s was brought up to date"),
    body=_(
        "%(site)s brought the deal “%(name)s” with %(customer)s (%(reference)s) up to date. Its page says what"
        " changed. It stays approved."
    ),
    default="daily",
    icon="pencil",
    kinds=frozenset({Kind.DISTRIBUTOR}),
)
TAKEN_OFF = _kind(
    "deal.taken_off",
    title=_("A reseller no longer names you on a deal"),
    subject=_("%(site)s no longer names you on deal %(reference)s"),
    body=_(
        "%(site)s changed the deal “%(name)s” with %(customer)s (%(reference)s) and no longer names you as its"
        " distributor.\n\nYou do not see the deal any more. If this is a mistake, ask %(site)s: a reseller can"
        " name you again."
    ),
    tone="warn",
    icon="briefcase",
    kinds=frozenset({Kind.DISTRIBUTOR}),
)
EXTENSION_ASKED = _kind(
    "deal.extension_asked",
    title=_("A partner asks to extend a deal"),
    subject=_("Extension to decide: %(customer)s, from %(site)s"),
    body=_(
        "%(site)s asks to extend the registration %(reference)s, “%(name)s” with %(customer)s, which is valid until"
        " %(expires)s:\n\n%(text)s\n\nA decision is promised by %(due)s. Until then the registration does not"
        " expire."
    ),
    icon="hourglass",
    kinds=frozenset({Kind.STAFF}),
)
EXTENSION_TAKEN_BACK = _kind(
    "deal.extension_taken_back",
    title=_("A partner took back a request for an extension"),
    subject=_("%(site)s needs no extension of deal %(reference)s"),
    body=_(
        "%(site)s took back its request to extend the registration %(reference)s, “%(name)s” with %(customer)s."
        " There is nothing to decide any more."
    ),
    default="daily",
    icon="hourglass",
    kinds=frozenset({Kind.STAFF}),
)
EXTENDED = _kind(
    "deal.extended",
    title=_("A deal registration was extended"),
    subject=_("Deal %(reference)s was extended"),
    body=_(
        "The registration %(reference)s, “%(name)s” of %(site)s with %(customer)s, was extended.\n\n"
        "It is valid until %(expires)s now."
    ),
    tone="good",
    icon="hourglass",
    kinds=PARTNERS,
)
NOT_EXTENDED = _kind(
    "deal.not_extended",
    title=_("A deal registration was not extended"),
    subject=_("Deal %(reference)s was not extended"),
    body=_(
        "The deal desk did not extend the registration %(reference)s, “%(name)s” with %(customer)s:\n\n%(text)s"
        "\n\nIt is valid until %(expires)s. Mark it as won or lost in time, or ask the deal desk with a comment."
        " A deal that has expired can be registered again."
    ),
    tone="warn",
    icon="hourglass",
    kinds=frozenset({Kind.RESELLER}),
)
APPEALED = _kind(
    "deal.appealed",
    title=_("A partner appeals against a rejection"),
    subject=_("Appeal to decide: %(customer)s, from %(site)s"),
    body=_(
        "%(site)s appeals against the rejection of the deal “%(name)s” with %(customer)s:\n\n%(text)s\n\n"
        "Somebody other than whoever rejected it decides (%(reference)s). A decision is promised by %(due)s."
    ),
    icon="gavel",
    kinds=frozenset({Kind.STAFF}),
)
APPEAL_NAMES_YOU = _kind(
    "deal.appeal_names_you",
    title=_("A reseller appeals for a deal that names you"),
    subject=_("%(site)s appeals for the deal with %(customer)s"),
    body=_(
        "%(site)s appeals against the rejection of the deal “%(name)s” with %(customer)s, on which you are named"
        " as the distributor (%(reference)s).\n\nYou are told when the vendor decides."
    ),
    icon="gavel",
    kinds=frozenset({Kind.DISTRIBUTOR}),
)
APPEAL_REJECTED = _kind(
    "deal.appeal_rejected",
    title=_("An appeal was rejected"),
    subject=_("The appeal %(reference)s was rejected"),
    body=_(
        "The appeal for the deal “%(name)s” with %(customer)s (%(reference)s) was rejected: %(reason)s.\n\n"
        "%(text)s\n\nThere is no further appeal. You can put right what was missing and register the deal again"
        " from its page, or ask the deal desk there with a comment."
    ),
    tone="bad",
    icon="circle-x",
    kinds=frozenset({Kind.RESELLER}),
)

OUTCOMES: dict[str, Any] = {
    Status.WON: _("The customer bought."),
    Status.LOST: _("The customer did not buy."),
    Status.EXPIRED: _("The registration was not used in time."),
    Status.REJECTED: _("The vendor rejected it."),
    Status.WITHDRAWN: _("The partner withdrew it."),
    Status.REVOKED: _("The vendor revoked it."),
}
DESK = Audience.staff(StaffRole.DEAL_DESK)
CHANNEL = Audience.staff(StaffRole.CHANNEL_OPERATIONS)


def tell_of(deal: Deal, event: str, *, by: Actor, now: datetime, text: str = "", **more: Any) -> None:
    """Tell whoever needs to know that a deal has come into the state it is in, by which event of its timeline.

    `more` is what the words of a notice need beside the deal.
    """
    partner = [Audience.site(deal.site_id, Privilege.DEAL_VIEW)]
    distributor = (
        [Audience.site(deal.distributor_id, Privilege.DEAL_VIEW)] if deal.distributor_id is not None else []
    )
    told: dict[str, list[tuple[NoticeKind, list[Audience]]]] = {
        Status.SUBMITTED: [(SUBMITTED, [DESK]), (NAMES_YOU, distributor)],
        Status.RETURNED: [(RETURNED, partner)],
        Status.APPROVED: [(APPROVED, partner + distributor)],
        Status.REJECTED: [
            (APPEAL_REJECTED if deal.appeal_text else REJECTED, partner),
            (MOVED, distributor),
        ],
        Status.WITHDRAWN: [(MOVED, [DESK, *distributor])],
        Status.WON: [(MOVED, [DESK, *distributor])],
        Status.LOST: [(MOVED, [DESK, *distributor])],
        Status.EXPIRED: [(EXPIRED, partner), (MOVED, distributor)],
        Status.REVOKED: [(REVOKED, partner), (MOVED, distributor)],
    }
    told_of_event: dict[str, list[tuple[NoticeKind, list[Audience]]]] = {
        DealEvent.Kind.AMENDED: [(AMENDED, [DESK])],  # the distributor: by amend_deal, which knows who it was
        DealEvent.Kind.APPEALED: [(APPEALED, [DESK]), (APPEAL_NAMES_YOU, distributor)],
    }
    for kind, audiences in told_of_event.get(event) or told.get(deal.status, []):
        if audiences:
            _tell(kind, audiences, deal, by, now, text=text, **more)


def tell_of_new_distributor(deal: Deal, former_id: int | None, *, by: Actor, now: datetime) -> None:
    """Tell the distributors of a changed deal: who is not named any more, who is named now, or who still is."""
    if former_id == deal.distributor_id:
        if former_id is not None:
            _tell(
                AMENDED,
                [Audience.site(former_id, Privilege.DEAL_VIEW)],
                deal,
                by,
                now,
                key=f"{deal.version}:d",
            )
        return
    tell_of_taken_off(deal, former_id, by=by, now=now)
    if deal.distributor_id is not None:
        _tell(NAMES_YOU, [Audience.site(deal.distributor_id, Privilege.DEAL_VIEW)], deal, by, now)


def tell_of_taken_off(deal: Deal, former_id: int | None, *, by: Actor, now: datetime) -> None:
    """Tell the distributor that a deal named until now, if it named one. They see it no more."""
    if former_id is not None:
        former = [Audience.site(former_id, Privilege.DEAL_VIEW)]
        _tell(TAKEN_OFF, former, deal, by, now, href="/deals/")


def tell_of_update(deal: Deal, *, by: Actor, now: datetime) -> None:
    """Tell the distributor that details changed which leave the approval as it is."""
    if deal.distributor_id is not None:
        _tell(UPDATED, [Audience.site(deal.distributor_id, Privilege.DEAL_VIEW)], deal, by, now)


def tell_of_extension(deal: Deal, event: str, *, by: Actor, now: datetime, text: str = "") -> None:
    """Tell whoever needs to know what became of an extension; `event` "taken_back" is the partner's own deed."""
    partner = [Audience.site(deal.site_id, Privilege.DEAL_VIEW)]
    if event == DealEvent.Kind.EXTENSION_ASKED:
        _tell(EXTENSION_ASKED, [DESK], deal, by, now, text=text, due=deal.extension_due_at)
    elif event == DealEvent.Kind.EXTENDED:
        if deal.distributor_id is not None:
            partner.append(Audience.site(deal.distributor_id, Privilege.DEAL_VIEW))
        _tell(EXTENDED, partner, deal, by, now)
    elif event == DealEvent.Kind.NOT_EXTENDED:
        _tell(NOT_EXTENDED, partner, deal, by, now, text=text)
    else:
        _tell(EXTENSION_TAKEN_BACK, [DESK], deal, by, now)


def tell_of_comment(deal: Deal, text: str, *, public: bool, by: Actor, now: datetime, key: str) -> None:
    """Tell the others of a comment; of an internal one, the deal desk alone."""
    audiences = [DESK]
    if public:
        audiences.append(Audience.site(deal.site_id, Privilege.DEAL_VIEW))
        if deal.distributor_id is not None:
            audiences.append(Audience.site(deal.distributor_id, Privilege.DEAL_VIEW))
    _tell(COMMENTED, audiences, deal, by, now, text=text, key=key)


def tell_of_question(deal: Deal, text: str, *, by: Actor, now: datetime) -> None:
    """Tell those at the partner who may answer."""
    _tell(ASKED, [Audience.site(deal.site_id, Privilege.DEAL_REGISTER)], deal, by, now, text=text)


def tell_of_answer(deal: Deal, text: str, *, public: bool, by: Actor, now: datetime, key: str) -> None:
    """Tell the deal desk of the answer to its question, and the others of a comment."""
    _tell(ANSWERED, [DESK], deal, by, now, text=text, key=key)
    others = [Audience.site(deal.site_id, Privilege.DEAL_VIEW)]
    if deal.distributor_id is not None:
        others.append(Audience.site(deal.distributor_id, Privilege.DEAL_VIEW))
    _tell(COMMENTED, others, deal, by, now, text=text, key=key)


def tell_of_expiry(deal: Deal, rules: Rules, *, days: int, by: Actor, now: datetime) -> None:
    """Remind the partner that so many days are left, and of what can be done about it."""
    assert deal.expires_at is not None
    if deal.extension_asked_at is not None:
        advice = _("You asked for an extension; the deal desk decides about it.")
    elif deal.extensions < rules.extensions and days <= rules.extension_from_days:
        advice = _("If the customer needs longer, ask for an extension on the page of the deal.")
    else:
        advice = _("Mark it as won or lost as soon as you know.")
    _tell(
        EXPIRING if days else EXPIRES_TODAY,
        [Audience.site(deal.site_id, Privilege.DEAL_VIEW)],
        deal,
        by,
        now,
        key=f"{deal.expires_at.date()}:{days}",
        days=days,
        advice=advice,
    )


def tell_of_late_decision(deal: Deal, *, by: Actor, now: datetime) -> None:
    """Tell deal desk and channel operations of a promise that was not kept."""
    if deal.extension_asked_at is None:
        kind, due = DECISION_LATE, deal.decision_due_at
    else:
        kind, due = EXTENSION_LATE, deal.extension_due_at
    assert due is not None
    _tell(kind, [DESK, CHANNEL], deal, by, now, key=due.isoformat(), due=due)


def _tell(
    kind: NoticeKind,
    audiences: list[Audience],
    deal: Deal,
    by: Actor,
    now: datetime,
    *,
    text: str = "",
    key: str = "",
    href: str = "",
    **extra: Any,
) -> None:
    tell(
        kind,
        to=audiences,
        by=by,
        now=now,
        href=href or f"/deals/{deal.public_id}/",
        dedupe_key=f"{kind.name}:{deal.public_id}:{key or deal.version}",
        context={
            "reference": deal.reference,
            "name": deal.name,
            "customer": deal.customer_name,
            "site": deal.site_name,
            "outcome": OUTCOMES.get(deal.status, ""),
            "due": deal.decision_due_at or "",
            "expires": deal.expires_at or "",
            "reason": _reason(deal),
            "text": text,
            "author": by.name,
            "appeal": "",
            **extra,
        },
    )


def _reason(deal: Deal) -> Words | str:
    """The words of the reason for each reader: the vendor's own, or those the product brings."""
    which, code = (LOST, deal.outcome_code) if deal.outcome_code else (REJECT, deal.decision_code)
    return _words(rules_in_force(), which, code) if code else ""


def _words(rules: Rules, which: str, code: str) -> Words:
    own = getattr(rules.entry(which, code), "labels", {})
    return Words(own, BUILT_IN[which].get(code) or own.get("en") or code)


TIER_SET = register(
    NoticeKind(
        name="deal.tier_set",
        group=DEALS,
        title=_("Your tier in the programme was set"),
        subject=_("Your tier is now: %(tier)s"),
        body=_(
            "%(site)s has the tier %(tier)s from now on. The discounts for registered deals depend on it.\n\n"
            "Deals that were approved before keep the discount they were granted."
        ),
        action=_("See your discounts"),
        privilege=Privilege.DEAL_VIEW,
        icon="medal",
        kinds=frozenset({Kind.RESELLER}),
    )
)


def tell_of_tier(site: Site, given: SiteTier, rules: Rules, *, by: Actor, now: datetime) -> None:
    """Tell a partner of the tier it was given."""
    tell(
        TIER_SET,
        to=[Audience.site(site.id, Privilege.DEAL_VIEW)],
        by=by,
        now=now,
        href="/deals/rules/",
        dedupe_key=f"deal.tier_set:{site.public_id}:{given.version}",
        context={"site": site.name, "tier": _words(rules, TIER, given.tier)},
    )
