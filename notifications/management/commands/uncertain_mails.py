from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from identity import tenancy
from notifications.models import Mail, MailStatus


class Command(BaseCommand):
    help = (
        "Lists the mails of which nobody knows whether the mail server took them; its log does, by"
        " Message-ID. --resend sends those given (or all) again, --sent notes that they arrived."
        " Mails with secrets are gone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        group = parser.add_mutually_exclusive_group()
        group.add_argument("--resend", nargs="*", type=int, metavar="ID")
        group.add_argument("--sent", nargs="*", type=int, metavar="ID")

    def handle(self, *args: Any, **options: Any) -> None:
        with tenancy.as_system():
            for mail in Mail.objects.filter(status=MailStatus.UNCERTAIN).order_by("id"):
                self.stdout.write(f"{mail.id}\t{mail.to}\t{mail.due_at:%Y-%m-%d %H:%M}\t{mail.message_id}")
            now = timezone.now()
            if options["resend"] is not None:
                found = _chosen(options["resend"]).filter(sensitive=False)
                count = found.update(status=MailStatus.WAITING, due_at=now, attempts=0)
                self.stdout.write(f"{count} to be sent again.")
            elif options["sent"] is not None:
                count = _chosen(options["sent"]).update(status=MailStatus.SENT, sent_at=now)
                self.stdout.write(f"{count} noted as sent.")


def _chosen(ids: list[int]) -> Any:
    uncertain = Mail.objects.filter(status=MailStatus.UNCERTAIN)
    return uncertain.filter(id__in=ids) if ids else uncertain
