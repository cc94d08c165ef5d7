"""What people are told about co-sell deals. Registered when the app starts; telling.py fills them in.

The same words go to the partner's people and to the deal desk: only `who` differs, since neither side learns the names
of the other's people by mail.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from identity.actors import Kind
from identity.privileges import Privilege
from notifications.kinds import NoticeKind, register

COSELL = _("Co-sell")
PARTNERS = frozenset({Kind.RESELLER, Kind.DISTRIBUTOR})
DESK = frozenset({Kind.STAFF})
BOTH = PARTNERS | DESK

#: Every event of a deal by its name, with what is told of it.
KINDS: dict[str, NoticeKind] = {}


def _kind(event: str, *, kinds: frozenset[Kind] = BOTH, **said: Any) -> None:
    KINDS[event] = register(
        NoticeKind(
            name=f"cosell.{event}", group=COSELL, action=_("Open the deal"), kinds=kinds,
            privilege=Privilege.REFERRAL_VIEW, **said,
        )
    )  # fmt: skip


_kind(
    "referral.received",
    kinds=PARTNERS,
    title=_("A deal waits for your answer"),
    subject=_("A deal to answer: %(customer)s, from %(who)s"),
    body=_(
        "The deal “%(name)s” with %(customer)s was sent to you by %(who)s.\n\nPlease accept or decline it by"
        " %(due)s. A deal that nobody answers expires."
    ),
    icon="inbox",
)
_kind(
    "referral.answer_due",
    kinds=PARTNERS,
    title=_("A deal still waits for your answer"),
    subject=_("Please answer soon: the deal with %(customer)s"),
    body=_(
        "The deal “%(name)s” with %(customer)s still waits for your answer.\n\nPlease accept or decline it by %(due)s."
        " After that it expires, and nobody can bring it back."
    ),
    tone="warn",
    icon="hourglass",
)
_kind(
    "referral.accepted",
    title=_("A partner accepted a deal"),
    subject=_("%(who)s accepted the deal with %(customer)s"),
    body=_("%(who)s accepted the deal “%(name)s” with %(customer)s."),
    tone="good",
    icon="circle-check",
)
_kind(
    "referral.declined",
    title=_("A partner declined a deal"),
    subject=_("%(who)s declined the deal with %(customer)s"),
    body=_("%(who)s declined the deal “%(name)s” with %(customer)s: %(reason)s.\n\n%(text)s"),
    tone="warn",
    icon="circle-x",
)
_kind(
    "referral.expired",
    title=_("A deal expired because the partner did not answer"),
    subject=_("The deal with %(customer)s expired"),
    body=_(
        "The deal “%(name)s” with %(customer)s waited for the answer of %(site)s until %(due)s. Nobody answered, so it"
        " has expired."
    ),
    tone="warn",
    icon="clock-x",
)
_kind(
    "referral.won",
    title=_("A partner won a deal"),
    subject=_("Won: the deal with %(customer)s"),
    body=_("%(who)s marked the deal “%(name)s” with %(customer)s as won. It is worth %(value)s."),
    tone="good",
    icon="trophy",
)
_kind(
    "referral.lost",
    title=_("A partner lost a deal"),
    subject=_("Lost: the deal with %(customer)s"),
    body=_("%(who)s marked the deal “%(name)s” with %(customer)s as lost: %(reason)s.\n\n%(text)s"),
    icon="circle-x",
)
_kind(
    "referral.upgraded",
    title=_("A deal is shared with the vendor"),
    subject=_("The deal with %(customer)s is shared now: %(sharing)s"),
    body=_(
        "%(who)s changed the type of the deal “%(name)s” with %(customer)s to: %(sharing)s.\n\nThis cannot be taken"
        " back."
    ),
    icon="arrows-exchange",
)
_kind(
    "referral.invited",
    kinds=PARTNERS,
    title=_("Another partner was invited into a deal"),
    subject=_("%(invited)s was invited into the deal with %(customer)s"),
    body=_("%(who)s invited %(invited)s into the deal “%(name)s” with %(customer)s."),
    icon="user-plus",
)
_kind(
    "invitation.accepted",
    kinds=PARTNERS,
    title=_("An invited partner accepted"),
    subject=_("%(who)s accepted your invitation"),
    body=_("%(who)s accepted your invitation to a deal, and works on it with you now."),
    tone="good",
    icon="circle-check",
)
_kind(
    "invitation.declined",
    kinds=PARTNERS,
    title=_("An invited partner declined"),
    subject=_("%(who)s declined your invitation"),
    body=_("%(who)s declined your invitation to a deal. Your own deal goes on as it is."),
    tone="warn",
    icon="circle-x",
)
_kind(
    "invitation.expired",
    kinds=PARTNERS,
    title=_("An invited partner did not answer"),
    subject=_("%(who)s did not answer your invitation"),
    body=_("%(who)s did not answer your invitation to a deal in time. Your own deal goes on as it is."),
    tone="warn",
    icon="clock-x",
)
_kind(
    "referral.edited",
    title=_("A deal was edited"),
    subject=_("The deal with %(customer)s was edited"),
    body=_("%(who)s edited the deal “%(name)s” with %(customer)s. Its page says how it stands now."),
    default="none",
    icon="pencil",
)
_kind(
    "referral.stage",
    title=_("A deal came to another sales stage"),
    subject=_("The deal with %(customer)s: %(stage)s"),
    body=_("%(who)s moved the deal “%(name)s” with %(customer)s to the sales stage: %(stage)s."),
    default="none",
    icon="chart-bar",
)
_kind(
    "vendor.received",
    kinds=DESK,
    title=_("A co-sell deal waits for the vendor's answer"),
    subject=_("A deal to answer: %(customer)s, from %(site)s"),
    body=_(
        "%(site)s asks for help with the deal “%(name)s” with %(customer)s, which is worth %(value)s.\n\nPlease accept"
        " or decline it by %(due)s. A deal that nobody answers expires."
    ),
    icon="inbox",
)
_kind(
    "vendor.answer_due",
    kinds=DESK,
    title=_("A co-sell deal still waits for the vendor's answer"),
    subject=_("Please answer soon: the deal of %(site)s with %(customer)s"),
    body=_(
        "The deal “%(name)s” of %(site)s with %(customer)s still waits for an answer.\n\nPlease accept or decline it by"
        " %(due)s. After that it expires."
    ),
    tone="warn",
    icon="hourglass",
)
_kind(
    "vendor.accepted",
    title=_("The vendor accepted a deal"),
    subject=_("The vendor helps with the deal with %(customer)s"),
    body=_(
        "The vendor accepted the deal “%(name)s” with %(customer)s. The page of the deal names the seller who works"
        " on it with %(site)s."
    ),
    tone="good",
    icon="circle-check",
)
_kind(
    "vendor.declined",
    title=_("The vendor declined a deal"),
    subject=_("The vendor does not help with the deal with %(customer)s"),
    body=_(
        "The vendor declined to help with the deal “%(name)s” with %(customer)s.\n\n%(reason)s\n\nThe deal itself goes"
        " on. If this was a mistake, the deal can be created again from its page, and the vendor is asked once more."
    ),
    tone="warn",
    icon="circle-x",
)
_kind(
    "vendor.expired",
    title=_("The vendor did not answer a deal in time"),
    subject=_("The vendor did not answer about the deal with %(customer)s"),
    body=_(
        "The vendor was asked to help with the deal “%(name)s” with %(customer)s until %(due)s, and did not answer."
        "\n\nThe deal itself goes on. It can be created again from its page, and the vendor is asked once more."
    ),
    tone="warn",
    icon="clock-x",
)
_kind(
    "vendor.won",
    title=_("The vendor marked its side of a deal as won"),
    subject=_("Won, says the vendor: the deal with %(customer)s"),
    body=_("The vendor marked its side of the deal “%(name)s” with %(customer)s as won."),
    tone="good",
    icon="trophy",
)
_kind(
    "vendor.lost",
    title=_("The vendor marked its side of a deal as lost"),
    subject=_("Lost, says the vendor: the deal with %(customer)s"),
    body=_(
        "The vendor marked its side of the deal “%(name)s” with %(customer)s as lost. %(site)s closes its own side"
        " itself."
    ),
    icon="circle-x",
)

_kind(
    "vendor.seller",
    kinds=PARTNERS,
    title=_("Somebody else at the vendor works on a deal"),
    subject=_("Another seller works on the deal with %(customer)s"),
    body=_(
        "Somebody else at the vendor works on the deal “%(name)s” with %(customer)s now. Its page says who."
    ),
    icon="user-check",
)

#: What whoever invited a partner is told of its answer.
ANSWERS = {
    "referral.accepted": "invitation.accepted",
    "referral.declined": "invitation.declined",
    "referral.expired": "invitation.expired",
}
