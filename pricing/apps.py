from django.apps import AppConfig


class PricingConfig(AppConfig):
    name = "pricing"
    verbose_name = "Pricing"

    def ready(self) -> None:
        # Where products are found, what the vendor's systems send, and what people are told
        from . import notices, part_feed, price_feed, rate_feed, reports, settings, shell  # noqa: F401
