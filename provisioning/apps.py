from django.apps import AppConfig


class ProvisioningConfig(AppConfig):
    name = "provisioning"
    verbose_name = "Provisioning"

    def ready(self) -> None:
        # What people are told
        from . import notices  # noqa: F401
        from .activating import notices as of_activating  # noqa: F401

        # What the vendor's people keep
        from .catalogue import shell as of_catalogue  # noqa: F401
        from .elements import notices as of_elements  # noqa: F401
        from .elements import shell as of_elements_shell  # noqa: F401

        # How lines come of orders, and where they are found
        from .lines import notices as of_lines  # noqa: F401
        from .lines import shell, taking_up  # noqa: F401

        # What customers have after that
        from .subscriptions import about as about_customers  # noqa: F401
        from .subscriptions import notices as of_subscriptions  # noqa: F401
        from .subscriptions import shell as of_subscriptions_shell  # noqa: F401
        from .wizard import notices as of_the_wizard  # noqa: F401
