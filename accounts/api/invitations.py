"""`/api/v1/invitations/`: those who were added and have no vendor ID yet."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api import ResourceViewSet
from identity.privileges import Privilege, Role, Tool

from .. import actions, queries
from ..models import Invitation
from .ground import ANSWERS, several

P = Privilege


class InvitationOut(serializers.Serializer[Invitation]):
    id = serializers.CharField(source="public_id")
    email = serializers.EmailField()
    name = serializers.CharField()
    job_title = serializers.CharField()
    tools = several(Tool)
    roles = several(Role)
    invited_by = serializers.CharField(source="invited_by_name")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class InvitationViewSet(ResourceViewSet):
    privileges: ClassVar = {"list": P.MEMBER_MANAGE, "revoke": P.MEMBER_MANAGE, "resend": P.MEMBER_MANAGE}
    answers: ClassVar = ANSWERS
    ordering = ("-created_at", "-id")

    @extend_schema(summary="Open invitations", responses={200: InvitationOut(many=True)})
    def list(self, request: Request) -> Response:
        """Sent to addresses without a vendor ID, and not accepted yet; the newest first."""
        return self.page_of(queries.open_invitations().order_by(), InvitationOut)

    @extend_schema(summary="Take an invitation back", request=None, responses={200: InvitationOut})
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, public_id: str) -> Response:
        return self.one(actions.revoke_invitation(public_id, by=self.actor, now=self.now), InvitationOut)

    @extend_schema(summary="Send a new link", request=None, responses={200: InvitationOut})
    @action(detail=True, methods=["post"])
    def resend(self, request: Request, public_id: str) -> Response:
        """With a new term; the former link no longer works."""
        return self.one(actions.resend_invitation(public_id, by=self.actor, now=self.now), InvitationOut)
