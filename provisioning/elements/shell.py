"""What of provisioning forms needs somebody today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from identity import worklist
from identity.actors import Actor, Kind
from identity.privileges import Privilege
from identity.worklist import Task

from ..models import SetupLine
from .listing import GIVEN_UP
from .taking_up import ASKED_OF, missing_of

P = Privilege


@worklist.register
def tasks(actor: Actor, now: datetime) -> Iterator[Task]:
    lacking = SetupLine.objects.filter(missing_of(), status__in=ASKED_OF)
    if actor.kind is Kind.RESELLER and actor.may(P.ORDER_PLACE):
        number = lacking.count()
        title = ngettext(
            "Something is missing on %(count)s provisioning form",
            "Something is missing on %(count)s provisioning forms",
            number,
        )
        detail, show, icon = _("It has to be known before the service can be set up."), "missing", "forms"
    elif actor.is_staff and actor.may(P.ORDER_DECIDE):
        number = lacking.filter(GIVEN_UP).count()
        title = ngettext(
            "Call about %(count)s provisioning form that was asked for in vain",
            "Call about %(count)s provisioning forms that were asked for in vain",
            number,
        )
        detail, show, icon = _("The partner was reminded, and is not reminded again."), "left", "phone"
    else:
        return
    if number:
        yield Task(
            title=title % {"count": number},
            detail=detail,
            href=f"{reverse('setup_forms:list')}?show={show}",
            icon=icon,
            tone="warn",
        )
