from django.apps import AppConfig


class DealsConfig(AppConfig):
    name = "deals"
    verbose_name = "Deals"

    def ready(self) -> None:
        # What people are told, what waits for them, where deals are in the navigation
        from . import about, notices, programme_settings, reports, table, worklist  # noqa: F401
