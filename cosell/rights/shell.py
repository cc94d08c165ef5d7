"""Where roles and locations are in the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from identity import navigation
from identity.actors import Kind

# Open to everybody: whoever has no role reads there who can give one.
navigation.register(
    navigation.Entry(
        _("Co-sell roles"), "cosell:home", "key", "site", 40, frozenset({Kind.RESELLER, Kind.DISTRIBUTOR})
    )
)
