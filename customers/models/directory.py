"""The directory of end customers, shared by all partners; and each partner's own contacts there."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy as _

from identity.models import Site, public_id
from identity.tenancy import OWN_SITE, OWNER, PARTNERS, RESELLER, STAFF, guarded, may

from ..names import domain_key, search_code, search_name, skeleton, tax_key


@guarded(
    # Company data is shared: every partner finds every customer. The vendor's number is the vendor's to give.
    may(PARTNERS, "select"),
    may(PARTNERS, "insert", "number is null"),
    may(STAFF, "select insert update"),
    may(OWNER, "select"),  # for functions of the database that ask which customers are alike
)
class Customer(models.Model):
    """A company that buys from resellers. Nothing here tells who entered it, or when."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    number = models.CharField(_("customer number"), max_length=7, null=True, blank=True, unique=True)
    name = models.CharField(_("name"), max_length=200)
    search_name = models.CharField(max_length=200, editable=False)  # names.search_name(name)
    country = models.CharField(_("country"), max_length=2)  # ISO 3166-1
    tax_id = models.CharField(_("tax id"), max_length=30, blank=True)
    search_tax_id = models.CharField(max_length=30, blank=True, editable=False)  # names.search_code(tax_id)
    web_domain = models.CharField(_("web domain"), max_length=100, blank=True)
    skeleton = models.CharField(max_length=200, blank=True, editable=False)  # names.skeleton(name)
    tax_key = models.CharField(max_length=32, blank=True, editable=False)  # names.tax_key(tax_id, country)
    domain_key = models.CharField(max_length=100, blank=True, editable=False)  # names.domain_key(web_domain)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["country", "search_tax_id"],
                condition=~Q(search_tax_id=""),
                name="customer_tax_id_once",
            ),
            models.UniqueConstraint(
                fields=["country", "search_name"], condition=Q(search_tax_id=""), name="customer_name_once"
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=True) | Q(number__regex=r"^\d{7}$"), name="customer_number_digits"
            ),
            models.CheckConstraint(condition=~Q(search_name=""), name="customer_search_name"),
            models.CheckConstraint(condition=Q(country__regex=r"^[A-Z]{2}$"), name="customer_country_code"),
        ]
        indexes = [
            # No policy hides a row here, so even conditions that are not leakproof may use an index.
            models.Index(fields=["search_name", "country"], name="customer_by_name"),
            GinIndex(
                models.Func("search_name", "skeleton", function="customers_search_keys"),
                name="customer_by_search_keys",
                fastupdate=False,  # what was added last would be looked through one by one
            ),
            models.Index(fields=["skeleton", "country"], name="customer_by_skeleton"),
            models.Index(fields=["tax_key"], condition=~Q(tax_key=""), name="customer_by_tax_key"),
            models.Index(Substr("tax_key", 3), condition=~Q(tax_key=""), name="customer_by_tax_digits"),
            models.Index(fields=["domain_key"], condition=~Q(domain_key=""), name="customer_by_domain"),
        ]

    def __str__(self) -> str:
        return self.name

    def normalise(self) -> None:
        """Bring the columns that are searched and compared in line with what was entered."""
        self.search_name = search_name(self.name)
        self.search_tax_id = search_code(self.tax_id)
        self.skeleton = skeleton(self.name)
        self.tax_key = tax_key(self.tax_id, self.country)
        self.domain_key = domain_key(self.web_domain)


@guarded(may(RESELLER, "select insert update delete", OWN_SITE))
class CustomerContact(models.Model):
    """A person at a customer, as one site knows them. Contacts are never shared between sites."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=120)
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    words = models.CharField(max_length=400, blank=True, editable=False)  # names.contact_words(name, email)
    sounds = models.CharField(max_length=200, blank=True, editable=False)  # names.contact_sounds(name)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "customer", "email", "name"], name="customer_contact_once"
            ),
        ]
        indexes = [models.Index(fields=["site", "words", "public_id"], name="customer_contact_by_words")]

    def __str__(self) -> str:
        return self.name
