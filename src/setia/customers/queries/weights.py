"""Which weights doubles are looked for with."""

import logging

from setia.customers.matching import BUILT_IN, Weights
from setia.customers.models import DoubleSearch

log = logging.getLogger(__name__)


def latest_weights() -> Weights:
    """Those trained on the firm's own records, where there are any that fit today's levels; else the built-in ones."""
    trained = (
        DoubleSearch.objects.filter(weights__isnull=False).order_by("-id").values_list("weights", flat=True).first()
    )
    if trained is not None:
        try:
            return Weights.from_json(trained)
        except KeyError:
            log.info("the trained weights know other levels; the built-in ones are used")
    return BUILT_IN
