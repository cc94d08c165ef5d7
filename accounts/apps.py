from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        from . import notices, reports, shell  # noqa: F401 - what people are told, where they go, what is reported
