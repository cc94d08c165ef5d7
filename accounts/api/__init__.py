"""`/api/v1/members/`, `/invitations/`, `/access-requests/`, and for the vendor's people `/sites/`."""

from .invitations import InvitationViewSet
from .members import MemberViewSet
from .requests import AccessRequestViewSet
from .sites import SiteViewSet

__all__ = ["AccessRequestViewSet", "InvitationViewSet", "MemberViewSet", "SiteViewSet"]
