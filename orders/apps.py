from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = "Orders"

    def ready(self) -> None:
        # What can be reported of it, and what is told of a customer
        from . import about, notices, reports, worklist  # noqa: F401

        # What the vendor's systems send of it
        from .feeds import orders, services, statuses  # noqa: F401

        # Where guided selling is found
        from .guide import shell  # noqa: F401
