from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "Reports"

    def ready(self) -> None:
        # What people are told, and where reports are in the navigation
        from . import notices, shell  # noqa: F401
