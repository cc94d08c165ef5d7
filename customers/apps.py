from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = "Customers"

    def ready(self) -> None:
        # What the vendor's systems send, and what is known of a site
        from . import shell, site_report  # noqa: F401
        from .feeds import agreements, directory, relationships, sites  # noqa: F401
