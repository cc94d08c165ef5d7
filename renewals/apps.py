from django.apps import AppConfig


class RenewalsConfig(AppConfig):
    name = "renewals"
    verbose_name = "Renewals"

    def ready(self) -> None:
        # What can be reported of it, and what is told of a customer
        # What people are told, the worklist and its files, and where it is in the navigation
        from . import (  # noqa: F401
            about,
            notices,
            ordered,
            reports,
            shell,
            upsell,
        )

        # What the vendor's systems send of it
        from .feeds import entitlements, items, subscriptions  # noqa: F401
        from .worklist import columns  # noqa: F401
