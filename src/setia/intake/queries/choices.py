"""The words for a choice in a file: what its own table calls it, so that the preview reads like the page it ends on."""

from django.apps import apps

from setia.intake.reading.fields import PEOPLE

_COLUMN_OF = {
    ("CUSTOMERS", "kind"): "customers.Customer.kind",
    ("CUSTOMERS", "role"): "customers.Customer.role",
    ("CUSTOMERS", "relation"): "customers.Customer.relation",
    ("CUSTOMERS", "acquisition"): "customers.Customer.acquisition",
    ("CUSTOMERS", "gender"): "customers.Customer.gender",
    ("CUSTOMERS", "consent"): "customers.Consent.state",
    ("CUSTOMERS", "consent_purpose"): "customers.Consent.purpose",
    ("CUSTOMERS", "consent_how"): "customers.ConsentEntry.how",
    ("ORDERS", "customer_kind"): "customers.Customer.kind",
    ("ORDERS", "customer_gender"): "customers.Customer.gender",
    ("PRODUCTS", "kind"): "catalogue.Product.kind",
    ("SUBSCRIPTIONS", "period"): "subscriptions.Plan.period",
    ("SUBSCRIPTIONS", "status"): "subscriptions.Subscription.status",
    ("SUBSCRIPTIONS", "reason"): "subscriptions.Subscription.reason",
    ("CONTRACTS", "complexity"): "service.Contract.complexity",
    ("CONCERNS", "concern_kind"): "service.Concern.kind",
}


def choice_words(what: str, name: str) -> dict[str, str]:
    """Code → word in the reader's language, of a field that is a choice; {} of any other."""
    kind = "CUSTOMERS" if what in PEOPLE else what
    if (column := _COLUMN_OF.get((kind, name))) is None:
        return {}
    room, table, field = column.split(".")
    choices = apps.get_model(room, table)._meta.get_field(field).flatchoices
    return {str(code): str(word) for code, word in choices if code}
