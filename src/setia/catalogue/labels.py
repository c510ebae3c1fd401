"""What the audit trail says about products, in the reader's words."""

from django.db.models import Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext_lazy as _

from setia.catalogue import queries
from setia.catalogue.models import Product
from setia.core.trail import name_thing
from setia.core.words import name_fields, name_verbs

name_verbs(
    {
        "product.added": _("Added a product"),
        "product.archived": _("Archived a product"),
        "product.edited": _("Changed a product"),
        "product.restored": _("Took a product out of the archive"),
    }
)
name_fields(
    "product",
    {
        "code": _("Code"),
        "name": _("Name"),
        "kind": _("Kind"),
        "category": _("Category"),
        "price": _("Price"),
        "warranty_months": _("Warranty in months"),
        "notes": _("Notes"),
    },
    {"kind": dict(Product.Kind.choices)},
)
name_thing(
    "product",
    _("Products"),
    rows=lambda reader, keys: queries.products_for(reader).filter(pk__in=keys),
    called=Coalesce(NullIf("name", Value("")), "code"),
    page="product",
)
