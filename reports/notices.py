"""What people are told about files and reports. Registered when the app starts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from notifications.kinds import NoticeKind, register

REPORTS = _("Reports and files")

EXPORT_READY = register(
    NoticeKind(
        name="export.ready",
        group=REPORTS,
        title=_("A file you asked for is ready"),
        subject=_("Your file is ready: %(title)s"),
        body=ngettext_lazy(
            "The file you asked for is ready. It has %(rows)s row.\n\nYou can download it until %(until)s.",
            "The file you asked for is ready. It has %(rows)s rows.\n\nYou can download it until %(until)s.",
            "rows",
        ),
        action=_("Download it"),
        tone="good",
        icon="file-text",
    )
)
EXPORT_FAILED = register(
    NoticeKind(
        name="export.failed",
        group=REPORTS,
        title=_("A file you asked for could not be made"),
        subject=_("Your file could not be made: %(title)s"),
        body=_("The file you asked for could not be made.\n\n%(problem)s"),
        action=_("See what can be done"),
        tone="bad",
        icon="alert-circle",
    )
)
REPORT_SENT = register(
    NoticeKind(
        name="report.sent",
        group=REPORTS,
        title=_("A report that is sent to you"),
        subject=_("%(name)s, %(day)s"),
        body=ngettext_lazy(
            "This report has %(rows)s row today.\n\n%(totals)s\n\n%(why)s",
            "This report has %(rows)s rows today.\n\n%(totals)s\n\n%(why)s",
            "rows",
        ),
        action=_("Open the file"),
        tone="info",
        icon="file-text",
    )
)
SCHEDULE_STOPPED = register(
    NoticeKind(
        name="schedule.stopped",
        group=REPORTS,
        title=_("A report is no longer sent"),
        subject=_("No longer sent: %(name)s"),
        body=_(
            "The report “%(name)s” is no longer sent, neither to you nor to your colleagues.\n\n%(problem)s\n\n"
            "Once that has changed, you can let it go on."
        ),
        action=_("See the reports you have sent"),
        tone="warn",
        icon="alert-triangle",
    )
)
