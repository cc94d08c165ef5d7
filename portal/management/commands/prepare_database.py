"""Sets up the portal's database roles and its empty database on a PostgreSQL server; `migrate` comes after it."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg2
from django.core.management.base import BaseCommand, CommandError

from portal.database import LOGIN, OWNER, CannotPrepare, prepare_database


class Command(BaseCommand):
    help = (
        "Create the portal's roles and database, from three addresses in the environment: DATABASE_ADMIN_URL "
        f"(a user who may create roles and databases), DATABASE_OWNER_URL ({OWNER}) and DATABASE_URL ({LOGIN}). "
        "The last two say which database and which passwords. Can be repeated."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        admin = _address("DATABASE_ADMIN_URL", user=None)
        owner, login = _address("DATABASE_OWNER_URL", OWNER), _address("DATABASE_URL", LOGIN)
        if owner.path != login.path:
            raise CommandError("DATABASE_OWNER_URL and DATABASE_URL name different databases.")
        try:
            prepare_database(
                admin.geturl(),
                unquote(login.path.lstrip("/")),
                owner_password=unquote(owner.password or ""),
                login_password=unquote(login.password or ""),
            )
        except (CannotPrepare, psycopg2.Error) as error:
            raise CommandError(str(error).strip()) from error
        self.stdout.write(
            f"Roles and database {login.path.lstrip('/')} are in place. Next: manage.py migrate"
        )


def _address(name: str, user: str | None) -> Any:
    if not os.environ.get(name):
        raise CommandError(f"{name} is not set. See --help.")
    parts = urlsplit(os.environ[name])
    if user and parts.username != user:
        raise CommandError(f"{name} must name the user {user}, not {parts.username}.")
    return parts
