"""Settings, from the environment. `bin/run` sets what a demo needs; docs/operating.md lists what production sets."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("VAR_DIR", BASE_DIR / "var"))

MODE = os.environ.get("PORTAL_MODE", "test" if "pytest" in sys.modules else "development")
if MODE not in ("demo", "development", "test", "production"):
    raise ImproperlyConfigured(f"PORTAL_MODE is {MODE!r}; use demo, development, test or production.")
PRODUCTION = MODE == "production"
DEBUG = False  # an error page never shows a stack to a browser; the log has it

SECRET_KEY = os.environ.get("SECRET_KEY", "" if PRODUCTION else "not-secret-outside-production-" + "x" * 32)
PORTAL_URL = os.environ.get("PORTAL_URL", f"http://127.0.0.1:{os.environ.get('PORT', '8000')}").rstrip("/")
_portal = urlsplit(PORTAL_URL)
ALLOWED_HOSTS = (
    os.environ["ALLOWED_HOSTS"].split(",")
    if "ALLOWED_HOSTS" in os.environ
    else [_portal.hostname or "localhost"]
    if PRODUCTION
    else ["*"]
)
CSRF_TRUSTED_ORIGINS = [PORTAL_URL]

# ------------------------------------------------------------------------------------------------ apps
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "rest_framework",
    "drf_spectacular",
    "identity",
    "notifications",
    "feeds",
    "reports",
    "calendars",
    "accounts",
    "customers",
    "pricing",
    "deals",
    "orders",
    "renewals",
    "provisioning",
    "cosell",
    "portal",
]

MIDDLEWARE = [
    "portal.request_id.RequestIdMiddleware",
    "portal.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "identity.middleware.TenancyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "identity.middleware.IdentityMiddleware",
    "portal.language.LanguageMiddleware",
    "accounts.second_factor.SecondFactorMiddleware",
    "portal.guard.GuardMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "portal.jinja.environment",
            "context_processors": ["portal.jinja.context"],
        },
    },
    {  # for what libraries bring: allauth's fallbacks
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]

# Widgets as well: Django's own templates take many times as long for a list of all countries.
FORM_RENDERER = "portal.widgets.Widgets"


# ------------------------------------------------------------------------------------------------ servers
def database(url: str) -> dict[str, object]:
    """Django's settings for a `postgresql://user:password@host:port/name?sslmode=…` address."""
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": {key: values[0] for key, values in parse_qs(parts.query).items()},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }


DATABASES = {
    "default": database(os.environ.get("DATABASE_URL", "postgresql://portal_login@127.0.0.1/portal"))
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {"BACKEND": "portal.cache.ForgivingRedisCache", "LOCATION": REDIS_URL, "KEY_PREFIX": "portway"}
}

_email = urlsplit(os.environ.get("EMAIL_URL", "smtp://127.0.0.1:25"))
EMAIL_HOST = _email.hostname or "127.0.0.1"
EMAIL_PORT = _email.port or 25
EMAIL_HOST_USER = unquote(_email.username or "")
EMAIL_HOST_PASSWORD = unquote(_email.password or "")
EMAIL_USE_TLS = _email.scheme == "smtp+tls"
EMAIL_USE_SSL = _email.scheme == "smtps"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "Portway <portal@portway.example>")

# PostgreSQL is the truth and Redis only wakes: a lost message costs a sweep's delay, never a deed.
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 570
_transport = {"visibility_timeout": 900, "unacked_restore_interval": 10, "unacked_restore_throttle": 1}
CELERY_BROKER_TRANSPORT_OPTIONS = _transport | {"socket_connect_timeout": 2, "max_retries": 1}
CELERY_VISIBILITY_TIMEOUT = 900
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False  # waking is a courtesy; the sweep finds the row anyway
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for the broker however long it takes
# In memory: what is due stands in the database, not in a file.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
# How long a notice or mail stays in one worker's hands before another looks at it.
DELIVERY_LEASE_SECONDS = int(os.environ.get("DELIVERY_LEASE_SECONDS", "120"))
# What people were told, until it is forgotten; 0 keeps it for good. The audit trail stays in any case.
MAILS_KEPT_DAYS = int(os.environ.get("MAILS_KEPT_DAYS", "90"))
INBOX_KEPT_DAYS = int(os.environ.get("INBOX_KEPT_DAYS", "365"))
# How long after its last day a renewal that nobody ordered can still be renewed, late; then it has lapsed.
RENEWAL_LAPSES_AFTER_DAYS = int(os.environ.get("RENEWAL_LAPSES_AFTER_DAYS", "30"))

