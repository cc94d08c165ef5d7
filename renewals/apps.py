from django.apps import AppConfig


class RenewalsConfig(AppConfig):
    name = "renewals"
    verbose_name = "Renewals"

    def ready(self) -> None:
        # What can be reported of it
        # What people are told, the worklist and its files, and where it is in the navigation
        from . import (  # noqa: F401
            notices,
            reports,
            shell,
        )
        from .worklist import columns  # noqa: F401

        # What the vendor's systems send of it
        from .feeds import entitlements, items, subscriptions  # noqa: F401
