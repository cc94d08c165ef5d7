from django.apps import AppConfig


class PricingConfig(AppConfig):
    name = "pricing"
    verbose_name = "Pricing"

    def ready(self) -> None:
        # Where products are found, what the vendor's systems send, and what people are told
        from . import notices, reports, settings, shell  # noqa: F401
        from .books import feed as price_feed  # noqa: F401
        from .products import feed as part_feed  # noqa: F401
        from .rates import feed as rate_feed  # noqa: F401