# What sets services up: "embedded", this portal's own registry, or the address of a vendor's system; docs/operating.md.
PROVISIONING_BACKEND = os.environ.get("PROVISIONING_BACKEND", "embedded").rstrip("/")
PROVISIONING_TOKEN = os.environ.get("PROVISIONING_TOKEN", "")
PROVISIONING_AT_ONCE = int(os.environ.get("PROVISIONING_AT_ONCE", "1"))  # so that mail always finds a worker
PROVISIONING_LEASE_SECONDS = int(
    os.environ.get("PROVISIONING_LEASE_SECONDS", "120")
)  # longer than a call takes

# How long a published business profile waits before it goes live by itself; staff may be quicker, or stop it.
COSELL_PROFILE_LIVE_HOURS = int(os.environ.get("COSELL_PROFILE_LIVE_HOURS", "24"))
# How often somebody at one network address may send enquiries to partners; more are kept as spam.
ENQUIRIES_PER_MINUTE = int(os.environ.get("ENQUIRIES_PER_MINUTE", "4"))

# ------------------------------------------------------------------------------------------------ people
AUTH_USER_MODEL = "identity.User"
SESSION_ENGINE = "identity.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_NAME = "portway_session"
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "portway_csrf"
CSRF_FAILURE_VIEW = "portal.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if MODE == "test"
    else ["django.contrib.auth.hashers.Argon2PasswordHasher"]
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 60 * 15
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # for addresses and company accounts too
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_NOTIFICATIONS = True  # people are told of every change to how they sign in
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
ACCOUNT_FORMS = {
    "login": "accounts.door_forms.SignInForm",
    "signup": "accounts.door_forms.SignUpForm",
    "add_email": "accounts.door_forms.AddEmailForm",
    "change_password": "accounts.door_forms.ChangePasswordForm",
    "set_password": "accounts.door_forms.SetPasswordForm",
    "reset_password": "accounts.door_forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.door_forms.ResetPasswordKeyForm",
    "reauthenticate": "accounts.door_forms.ReauthenticateForm",
    "confirm_email_verification_code": "accounts.door_forms.ConfirmCodeForm",
}
# How many proxies stand in front and write X-Forwarded-For: limits per address count the visitor, not the proxy.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXIES", "0"))
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"} if MODE != "test" else False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION and _portal.scheme == "http"
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
MFA_FORMS = {
    "authenticate": "accounts.door_forms.SecondFactorForm",
    "reauthenticate": "accounts.door_forms.SecondFactorAgainForm",
    "activate_totp": "accounts.door_forms.ActivateAppForm",
    "add_webauthn": "accounts.door_forms.AddPasskeyForm",
    "edit_webauthn": "accounts.door_forms.EditPasskeyForm",
}
SOCIALACCOUNT_ADAPTER = "accounts.adapter.ProviderAdapter"
SOCIALACCOUNT_FORMS = {"signup": "accounts.door_forms.ProviderSignUpForm"}
# A provider that says it verified an address opens the vendor ID of that address, and stays connected to it.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        # [{"provider_id": "acme", "name": "Acme", "client_id": "…", "secret": "…", "settings": {"server_url": "…"}}]
        # A provider of one company alone: "settings": {"server_url": "…", "domains": ["acme.example"]}
        "APPS": json.loads(os.environ.get("OIDC_PROVIDERS", "[]")),
    }
}
SOCIALACCOUNT_LOGIN_ON_GET = False
# Who must have a passkey or an authenticator app before anything else: "staff", "primary".
REQUIRE_SECOND_FACTOR = frozenset(
    filter(None, os.environ.get("REQUIRE_SECOND_FACTOR", "staff,primary" if PRODUCTION else "").split(","))
)
# How long customer care waits for a primary contact before a request also shows in its own queue.
ACCESS_REQUEST_WORKING_DAYS = 5
CUSTOMER_CARE = {
    "email": os.environ.get("CUSTOMER_CARE_EMAIL", "care@portway.example"),
    "phone": os.environ.get("CUSTOMER_CARE_PHONE", "+1 555 010 0199"),
    "response_hours": int(os.environ.get("CUSTOMER_CARE_RESPONSE_HOURS", "4")),
}

# ------------------------------------------------------------------------------------------------ words
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("ar", "العربية"),
    ("pt-br", "Português"),
    ("pl", "Polski"),
    ("it", "Italiano"),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "portway_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
PORTAL_NAME = os.environ.get("PORTAL_NAME", "Portway")

