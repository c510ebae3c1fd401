"""The engine for doubles, without the database: folds, levels said twice, guards, groups."""

import random
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from setia.customers.matching import BUILT_IN, Weights, batch, folds, prepare, score_all
from setia.customers.matching.clusters import clusters
from setia.customers.matching.levels import COMPARISONS
from setia.customers.matching.record import with_crowds
from setia.customers.matching.score import as_mapping, decode, encode, guard, judged, levels_of
from setia.customers.matching.similar import jaro_winkler, within_one
from setia.customers.matching.training import Tally, misjudged, train

SAME_NAMES = [
    ("Muhammad Rizky", "M. Rizky"),
    ("Moh. Rizky", "Mochammad Rizky"),
    ("H. Achmad Soekarno, S.E.", "Ahmad Sukarno"),
    ("Djoko Soetrisno", "Joko Sutrisno"),
    ("Abd. Rahman", "Abdul Rachman"),
    ("St. Aminah", "Siti Aminah"),
    ("PT. Rasa Nusantara Tbk", "Rasa Nusantara, PT"),
    ("CV Maju & Jaya", "Maju dan Jaya CV"),
    ("Syafei Fauzi", "Safei Pauzi"),
    ("BUDI   SANTOSO", "Santoso Budi"),
]
OTHER_NAMES = [("Siti Aminah", "Siti Rahmah"), ("Muhammad Rizky", "Muhammad Fadli"), ("PT Maju Jaya", "PT Maju Abadi")]


@pytest.mark.parametrize(("one", "other"), SAME_NAMES)
def test_writings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert folds.name_key(one) == folds.name_key(other)


@pytest.mark.parametrize(("one", "other"), OTHER_NAMES)
def test_other_names_keep_other_keys(one: str, other: str) -> None:
    assert folds.name_key(one) != folds.name_key(other)


@pytest.mark.parametrize("name", ["H.", "SE", "عبد الرحمن", "陳大文", "-", "M."])
def test_a_name_of_nothing_but_titles_or_of_another_script_is_not_lost(name: str) -> None:
    assert folds.name_key(name) != "" or name == "-"


def test_dots_are_dropped_where_the_provider_drops_them_only() -> None:
    assert folds.email_key("Budi.San@GoogleMail.com") == folds.email_key("budisan+promo@gmail.com")
    assert folds.email_key("budi.san@kopi.id") != folds.email_key("budisan@kopi.id")


NUMBERS = ["3273014107880001", "3273014107880002", "3273014107880044", "3273014107870001"]
STREETS = [
    "Jl. Braga No. 12",
    "Jalan Braga 12 Kavling B, Sumur Bandung",
    "Jl. Braga 14 Sumur Bandung",
    "Gedung Braga, Sumur Bandung",
    "Jl Asia Afrika 1",
]


