"""How subscriptions are coloured, and what each state means for whoever uses them."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..models import SubscriptionStatus

S = SubscriptionStatus
TONES: Mapping[str, str] = {
    S.TRIAL: "info",
    S.TRIAL_EXPIRED: "warn",
    S.ACTIVE: "good",
    S.SUSPENDED: "warn",
    S.CANCELLED: "bad",
    S.DELETED: "neutral",
}
MEANS: Mapping[str, str | Promise] = {
    S.TRIAL: _("The customer tries it. Nothing is billed."),
    S.TRIAL_EXPIRED: _(
        "The trial is over: nobody of the customer can use it. What is in it is kept until somebody deletes it."
    ),
    S.ACTIVE: _("The customer uses it."),
    S.SUSPENDED: _("Nobody of the customer can use it until it is resumed. Its term goes on meanwhile."),
    S.CANCELLED: _("Nobody of the customer can use it. It can still be restored, with everything in it."),
    S.DELETED: _("It was deleted, with everything in it."),
}
#: What happened, as the history says it, by the event of the audit trail; with an icon.
HAPPENED: Mapping[str, tuple[str | Promise, str]] = {
    "subscription.started": (pgettext_lazy("what happened", "Set up"), "circle-check"),
    "subscription.converted": (_("Ordered: the trial goes on as a subscription"), "circle-check"),
    "subscription.suspended": (pgettext_lazy("what happened", "Suspended"), "player-pause"),
    "subscription.resumed": (pgettext_lazy("what happened", "Resumed"), "player-play"),
    "subscription.cancelled": (pgettext_lazy("what happened", "Cancelled"), "circle-x"),
    "subscription.restored": (pgettext_lazy("what happened", "Restored"), "arrow-back-up"),
    "subscription.deleted": (pgettext_lazy("what happened", "Deleted"), "trash"),
    "subscription.trial_begun": (_("Trial begun"), "flask"),
    "subscription.trial_extended": (_("Trial extended"), "flask"),
    "subscription.trial_ended": (_("Trial over"), "clock-x"),
}
