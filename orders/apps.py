from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = "Orders"

    def ready(self) -> None:
        # What can be reported of it
        from . import reports  # noqa: F401

        # What the vendor's systems send of it
        from .feeds import orders, services, statuses  # noqa: F401
