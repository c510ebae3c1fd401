"""The fields of a file of prospects: those of a customer, how they came, and what they want.

What a file of customers calls the source (by which way they came to the firm, in a few fixed words) is here what
whoever sells calls it: Instagram, a fair, a list that was bought.
"""

from setia.intake.reading.fields.base import Field, Type, split
from setia.intake.reading.fields.customers import CUSTOMERS

PROSPECTS = (
    *(one for one in CUSTOMERS if one.name != "acquisition"),
    Field(
        "prospect_source",
        Type.TEXT,
        split("source sumber leadsource sumberprospek asal asalprospek tahudari heardfrom channel kanal utmsource"),
        60,
        cut=True,
    ),
    Field(
        "campaign", Type.TEXT, split("campaign kampanye utmcampaign namakampanye promosi event acara"), 100, cut=True
    ),
    Field(
        "wants",
        Type.LONG_TEXT,
        split(
            "wants whattheywant yangdiinginkan keinginan kebutuhan minat need needs interest enquiry inquiry message "
            "pesan permintaan request ask"
        ),
        10_000,
        cut=True,
    ),
)
