"""What a customer says who asks a partner for help, and how much that is worth knowing.

Pure: no database, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass

from .states import Quality

LONGEST_WISH = 2000  # characters


@dataclass(frozen=True, slots=True)
class Enquiry:
    """What somebody wrote. `country` is ISO 3166, `size` a value of CompanySize or "", `tags` are codes of cosell.tags.

    `consent_contact`: the partner may write or call; without it nobody could answer, so it is refused.
    `wants_contact`: they asked to be contacted, which starts the 72 hours. `language`: which they read.
    `suspected`: a guard of the form takes it for spam; it is kept where spam is, for the partner to see and to take up
    if it is none.
    """

    company: str
    first_name: str
    last_name: str
    email: str
    wish: str
    country: str
    city: str = ""
    phone: str = ""
    job_title: str = ""
    size: str = ""
    tags: tuple[str, ...] = ()
    consent_contact: bool = False
    wants_contact: bool = False
    language: str = "en"
    suspected: bool = False


def quality_of(enquiry: Enquiry) -> Quality:
    """How much it says: a point each for a phone, a job title, the size, tags, and a wish of a sentence or two."""
    said = (
        bool(enquiry.phone),
        bool(enquiry.job_title),
        bool(enquiry.size),
        bool(enquiry.tags),
        len(enquiry.wish.split()) >= 12,
    )
    if sum(said) >= 4:
        return Quality.GOOD
    return Quality.FAIR if sum(said) >= 2 else Quality.POOR
