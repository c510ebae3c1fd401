"""Runs in the peer's own environment: `pymc-marketing` on the arrays of a file, timed; answers a JSON line a fit."""

import json
import logging
import os
import sys
import time
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)

import numpy as np  # noqa: E402 — warnings are silenced before
import pandas as pd  # noqa: E402
import pymc_marketing  # noqa: E402
from pymc_extras.prior import Prior  # noqa: E402
from pymc_marketing import clv  # noqa: E402

print(json.dumps({"version": pymc_marketing.__version__}), flush=True)
data = np.load(sys.argv[1])
history = pd.DataFrame(
    {"customer_id": np.arange(len(data["x"])), "frequency": data["x"], "recency": data["t_x"], "T": data["T"]}
)
money = pd.DataFrame(
    {"customer_id": np.arange(len(data["times"])), "frequency": data["times"], "monetary_value": data["mean"]}
)
flat = {name: Prior("HalfFlat") for name in ("r", "alpha", "a", "b")}
work = {
    "BG/NBD, MAP": (clv.BetaGeoModel, history, {}, {"method": "map"}),
    "BG/NBD, MAP, flat priors": (clv.BetaGeoModel, history, {"model_config": flat}, {"method": "map"}),
    "BG/NBD, sampled": (clv.BetaGeoModel, history, {}, {"method": "mcmc"}),
    "Pareto/NBD, MAP": (clv.ParetoNBDModel, history, {}, {"method": "map"}),
    "Gamma-Gamma, MAP": (clv.GammaGammaModel, money, {}, {"method": "map"}),
    "Gamma-Gamma, sampled": (clv.GammaGammaModel, money, {}, {"method": "mcmc"}),
}
sampling = {"draws": 1000, "tune": 1000, "chains": 2, "cores": 2, "random_seed": 1, "progressbar": False}
wanted = {"BG/NBD": ("r", "alpha", "a", "b"), "Pareto/NBD": ("r", "alpha", "s", "beta"), "Gamma-Gamma": ("p", "q", "v")}
for what, (model, table, settings, how) in work.items():
    before, begun = os.times(), time.perf_counter()
    try:
        fitted = model(**settings)
        fitted.fit(data=table, **how, **(sampling if how["method"] == "mcmc" else {"progressbar": False}))
        after = os.times()
        names = wanted[what.split(",")[0]]
        draws = {name: np.asarray(fitted.fit_result[name]).ravel() for name in names}
        said = {
            "parameters": {name: float(values.mean()) for name, values in draws.items()},
            "low": {name: float(np.quantile(values, 0.025)) for name, values in draws.items()},
            "high": {name: float(np.quantile(values, 0.975)) for name, values in draws.items()},
        }
    except Exception as problem:  # whatever the peer raises is what is to be reported
        after, said = os.times(), {"problem": f"{type(problem).__name__}: {problem}".splitlines()[0]}
    seconds = time.perf_counter() - begun
    processor = sum(after[:4]) - sum(before[:4])
    print(json.dumps({"what": what, "seconds": seconds, "processor": processor, **said}), flush=True)
