from django.apps import AppConfig


class CosellConfig(AppConfig):
    name = "cosell"
    verbose_name = "Co-sell"

    def ready(self) -> None:
        from .bulk import telling  # noqa: F401
        from .desk import shell as desk  # noqa: F401
        from .directory import notices as of_enquiries  # noqa: F401
        from .leads import delivery as leads_delivery  # noqa: F401
        from .leads import notices as of_leads  # noqa: F401
        from .leads import shell as leads  # noqa: F401
        from .matching import shell as matching  # noqa: F401
        from .notes import shell as of_notes  # noqa: F401
        from .profiles import notices as of_profiles  # noqa: F401
        from .profiles import shell as profiles  # noqa: F401
        from .referrals import about as about_customers  # noqa: F401
        from .referrals import shell as of_referrals  # noqa: F401
        from .registrations import notices as of_registrations  # noqa: F401
        from .registrations import shell as of_registrations_shell  # noqa: F401
        from .rights import granting as limits  # noqa: F401  (what accounts asks before a role is given)
        from .rights import notices as of_rights  # noqa: F401
        from .rights import shell as of_roles  # noqa: F401
        from .solutions import notices as of_solutions  # noqa: F401
        from .solutions import shell as of_solutions_shell  # noqa: F401
        from .told import delivery, notices  # noqa: F401
