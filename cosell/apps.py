from django.apps import AppConfig


class CosellConfig(AppConfig):
    name = "cosell"
    verbose_name = "Co-sell"

    def ready(self) -> None:
        from .bulk import telling  # noqa: F401
        from .referrals import about as about_customers  # noqa: F401
        from .referrals import shell as of_referrals  # noqa: F401
        from .told import delivery, notices  # noqa: F401
