"""Where looking for partners is in the navigation of the vendor's people, and a partner's own figures in theirs."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from identity import navigation
from identity.actors import Kind
from identity.privileges import Privilege

navigation.register(
    navigation.Entry(
        pgettext_lazy("page", "Find a partner"), "matching:needs", "affiliate", "work", 27,
        frozenset({Kind.STAFF}), (Privilege.COSELL_DECIDE,),
    )
)  # fmt: skip
navigation.register(
    navigation.Entry(
        pgettext_lazy("page", "How you are matched"), "matching:figures", "scale", "work", 58,
        frozenset({Kind.RESELLER, Kind.DISTRIBUTOR}), (Privilege.REFERRAL_VIEW, Privilege.PROFILE_EDIT),
    )
)  # fmt: skip
