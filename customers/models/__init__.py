"""The directory of customers, their agreements and sites, and who may know what of them."""

from .agreements import Agreement, CustomerSite
from .directory import Customer, CustomerContact
from .relationships import Relationship, RelationshipRole
from .standing import OfCustomerSite, Transactional

__all__ = [
    "Agreement",
    "Customer",
    "CustomerContact",
    "CustomerSite",
    "OfCustomerSite",
    "Relationship",
    "RelationshipRole",
    "Transactional",
]
