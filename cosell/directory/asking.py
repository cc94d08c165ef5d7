"""An enquiry on its way: guarded, passed on, confirmed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from identity.actors import Actor

from ..leads.actions import receive_enquiry, serves
from ..leads.content import Enquiry
from ..models import PublishedProfile
from . import guards, notices


def ask(
    profile: PublishedProfile, enquiry: Enquiry, *, trap: str, stamp: str, address: str, now: datetime
) -> None:
    """Pass on what a customer wrote, in a scope of the door's. What is suspected is kept as spam, and nobody is mailed
    about it. The same form sent twice counts once. Raises leads.actions.BadEnquiry, NotPublic.
    """
    read = guards.read_stamp(stamp)
    if not guards.claim(read):
        return
    try:
        suspected = guards.suspicions(enquiry, trap=trap, stamp=read, address=address, now=now)
        receive_enquiry(profile, replace(enquiry, suspected=bool(suspected)), now=now)
        if not suspected:
            served = serves(profile, enquiry.size)
            notices.confirm(profile, enquiry, served=served, by=Actor.anonymous(), now=now)
    except BaseException:
        guards.release(read)
        raise