# ------------------------------------------------------------------------------------------------ files
STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", VAR_DIR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "portal.staticfiles.PackageFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "portal.staticfiles.Storage"
        if MODE in ("production", "demo")
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = MODE in ("development", "test")
WHITENOISE_AUTOREFRESH = MODE == "development"
MEDIA_ROOT = Path(os.environ.get("FILES_DIR", VAR_DIR / "files"))  # what people attach; to be backed up
# Files of lists and reports: up to so many rows are sent at once, longer ones are made in the background.
EXPORT_STREAM_ROWS = int(os.environ.get("EXPORT_STREAM_ROWS", "100000"))
EXPORT_KEPT_DAYS = int(os.environ.get("EXPORT_KEPT_DAYS", "7"))
EXPORT_TIMEOUT_SECONDS = int(
    os.environ.get("EXPORT_TIMEOUT_SECONDS", "480")
)  # for one; below Celery's limits
EXPORTS_AT_ONCE = int(os.environ.get("EXPORTS_AT_ONCE", "1"))  # so that mail always finds a worker
EXPORT_LEASE_SECONDS = int(
    os.environ.get("EXPORT_LEASE_SECONDS", "30")
)  # a worker not heard of for so long is gone
MAILBOX_DIR = VAR_DIR / "mail"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

# Files of feeds (feeds/README.md); docs/operating.md tells of each.
FEEDS_LARGEST = int(os.environ.get("FEEDS_LARGEST_MB", "512")) * 1024 * 1024
FEEDS_AT_ONCE = int(os.environ.get("FEEDS_AT_ONCE", "1"))  # so that mail always finds a worker
FEEDS_LEASE_SECONDS = int(os.environ.get("FEEDS_LEASE_SECONDS", "30"))
FEEDS_REMOVAL_PERCENT = int(os.environ.get("FEEDS_REMOVAL_PERCENT", "20"))  # more asks for a tick of its own
FEEDS_UNATTENDED = frozenset(filter(None, os.environ.get("FEEDS_UNATTENDED", "").split(",")))
FEEDS_FOLDER = os.environ.get("FEEDS_FOLDER", "")
FEEDS_STILL_SECONDS = int(os.environ.get("FEEDS_STILL_SECONDS", "10"))
FEEDS_S3_URL = os.environ.get("FEEDS_S3_URL", "")  # the service's own address where it is not Amazon's
FEEDS_S3_BUCKET = os.environ.get("FEEDS_S3_BUCKET", "")
FEEDS_S3_PREFIX = os.environ.get("FEEDS_S3_PREFIX", "")
FEEDS_S3_REGION = os.environ.get("FEEDS_S3_REGION", "us-east-1")
FEEDS_S3_KEY = os.environ.get("FEEDS_S3_KEY", "")
FEEDS_S3_SECRET = os.environ.get("FEEDS_S3_SECRET", "")

# Co-sell deals (see cosell/referrals), and files of them (see cosell/bulk)
COSELL_ANSWER_DAYS = int(os.environ.get("COSELL_ANSWER_DAYS", "14"))  # for partners and for the vendor
# What drafts notes of deals: this portal itself, or an OpenAI-compatible endpoint; docs/operating.md.
COSELL_NOTES_URL = os.environ.get("COSELL_NOTES_URL", "").rstrip("/")
COSELL_NOTES_KEY = os.environ.get("COSELL_NOTES_KEY", "")
COSELL_NOTES_MODEL = os.environ.get("COSELL_NOTES_MODEL", "")
COSELL_NOTES_TIMEOUT_SECONDS = int(os.environ.get("COSELL_NOTES_TIMEOUT_SECONDS", "20"))  # below gunicorn's
COSELL_NOTES_AT_ONCE = int(os.environ.get("COSELL_NOTES_AT_ONCE", "1"))  # so that pages always find a process
COSELL_NOTES_PER_MINUTE = int(os.environ.get("COSELL_NOTES_PER_MINUTE", "6"))  # for each person
COSELL_REVIEW_DAYS = int(
    os.environ.get("COSELL_REVIEW_DAYS", "5")
)  # for the vendor: solutions, registrations
COSELL_UPLOAD_KEPT_DAYS = int(os.environ.get("COSELL_UPLOAD_KEPT_DAYS", "30"))
COSELL_UPLOADS_AT_ONCE = int(
    os.environ.get("COSELL_UPLOADS_AT_ONCE", "1")
)  # so that mail always finds a worker
COSELL_UPLOAD_LEASE_SECONDS = int(os.environ.get("COSELL_UPLOAD_LEASE_SECONDS", "30"))

