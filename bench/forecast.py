"""How often the forecast's interval holds the truth, beside the plain sum by stages: a table on simulated pipelines.

    python -m bench.forecast [pipelines] [seed …]

Pure computing: no database. 60 pipelines take about a minute.
"""

import sys

from setia.sales.tests.simulated import back_test


def main(arguments: list[str]) -> None:
    """Print a line a seed."""
    pipelines = int(arguments[0]) if arguments else 60
    seeds = [int(one) for one in arguments[1:]] or [7, 11]
    print(f"{'seed':>6} {'pipelines':>9} {'in 80 % interval':>17} {'of 90 days':>11} {'error':>7} {'by stage':>9}")
    for seed in seeds:
        found = back_test(pipelines, seed=seed)
        print(
            f"{seed:>6} {found.pipelines:>9} {found.covered:>17.1%} {found.covered_total:>11.1%}"
            f" {found.error:>7.1%} {found.error_by_stage:>9.1%}"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
