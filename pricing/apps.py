from django.apps import AppConfig


class PricingConfig(AppConfig):
    name = "pricing"
    verbose_name = "Pricing"

    def ready(self) -> None:
        # Where products are found, and what people are told
        from . import notices, settings  # noqa: F401