def _some(seed: int) -> list:  # type: ignore[type-arg]
    """Records that meet in many ways: few names, phones, addresses, with holes."""
    luck = random.Random(seed)
    names = [one for pair in SAME_NAMES + OTHER_NAMES for one in pair] + ["B. Santoso", "Budi", "Santosso Budi", ""]
    days = [None, date(1990, 1, 1), date(1990, 5, 1), date(1990, 1, 5), date(1991, 5, 1), date(1970, 8, 17)]
    mails = ["budi.san88@gmail.com", "budisan88@yahoo.com", "info@kopi.id", "rizky.m@kopi.id", "budisan88@gmail.com"]
    return [
        prepare(
            place,
            name=luck.choice(names),
            phones=luck.sample([f"+6281200000{n:02d}" for n in range(12)], luck.choice((0, 1, 1, 2))),
            emails=luck.sample(mails, luck.choice((0, 1, 1, 2))),
            handles=luck.sample(["INSTAGRAM:budi", "TIKTOK:budi", "INSTAGRAM:rizky"], luck.choice((0, 0, 1))),
            birthday=luck.choice(days),
            region=luck.choice(["", "Kota Bandung", "Kab. Bandung", "Garut"]),
            gender=luck.choice(["", "MALE", "FEMALE"]),
            tax_id=luck.choice(["", "0123456789012345", "123456789012346", *NUMBERS]),
            address=luck.choice(["", *STREETS]),
        )
        for place in range(60)
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_levels_in_sql_are_those_in_python_for_every_pair(seed: int) -> None:
    records = _some(seed)
    with batch.opened(threads=1, memory="500MB") as database:
        batch.load(database, batch.as_table(records))
        database.execute("CREATE TABLE pair AS SELECT a.n AS l, b.n AS r FROM record a JOIN record b ON a.n < b.n")
        batch.compare(database, 1, lambda share: None)
        found = database.execute(
            "SELECT a.id, b.id, code FROM compared c JOIN record a ON a.n = c.l JOIN record b ON b.n = c.r"
        ).fetchall()
    crowded = {one.id: one for one in with_crowds(records)}
    assert len(found) == 60 * 59 // 2
    for left, right, code in found:
        assert decode(code) == levels_of(crowded[left], crowded[right]), (crowded[left], crowded[right])


def test_one_record_is_scored_as_the_batch_scores_it() -> None:
    people = [
        prepare(1, name="Budi Santoso", phones=["+628121111"], birthday=date(1988, 3, 14)),
        prepare(2, name="Bpk. Budi Santosso", phones=["+628121111"]),
        prepare(3, name="Rina", phones=["+628199999"]),
    ]
    ((left, right, certainty, _code, _guard),) = batch.search(batch.as_table(people), BUILT_IN).pairs
    assert (left, right) == (1, 2)
    # One record asks how many bear its name beside itself; the batch counts both.
    scored = score_all(people[0], people[1:], records=3)
    assert scored[0].id == 2
    assert scored[0].certainty == pytest.approx(certainty, abs=0.001)


@settings(max_examples=200, deadline=None)
@given(st.text("abcd", max_size=8), st.text("abcd", max_size=8))
def test_likeness_is_that_of_duckdb(a: str, b: str) -> None:
    with batch.opened(threads=1, memory="200MB") as database:
        row = database.execute(
            "SELECT jaro_winkler_similarity(?, ?), damerau_levenshtein(?, ?)", [a, b, a, b]
        ).fetchone()
    assert row is not None
    assert jaro_winkler(a, b) == pytest.approx(row[0], abs=1e-9)
    assert within_one(a, b) == (row[1] <= 1)


def test_a_pair_decided_before_a_comparison_was_added_still_reads_as_it_did() -> None:
    name, phone = 1, 5
    kept = ((((((((name * 6 + phone) * 5) * 3) * 5 + 2) * 4) * 4) * 3) + 1) * 3  # name, phone, birthday, region
    assert decode(kept) == (None, None, "same", "different", None, None, "same", None, None, "same", None)


def test_levels_survive_being_one_number() -> None:
    luck = random.Random(5)
    for _turn in range(500):
        levels = tuple(luck.choice([None, *(level.name for level in one.levels)]) for one in COMPARISONS)
        assert decode(encode(levels)) == levels


def _judge(**levels: str) -> tuple[float, str]:
    vector = tuple(levels.get(one.name) for one in COMPARISONS)
    bits, guarded, _reasons = judged(vector, BUILT_IN, 100_000)
    return bits, guarded


def test_a_shared_phone_glues_no_family_together() -> None:
    assert guard(tuple({"name": "some", "phone": "few", "region": "same"}.get(one.name) for one in COMPARISONS))
    assert _judge(name="part", phone="few", region="same")[1] == "part"
    assert _judge(name="different", phone="many")[1] == "other_name"


def test_father_and_son_of_one_name_stay_two() -> None:
    assert _judge(name="same", phone="own", birthday="different", region="same")[1] == "birthday"


def test_namesakes_in_one_town_stay_two_and_a_birthday_makes_them_one() -> None:
    assert _judge(name="same", region="same", gender="same")[1] == "namesake"
    bits, guarded = _judge(name="same", region="same", birthday="same")
    assert guarded == ""
    assert bits > 0


RINA = {"name": "Rina Wijaya", "birthday": date(1988, 7, 1), "phones": ["+628121111"], "region": "Kota Bandung"}
RINA_NIK = "3273014107880001"
RINI_NIK = "3273014107880002"
HOME = "Jl. Braga No. 12"


def _beside(one: dict[str, Any], other: dict[str, Any]) -> str:
    """What holds these two back from being one among 100,000; '' when they surely are one."""
    (scored,) = score_all(prepare(1, **one), [prepare(2, **other)], records=100_000)
    assert bool(scored.guard) != (scored.certainty >= 0.95)
    return scored.guard


def test_somebody_whose_number_was_mistyped_is_one_customer() -> None:
    rina = RINA | {"tax_id": RINA_NIK}
    slip = rina | {"tax_id": "3273014107808001"}  # two neighbours swapped
    assert _beside(rina, slip) == ""
    assert _beside(rina, slip | {"name": "Rina Wijayya"}) == ""
    # Altogether another number: the whole name and the birthday outweigh it, the name alone does not.
    other = rina | {"tax_id": "5171024509910007"}
    assert _beside(rina, other) == ""
    assert _beside(rina, other | {"birthday": None, "phones": []}) == "tax_id"


@pytest.mark.parametrize("sister", ["Rini Wijaya", "Rani Wijaya", "Rini", "Dewi Wijaya"])
def test_twins_with_numbers_that_follow_each_other_are_two(sister: str) -> None:
    rina = RINA | {"tax_id": RINA_NIK, "address": HOME}
    assert _beside(rina, rina | {"name": sister, "tax_id": RINI_NIK}) == "tax_id"


def test_a_slip_in_the_serial_of_one_who_is_called_the_same_is_no_twin() -> None:
    rina = RINA | {"tax_id": RINA_NIK}
    for writing in ("Rina Wijaya", "Rina Wijayaa", "Rina Wijaya Kusuma"):
        assert _beside(rina, rina | {"name": writing, "tax_id": RINI_NIK}) == "", writing


def test_twins_at_one_address_without_numbers_are_two_and_a_changed_surname_is_one() -> None:
    rina = RINA | {"phones": [], "address": HOME}
    assert _beside(rina, rina | {"name": "Dewi Wijaya"}) == "other_name"
    assert _beside(rina, rina | {"name": "Rina Kusuma"}) == ""
    # With two numbers on top it is for a person to say.
    numbered = rina | {"tax_id": RINA_NIK}
    assert _beside(numbered, numbered | {"name": "Rina Kusuma", "tax_id": "5171024509910007"}) == "tax_id"


def test_an_old_tax_number_beside_the_identity_number_says_nothing() -> None:
    rina: dict[str, Any] = RINA | {"tax_id": RINA_NIK}
    old: dict[str, Any] = RINA | {"tax_id": "01.300.276.1-093.000"}
    assert "tax_id" not in as_mapping(levels_of(prepare(1, **rina), prepare(2, **old)))
    assert _beside(rina, old) == ""


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        (HOME, "Jalan Braga 12", "same"),
        (HOME, "Jl. Braga 12, Kelurahan Braga, Sumur Bandung", "near"),
        ("Jl. Melati Raya 5, Griya Indah", "Perum Griya Indah, Jl. Melati Raya 5", "near"),
        ("Jl. Melati Raya 5", "Ruko Melati Raya Kavling Anggrek 17", "different"),
        (HOME, "Jl. Asia Afrika 12", "different"),
    ],
)
def test_an_address_written_longer_is_the_same_home_and_another_number_is_the_neighbours(
    one: str, other: str, level: str
) -> None:
    pair = prepare(1, name="Rina", address=one), prepare(2, name="Rina", address=other)
    assert as_mapping(levels_of(*pair))["address"] == level


