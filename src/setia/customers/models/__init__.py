"""The tables of the customer record, a module per subject."""

from setia.customers.models.bulk import BulkRow, BulkRun
from setia.customers.models.circle import CustomerLink, LifeEvent
from setia.customers.models.consent import Answer, Consent, ConsentEntry, ConsentText, How, Purpose
from setia.customers.models.double import DoubleGroup, DoubleSearch, DoubleTraining, NameKey, NotDouble
from setia.customers.models.fields import CustomField, FieldOption
from setia.customers.models.files import CustomerFile
from setia.customers.models.mentions import Mention
from setia.customers.models.merge import Merge, MergedCustomer, MergeMove
from setia.customers.models.party import ContactPoint, Customer, Industry, TimelineEntry
from setia.customers.models.privacy import DEADLINE, Erasure, PrivacyRequest, RetentionRule
from setia.customers.models.regions import Region, RegionEdition, RegionSpelling, RegionTally
from setia.customers.models.saved_views import PreferredView, SavedView
from setia.customers.models.tags import CustomerTag, Tag

__all__ = [
    "DEADLINE",
    "Answer",
    "BulkRow",
    "BulkRun",
    "Consent",
    "ConsentEntry",
    "ConsentText",
    "ContactPoint",
    "CustomField",
    "Customer",
    "CustomerFile",
    "CustomerLink",
    "CustomerTag",
    "DoubleGroup",
    "DoubleSearch",
    "DoubleTraining",
    "Erasure",
    "FieldOption",
    "How",
    "Industry",
    "LifeEvent",
    "Mention",
    "Merge",
    "MergeMove",
    "MergedCustomer",
    "NameKey",
    "NotDouble",
    "PreferredView",
    "PrivacyRequest",
    "Purpose",
    "Region",
    "RegionEdition",
    "RegionSpelling",
    "RegionTally",
    "RetentionRule",
    "SavedView",
    "Tag",
    "TimelineEntry",
]
