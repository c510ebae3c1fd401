"""Runs in the peer's own environment: the most probable parameters (MAP) by `pymc-marketing`, timed; a JSON line a fit.

Seconds of the processor, its children's included. A fit on few customers is made first and not counted: it compiles
what the peer keeps compiled.
"""

import json
import logging
import os
import sys
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)

import numpy as np  # noqa: E402 — warnings are silenced before
import pandas as pd  # noqa: E402
import pymc_marketing  # noqa: E402
from pymc_marketing import clv  # noqa: E402

MODELS = {
    "BG/NBD": (clv.BetaGeoModel, ("r", "alpha", "a", "b")),
    "Pareto/NBD": (clv.ParetoNBDModel, ("r", "alpha", "s", "beta")),
}


def processor():
    """Seconds so far."""
    return sum(os.times()[:4])


def fitted(kind, customers):
    """A new model fitted as the documentation does, with its own priors."""
    model = kind()
    model.fit(data=customers, method="map", progressbar=False)
    return model


def answer(data, name, who, horizon, known):
    """The parameters and the seconds; for BG/NBD those of scoring as well."""
    kind, parameters = MODELS[name]
    x, t_x, age = (data[f"{who}/{part}"].astype(float) for part in "xtT")
    customers = pd.DataFrame({"customer_id": np.arange(len(x)), "frequency": x, "recency": t_x, "T": age})
    if name not in known:
        fitted(kind, customers.head(1000)).expected_probability_alive(data=customers.head(1000))
        known.add(name)
    begun = processor()
    model = fitted(kind, customers)
    said = {"seconds": processor() - begun}
    said["parameters"] = {name: float(np.asarray(model.fit_result[name]).mean()) for name in parameters}
    if name == "BG/NBD":
        begun = processor()
        np.asarray(model.expected_probability_alive(data=customers))
        np.asarray(model.expected_purchases(data=customers, future_t=horizon))
        said["score"] = processor() - begun
    return said


def main():
    """Answer what the file asks."""
    data, known = np.load(sys.argv[1]), set()
    for asked in map(str, data["asked"]):
        try:
            said = answer(data, *asked.split(", ", 1), float(sys.argv[2]), known)
        except Exception as problem:  # whatever the peer raises is what is to be reported
            said = {"problem": f"{type(problem).__name__}: {problem}".splitlines()[0]}
        print(json.dumps({"asked": asked, "version": pymc_marketing.__version__, **said}), flush=True)


main()
