"""The embedded registry: what a vendor's cloud would keep, kept by this portal where there is no other backend."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from identity.tenancy import OWNER, STAFF, guarded, may


@guarded(may(STAFF, "select"))
class RegistryOrganisation(models.Model):
    """An organisation as the registry has it, and what it was given."""

    external_id = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    key = models.CharField(max_length=40, unique=True)  # of the request that made it
    packages = models.JSONField(
        default=dict
    )  # {"SUB000000012": {"services": ["calling"], "state": "active"}}
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.external_id


class NameKind(models.TextChoices):
    SUBDOMAIN = "subdomain", "subdomain"
    MEETING_SITE = "site", "meeting site"
    SIP = "sip", "SIP subdomain"


@guarded(
    may(STAFF, "select"),
    may(OWNER, "select"),  # for the function that tells whether a name is free
)
class RegistryName(models.Model):
    """A name that is taken; unique by how it looks, whoever asks."""

    kind = models.CharField(max_length=10, choices=NameKind.choices)
    skeleton = models.CharField(max_length=63)  # see provisioning.naming
    name = models.CharField(max_length=63)
    holder = models.CharField(max_length=80)  # an organisation's public id
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "skeleton"], name="registry_name_once"),
            models.CheckConstraint(condition=Q(kind__in=NameKind.values), name="registry_name_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name