@pytest.fixture
def few_strangers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Strangers drawn at random teach weights, which these few records are not asked for."""
    monkeypatch.setattr(batch, "DRAWN", 100)


@pytest.mark.usefixtures("few_strangers")
def test_who_shares_only_a_house_and_a_word_or_half_a_number_and_a_word_is_compared() -> None:
    rina: dict[str, Any] = RINA | {"phones": [], "tax_id": RINA_NIK, "address": HOME}
    moved: dict[str, Any] = {"name": "Rinna Wijaya", "region": "Kota Bandung", "address": "Gg. Braga Dalam 12"}
    mistyped: dict[str, Any] = {"name": "Rinna Wijaya", "tax_id": "3273014109770001"}
    for other in (moved, mistyped):
        records = [prepare(1, **rina), prepare(2, **other)]
        assert batch.search(batch.as_table(records), BUILT_IN, least=0).compared == 1


def _groups(*people: dict[str, Any]) -> list[tuple[int, ...]]:
    found = batch.search(batch.as_table(prepare(n, **one) for n, one in enumerate(people, start=1)), BUILT_IN)
    sure = [(a, b, certainty) for a, b, certainty, _code, _guard in found.pairs if certainty >= batch.SURE]
    return [one.members for one in clusters(sure, apart=found.apart)]


@pytest.mark.usefixtures("few_strangers")
def test_a_contradiction_that_another_record_explains_parts_nobody() -> None:
    rina = {**RINA, "tax_id": RINA_NIK}
    wrong = {**RINA, "tax_id": "5171024509910007"}
    # The third shares its wrong number with the second, and alone too little with the first.
    third = {"name": "Rina Wijaia", "tax_id": "5171024509910007", "region": "Kota Bandung"}
    assert _groups(rina, third) == []
    assert _groups(rina, wrong, third) == [(1, 2, 3)]


@pytest.mark.usefixtures("few_strangers")
def test_father_and_son_of_one_name_stay_apart_though_a_third_record_fits_both() -> None:
    home = {"name": "Bambang Wirawan", "phones": ["+628125555"], "region": "Garut"}
    father, son = home | {"birthday": date(1960, 3, 4)}, home | {"birthday": date(1988, 9, 14)}
    assert not any({1, 2} <= set(group) for group in _groups(father, son, home))


def test_a_group_ends_where_two_of_its_members_contradict_each_other() -> None:
    chain = [(1, 2, 0.99), (2, 3, 0.98)]
    assert [one.members for one in clusters(chain)] == [(1, 2, 3)]
    assert [one.members for one in clusters(chain, apart=[(3, 1)])] == [(1, 2)]


def test_a_group_is_as_certain_as_the_weakest_pair_it_hangs_on() -> None:
    (group,) = clusters([(1, 2, 0.99), (2, 3, 0.9), (1, 3, 0.4)])
    assert group.certainty == 0.9


def test_no_group_grows_without_end() -> None:
    found = clusters([(n, n + 1, 0.99) for n in range(200)], most=50)
    assert max(len(one.members) for one in found) <= 50


def test_weights_are_kept_and_read_again_as_they_were() -> None:
    assert Weights.from_json(BUILT_IN.as_json()) == BUILT_IN


def test_a_rare_name_weighs_more_than_a_common_one() -> None:
    asked = prepare(0, name="Siti Aminah", birthday=date(1990, 5, 1))
    other = [prepare(1, name="Siti Aminah", birthday=date(1990, 5, 1))]
    rare, common = (score_all(asked, other, records=100_000, named_alike=n)[0].certainty for n in (1, 900))
    assert rare > common


SURE_PAIR = encode((None, None, "same", "own", "own", None, "same", None, None, "same", None))
STRANGERS_ON_ONE_PHONE = encode((None, None, "different", "own", None, None, None, None, None, "same", None))


def _tally(doubles: int, phone: str = "own") -> Tally:
    """So many doubles among 10,000 records, all of one name, birthday and mail, their phones as said."""
    pair = encode((None, None, "same", phone, "own", None, "same", None, None, "same", None))
    drawn = {one.name: {one.levels[-1].name: 100_000} for one in COMPARISONS}
    return Tally(10_000, ((pair, 1, doubles), (STRANGERS_ON_ONE_PHONE, None, 500)), drawn, 100_000)


def test_what_the_doubles_of_a_firm_look_like_is_learnt_from_its_own_records() -> None:
    learnt = train(_tally(2_000, phone="different"))
    assert learnt is not None
    assert learnt.pairs == 2_500
    assert learnt.doubles == pytest.approx(2_000, rel=0.01)
    assert learnt.weights.m("phone", "different") > 0.8
    assert learnt.weights.u("phone", "own") > BUILT_IN.u("phone", "own")
    for _name, rows in learnt.weights.chances:
        assert sum(m for _level, m, _u in rows) == pytest.approx(1, abs=0.05)


def test_few_doubles_teach_nothing_and_some_teach_little() -> None:
    assert train(_tally(10)) is None
    some = train(_tally(60, phone="different"))
    assert some is not None
    assert some.weights.m("phone", "different") < 0.4


def test_how_often_doubles_differ_in_what_the_guards_watch_is_not_learnt() -> None:
    learnt = train(_tally(2_000))
    assert learnt is not None
    assert learnt.weights.m("birthday", "different") == BUILT_IN.m("birthday", "different")
    assert learnt.weights.m("name", "different") == BUILT_IN.m("name", "different")


def test_weights_are_held_against_what_people_decided() -> None:
    decided = [(SURE_PAIR, True), (STRANGERS_ON_ONE_PHONE, False)]
    right = misjudged(BUILT_IN, decided, records=10_000)
    assert (right.pairs, right.wrong, right.missed) == (2, 0, 0)
    wrong = misjudged(BUILT_IN, [(SURE_PAIR, False)] * 2, records=10_000)
    assert (wrong.wrong, wrong.is_no_worse_than(right), right.is_no_worse_than(wrong)) == (2, False, True)
