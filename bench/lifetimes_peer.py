"""Runs in the peer's own environment: `lifetimes` on the arrays of a file, timed; answers in JSON."""

import json
import sys
import time
import warnings

import numpy as np
from lifetimes import BetaGeoFitter, ParetoNBDFitter

warnings.simplefilter("ignore")
data = np.load(sys.argv[1])
x, t_x, age = (data[name].astype(float) for name in ("x", "t_x", "age"))
begun = time.process_time()
fitter = BetaGeoFitter(penalizer_coef=0.0).fit(x, t_x, age)
fitted = time.process_time()
fitter.conditional_probability_alive(x, t_x, age)
fitter.conditional_expected_number_of_purchases_up_to_time(float(sys.argv[2]), x, t_x, age)
scored = time.process_time()
pareto = {}
for who in map(str, data["few"]):
    history = [data[f"{who}/{name}"].astype(float) for name in "xtT"]
    begun_few = time.process_time()
    try:
        parameters = ParetoNBDFitter().fit(*history).params_
        answer = {"parameters": {name: float(value) for name, value in parameters.items()}}
    except Exception as problem:  # what it raises where it does not converge is its own
        answer = {"problem": f"{type(problem).__name__}: {problem}".splitlines()[0]}
    pareto[who] = answer | {"seconds": time.process_time() - begun_few}
print(
    json.dumps(
        {
            "seconds": fitted - begun,
            "score": scored - fitted,
            "pareto": pareto,
            "parameters": {name: float(value) for name, value in fitter.params_.items()},
        }
    )
)
