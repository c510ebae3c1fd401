"""Whether two records are one customer: keys, levels of agreement, weights, and the search through a million records.

This is the engine of `customers` for doubles. It knows no Django and no table: records go in, certainties with reasons
come out. The model is Fellegi and Sunter's (1969): for each comparison (name, phone, birthday …) the level of agreement
has a chance among doubles (m) and among strangers (u), and the logarithms of m ÷ u add up. `weights` holds them.
`score` looks at one pair in Python, `batch` at millions in DuckDB; both read `levels`, and a test holds them together.
The guards in `score` say what sums must never overrule: a phone that is shared by a family or a reception desk,
namesakes, another birthday.
"""

from setia.customers.matching.record import Record, prepare
from setia.customers.matching.score import Scored, score_all
from setia.customers.matching.weights import BUILT_IN, Weights

__all__ = ["BUILT_IN", "Record", "Scored", "Weights", "prepare", "score_all"]
"""`batch` is imported where it is used: it brings DuckDB."""
