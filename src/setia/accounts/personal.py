"""What this room holds about a customer: who did what with their record. That it was done stays, what it said goes."""

from django.utils.translation import gettext_lazy as _

from setia.core.personal import AtErasure, Holding, hold
from setia.core.words import verb_name

hold(
    Holding(
        "accounts_auditentry",
        _("Who worked with the data"),
        {"at": _("When"), "by": _("Who"), "verb": _("Did what"), "data": _("Details")},
        at_erasure=AtErasure.BLANK,
        where="t.about = 'customer' AND t.about_id = %(customer)s",
        blank={"data": "'{}'"},
        secret=("address",),
        words={"verb": verb_name},
        order=60,
    ),
)
