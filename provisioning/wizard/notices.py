"""What is told of the wizard: to the vendor's people who look after a partner, and to the partner."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from identity.actors import Kind
from notifications.kinds import NoticeKind, register

from ..notices import SETUP

NOT_RECOGNISED = register(
    NoticeKind(
        name="setup.not_recognised",
        group=SETUP,
        title=_("A partner does not recognise its organisation"),
        subject=_("%(reseller)s does not recognise its organisation"),
        body=_(
            "Whoever sets up order %(order)s, line %(line)s, for %(reseller)s says that the partner organisation"
            " “%(organisation)s” is not theirs. The set-up stopped there; the link was sent to %(email)s.\n\n"
            "Please find out which organisation is right, and tell them."
        ),
        action=_("Open the line"),
        tone="warn",
        icon="building-off",
        kinds=frozenset({Kind.STAFF}),
    )
)
ONBOARDED = register(
    NoticeKind(
        name="setup.onboarded",
        group=SETUP,
        title=_("The organisations of an order were confirmed"),
        subject=_("Order %(order)s is set up for %(organisation)s"),
        body=_(
            "The organisations of order %(order)s, line %(line)s, were confirmed by %(email)s. The customer's"
            " organisation is %(organisation)s. Its services can be set up now, by the same link."
        ),
        action=_("Open the line"),
        tone="good",
        icon="building-community",
        default="none",
        kinds=frozenset({Kind.RESELLER}),
    )
)
HANDED_TO_CUSTOMER = register(
    NoticeKind(
        name="setup.handed_to_customer",
        group=SETUP,
        title=_("A set-up was handed to the customer"),
        subject=_("%(customer)s sets up order %(order)s"),
        body=_(
            "The set-up of order %(order)s, line %(line)s, was handed to the customer: the link was sent to %(email)s."
            " Your site will have no access to the organisation that is made with it."
        ),
        action=_("Open the line"),
        icon="user-share",
        kinds=frozenset({Kind.RESELLER}),
    )
)
