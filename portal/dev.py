"""Pages for whoever tries or develops the portal. They exist in demo, development and test mode only."""

from __future__ import annotations

from django.urls import URLPattern, path

from .mailbox import mail_detail, mail_file, mail_html, mail_list
from .showcase import parts, suggestions

urlpatterns: list[URLPattern] = [
    path("mail/", mail_list, name="mailbox"),
    path("mail/<str:name>/", mail_detail, name="mailbox_mail"),
    path("mail/<str:name>/html/", mail_html, name="mailbox_html"),
    path("mail/<str:name>/mail.eml", mail_file, name="mailbox_file"),
    path("parts/", parts, name="parts"),
    path("parts/suggestions/", suggestions, name="parts_suggestions"),
]
