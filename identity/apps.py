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
        # Row-level security of the libraries' tables; the settings' line in the navigation.
        from . import guards, settings_pages  # noqa: F401

        post_migrate.connect(sync, sender=self, dispatch_uid="identity.sync_policies")
