from django.apps import AppConfig


class FeedsConfig(AppConfig):
    name = "feeds"
    verbose_name = "Feeds"

    def ready(self) -> None:
        from . import notices, shell  # noqa: F401 - what people are told, and where deliveries are found
