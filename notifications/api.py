"""`/api/v1/notifications/`: one's own inbox."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api import ResourceViewSet
from identity.privileges import Privilege

from . import actions, queries
from .models import InboxItem

P = Privilege.INBOX_READ


class Filters(serializers.Serializer[Any]):
    unread = serializers.BooleanField(required=False, help_text="Only what was not read yet.")


class NotificationOut(serializers.Serializer[InboxItem]):
    id = serializers.CharField(source="public_id")
    kind = serializers.CharField(help_text="What it is about, such as `deal.approved`.")
    title = serializers.SerializerMethodField()
    paragraphs = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)

    def get_title(self, item: InboxItem) -> str:
        return queries.shown(item).title

    def get_paragraphs(self, item: InboxItem) -> list[str]:
        return queries.shown(item).paragraphs

    def get_url(self, item: InboxItem) -> str:
        """The page of the portal that it leads to."""
        return settings.PORTAL_URL + queries.shown(item).path


class ReadOut(serializers.Serializer[Any]):
    read = serializers.IntegerField(help_text="How many were marked as read.")


class NotificationViewSet(ResourceViewSet):
    privileges: ClassVar = {"list": P, "read": P, "read_all": P}
    versioned = False

    @extend_schema(
        summary="Your inbox, the newest first",
        parameters=[Filters],
        responses={200: NotificationOut(many=True)},
    )
    def list(self, request: Request) -> Response:
        """What the key's owner was told: for this key's site, and for themselves."""
        unread = self.asked(Filters).get("unread", False)
        return self.page_of(queries.inbox(unread_only=unread), NotificationOut)

    @extend_schema(summary="Mark one as read", request=None, responses={200: NotificationOut})
    @action(detail=True, methods=["post"])
    def read(self, request: Request, public_id: str) -> Response:
        item = actions.mark_read(public_id, by=self.actor, now=self.now)
        if item is None:
            raise Http404
        item.refresh_from_db(fields=["read_at"])
        return self.one(item, NotificationOut)

    @extend_schema(summary="Mark all as read", request=None, responses={200: ReadOut})
    @action(detail=False, methods=["post"], url_path="read", url_name="read-all")
    def read_all(self, request: Request) -> Response:
        return Response({"read": actions.mark_all_read(by=self.actor, now=self.now)})
