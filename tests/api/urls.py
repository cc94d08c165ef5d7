"""The portal's addresses, and a site's phone book: a resource on which the base of all is tested."""

from __future__ import annotations

import threading
import time
from typing import Any, ClassVar

from django.http import Http404
from django.urls import include, path
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from identity.api import ANYONE, Conflict, ResourceViewSet
from identity.audit import record
from identity.models import Membership
from identity.privileges import Privilege
from portal import urls

begun = threading.Event()  # a deed is being done


class LineBusy(Exception):
    """Somebody else is speaking."""


class PhoneIn(serializers.Serializer[Any]):
    phone = serializers.CharField(max_length=20)


class PhoneOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    phone = serializers.CharField()


class PhoneViewSet(ResourceViewSet):
    privileges: ClassVar = {
        "list": Privilege.MEMBER_VIEW,
        "retrieve": Privilege.MEMBER_VIEW,
        "partial_update": (Privilege.MEMBER_MANAGE, Privilege.REQUEST_DECIDE),
        "create": ANYONE,
        "ring": Privilege.MEMBER_VIEW,
    }
    ordering = ("name", "id")
    answers: ClassVar = {LineBusy: Conflict("line_busy", "Somebody else is speaking.")}

    def list(self, request: Request) -> Response:
        return self.page_of(Membership.objects.filter(site_id=self.actor.site_id), PhoneOut)

    def retrieve(self, request: Request, public_id: str) -> Response:
        return self.one(self.found(Membership.objects.all(), public_id), PhoneOut)

    def partial_update(self, request: Request, public_id: str) -> Response:
        member = self.found(Membership.objects.select_for_update(), public_id)
        self.match(member)
        member.phone = self.valid(PhoneIn)["phone"]
        member.version += 1
        member.save()
        return self.one(member, PhoneOut)

    def create(self, request: Request) -> Response:
        """Leaves one audit event; and what the body asks for."""
        data = request.data
        record("phone.tried", by=self.actor, now=self.now, object_type="phone", object_id=data.get("n", ""))
        begun.set()
        time.sleep(data.get("seconds", 0))
        match data.get("fail"):
            case "invalid":
                self.valid(PhoneIn)
            case "busy":
                raise LineBusy
            case "missing":
                raise Http404
            case "broken":
                raise RuntimeError("broken")
            case "unavailable":
                error = APIException("Later.")
                error.status_code = 503
                raise error
        member = Membership.objects.get(id=self.actor.membership_id)
        return self.one(member, PhoneOut, status=201, at=("api-phones-detail", member.public_id))

    @action(detail=True, methods=["post"])
    def ring(self, request: Request, public_id: str) -> Response:
        return Response({"rung": self.found(Membership.objects.all(), public_id).name})


router = SimpleRouter()
router.register("phones", PhoneViewSet, basename="api-phones")
urlpatterns = [path("api/v1/", include(router.urls)), path("", include(urls))]
handler400, handler403, handler404, handler500 = (
    urls.handler400,
    urls.handler403,
    urls.handler404,
    urls.handler500,
)
