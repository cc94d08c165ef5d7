from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        # What people are told, where they go, what is reported, and what the vendor's systems send
        from . import notices, reports, shell, site_feed  # noqa: F401
