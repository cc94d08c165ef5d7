from django.apps import AppConfig


class CosellConfig(AppConfig):
    name = "cosell"
    verbose_name = "Co-sell"

    def ready(self) -> None:
        from .told import delivery, notices  # noqa: F401
