from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Portal"

    def ready(self) -> None:
        from identity import navigation
        from identity.actors import Kind

        everybody = frozenset({Kind.RESELLER, Kind.DISTRIBUTOR, Kind.STAFF})
        navigation.register(navigation.Entry(_("Today"), "home", "home", "work", 0, everybody))
