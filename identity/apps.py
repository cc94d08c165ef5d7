from django.apps import AppConfig
from django.db.models.signals import post_migrate


def sync(sender: AppConfig, using: str, **kwargs: object) -> None:
    """Put row-level security in place. Every app's tables exist by the time the first app is told so."""
    from django.db import transaction

    from . import tenancy

    with transaction.atomic():
        tenancy.sync_policies()


class IdentityConfig(AppConfig):
    name = "identity"
    verbose_name = "Identity"

    def ready(self) -> None:
        from . import guards  # noqa: F401 - declares row-level security for the libraries' tables

        post_migrate.connect(sync, sender=self, dispatch_uid="identity.sync_policies")