# ------------------------------------------------------------------------------------------------ safety
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SECURE_SSL_REDIRECT = _portal.scheme == "https"
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # data: the QR code of an authenticator app
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [
            SELF,
            *sorted(
                {
                    app["settings"]["server_url"].split("/.well-known")[0]
                    for app in SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
                }
            ),
        ],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# ------------------------------------------------------------------------------------------------ API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["identity.gate.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["identity.gate.PrivilegePermission"],
    "DEFAULT_THROTTLE_CLASSES": ["identity.gate.KeyThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["identity.gate.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "identity.schema.Schema",
    "EXCEPTION_HANDLER": "identity.gate.error_response",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
API_CALLS_PER_MINUTE = int(os.environ.get("API_CALLS_PER_MINUTE", "600"))  # for each key
CALENDAR_FETCHES_PER_MINUTE = int(os.environ.get("CALENDAR_FETCHES_PER_MINUTE", "20"))  # for each address
SUGGESTIONS_PER_MINUTE = int(os.environ.get("SUGGESTIONS_PER_MINUTE", "240"))  # for each person
SPECTACULAR_SETTINGS = {
    "TITLE": "Portway API",
    "VERSION": "1",
    "DESCRIPTION": "Everything a person does in the portal, for programs. See docs/api.md for how to begin.",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    # What the same sets of values are called wherever they are used.
    "ENUM_NAME_OVERRIDES": {
        "AccessProblem": "accounts.api.requests.PROBLEMS",
        "AccessRequestKind": "accounts.models.RequestKind",
        "AccessRequestStatus": "accounts.models.RequestStatus",
        "ActivationState": "provisioning.models.ActivationState",
        "CompanySize": "cosell.states.CompanySize",
        "DealSharing": "cosell.states.Sharing",
        "DealStage": "deals.states.Stage",
        "Deployment": "cosell.models.Deployment",
        "ElementKind": "provisioning.models.ElementKind",
        "FileProblem": "reports.exports_api.PROBLEMS",
        "GuideQuestionKind": "orders.models.QuestionKind",
        "HelpType": "cosell.states.HelpType",
        "Incentive": "cosell.models.Incentive",
        "KeyKind": "identity.me.KINDS",
        "Language": "portal.settings.LANGUAGES",
        "LeadStage": "cosell.leads.states.Stage",
        "LowerStanding": "accounts.api.ground.LOWER_STANDINGS",
        "MatchRule": "deals.states.MatchRule",
        "MemberStatus": "identity.models.MembershipStatus",
        "NotesFeeling": "cosell.models.Feeling",
        "NotesOutcome": "cosell.models.NotesOutcome",
        "OrderStatus": "orders.models.OrderStatus",
        "PriceBookKind": "pricing.models.BookKind",
        "PriceEditionStatus": "pricing.models.EditionStatus",
        "PriceFileState": "pricing.books.api.FILE_STATES",
        "PriceLevel": "identity.models.PriceLevel",
        "PricingModel": "cosell.models.PricingModel",
        "Privilege": "identity.me.PRIVILEGES",
        "ProfileState": "cosell.models.ProfileState",
        "ProfileTagKind": "cosell.tags.TagKind",
        "Programme": "identity.models.Programme",
        "ProvisionedService": "provisioning.models.Service",
        "QuoteKind": "orders.models.QuoteKind",
        "QuoteStatus": "orders.models.QuoteStatus",
        "ReferralDirection": "cosell.states.Direction",
        "ReferralOrigin": "cosell.states.Origin",
        "ReferralReason": "cosell.states.PartnerReason",
        "ReferralStatus": "cosell.states.Status",
        "ReferralSubstatus": "cosell.states.Substatus",
        "RejectReason": "accounts.models.RejectReason",
        "RenewalKind": "renewals.models.RenewalKind",
        "RenewalLostReason": "renewals.models.LostReason",
        "RenewalStatus": "renewals.models.RenewalStatus",
        "Role": "identity.privileges.Role",
        "SalesStage": "cosell.states.SalesStage",
        "SetupLineStatus": "provisioning.models.LineStatus",
        "SiteKind": "identity.models.SiteKind",
        "SolutionKind": "cosell.models.SolutionKind",
        "SolutionReadiness": "cosell.models.Readiness",
        "SolutionStatus": "cosell.models.SolutionStatus",
        "StaffRole": "identity.privileges.StaffRole",
        "Standing": "identity.privileges.Standing",
        "Tool": "identity.privileges.Tool",
        "VendorDeclineReason": "cosell.states.VendorReason",
        "WonRegistrationStatus": "cosell.models.RegistrationStatus",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {request_id} {message}", "style": "{"}},
    "filters": {"request_id": {"()": "portal.request_id.RequestIdFilter"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}
    },
    "root": {
        "handlers": ["console"],
        "level": os.environ.get("LOG_LEVEL", "WARNING" if MODE == "test" else "INFO"),
    },
}
