"""The simulated shop itself, before it meets a database."""

from collections import Counter
from datetime import date, datetime, timedelta
from unittest import mock

import numpy as np
import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from setia.demo import baskets
from setia.demo.history import NOBODY, PURCHASE, RETURN, TooFewOrders
from setia.demo.named import NAMED
from setia.demo.tests.shop import NOON, ZONE, history, orders_and_lines, people
from setia.demo.truth import Truth


@pytest.fixture(scope="module")
def bought() -> tuple[pa.Table, pa.Table]:
    return orders_and_lines(history())


@pytest.fixture(scope="module")
def known() -> tuple[pa.Table, pa.Table, pa.Table]:
    return people(history())


def test_the_same_seed_and_day_give_the_same_rows() -> None:
    for one, other in zip(
        orders_and_lines(history(customers=400)), orders_and_lines(history(customers=400)), strict=True
    ):
        assert one.equals(other)
    for one, other in zip(people(history(customers=400)), people(history(customers=400)), strict=True):
        assert one.equals(other)


def test_another_seed_gives_other_rows() -> None:
    orders, _lines = orders_and_lines(history(customers=400))
    others, _lines = orders_and_lines(history(customers=400, seed=8))
    assert not orders.equals(others)


def test_drawing_in_several_blocks_keeps_every_order_and_brings_each_return_the_lines_it_took_back() -> None:
    of = history(customers=2_000)
    with mock.patch.object(baskets, "BLOCK", 1_000):
        orders, lines = orders_and_lines(of)
    assert orders.num_rows == of.orders
    assert set(orders["id"].to_pylist()) == set(lines["order_id"].to_pylist())
    returns = orders.filter(pc.equal(orders["kind"], "RETURN"))
    assert returns.num_rows > 50
    assert pc.all(pc.less(returns["total"], 0)).as_py()


def test_the_wished_number_of_orders_is_met_exactly() -> None:
    for wanted in (4_000, 9_000, 30_000):
        assert history(customers=1_500, orders=wanted).orders == wanted


def test_fewer_orders_than_buyers_are_refused_with_the_number_it_takes() -> None:
    with pytest.raises(TooFewOrders) as refused:
        history(customers=2_000, orders=500)
    assert history(customers=2_000, orders=refused.value.least).orders == refused.value.least


def test_an_order_is_worth_its_lines_less_its_discount(bought: tuple[pa.Table, pa.Table]) -> None:
    orders, lines = bought
    sums = lines.group_by("order_id").aggregate([("amount", "sum")])
    joined = orders.join(sums, "id", "order_id")
    wrong = pc.not_equal(joined["total"], pc.subtract(joined["amount_sum"], joined["discount"]))
    assert pc.sum(wrong).as_py() == 0
    assert pc.all(pc.equal(lines["amount"], pc.multiply(lines["quantity"], lines["unit_price"]))).as_py()


def test_a_return_names_an_earlier_purchase_of_the_same_customer_and_never_exceeds_it(
    bought: tuple[pa.Table, pa.Table],
) -> None:
    orders, _lines = bought
    by_id = {row["id"]: row for row in orders.to_pylist()}
    returns = [row for row in by_id.values() if row["kind"] == "RETURN"]
    for row in returns:
        origin = by_id[row["reverses_id"]]
        assert origin["kind"] == "PURCHASE"
        assert origin["customer_id"] == row["customer_id"] is not None
        assert origin["ordered_at"] <= row["ordered_at"]
        assert 0 < -row["total"] <= origin["total"]
        assert origin["reversed"] == (row["total"] == -origin["total"])
    assert {by_id[row["reverses_id"]]["reversed"] for row in returns} == {True, False}
    assert sum(row["reversed"] for row in by_id.values()) == sum(
        by_id[row["reverses_id"]]["reversed"] for row in returns
    )


def test_every_kind_of_order_comes_up_in_about_its_share(bought: tuple[pa.Table, pa.Table]) -> None:
    orders, _lines = bought
    truth = Truth()
    kinds = Counter(orders["kind"].to_pylist())
    assert kinds["RETURN"] / orders.num_rows == pytest.approx(truth.returns, abs=0.003)
    assert kinds["FREE"] / orders.num_rows == pytest.approx(truth.free, abs=0.003)
    assert 0 < kinds["ADJUSTMENT"] <= 36
    walk_ins = orders.filter(pc.and_(pc.equal(orders["kind"], "PURCHASE"), pc.is_null(orders["customer_id"])))
    assert walk_ins.num_rows / orders.num_rows == pytest.approx(truth.walk_ins, abs=0.01)


def test_no_order_lies_in_the_future_and_each_has_the_firms_day(bought: tuple[pa.Table, pa.Table]) -> None:
    orders, _lines = bought
    moments: list[datetime] = orders["ordered_at"].to_pylist()
    assert max(moments) <= NOON
    assert moments == sorted(moments)
    assert [moment.astimezone(ZONE).date() for moment in moments] == orders["day"].to_pylist()
    assert orders["day"][0].as_py() >= NOON.date() - timedelta(days=3 * 366)


def test_a_promotion_code_goes_with_its_days_and_its_discount(bought: tuple[pa.Table, pa.Table]) -> None:
    orders, _lines = bought
    calendar = {one.code: one for one in history().promotions}
    used = [row for row in orders.to_pylist() if row["promotion_code"]]
    assert len(used) > 200
    for row in used:
        promotion = calendar[row["promotion_code"]]
        assert promotion.first_date <= row["day"] <= promotion.latest_date
        assert row["discount"] == pytest.approx((row["total"] + row["discount"]) * promotion.percent / 100, abs=100)


def test_orders_of_persons_are_worth_what_the_truth_says_on_average() -> None:
    of = history(customers=20_000)
    orders, _lines = orders_and_lines(of)
    buyer = of.who[of.kind == PURCHASE]
    rows_of_purchases = orders.filter(pc.equal(orders["kind"], "PURCHASE"))
    worth = rows_of_purchases["total"].to_numpy() + rows_of_purchases["discount"].to_numpy()
    named = list(of.named)
    person = (buyer != NOBODY) & ~of.people.is_company[buyer] & ~np.isin(buyer, named)
    expected = Truth().p / of.people.spend_rate[buyer[person]]
    assert worth[person].mean() == pytest.approx(expected.mean(), rel=0.03)
    # And not only on average over all: those who spend little and those who spend much alike.
    for low, high in ((0.25, 0.5), (0.5, 0.75), (0.75, 1.0)):
        between = (expected >= np.quantile(expected, low)) & (expected <= np.quantile(expected, high))
        assert worth[person][between].mean() == pytest.approx(expected[between].mean(), rel=0.06)


def test_telephones_have_the_right_form_in_a_range_nobody_has_and_each_comes_once(
    known: tuple[pa.Table, pa.Table, pa.Table],
) -> None:
    _customers, contacts, _notes = known
    phones = contacts.filter(pc.is_in(contacts["kind"], pa.array(["PHONE", "WHATSAPP"]))).to_pylist()
    assert len({(row["customer_id"], row["value"]) for row in phones}) == len({row["value"] for row in phones})
    for row in phones[:300]:
        assert row["value"][3:6] in {"861", "862", "863", "864", "865", "866"}
        assert phonenumbers.is_valid_number(phonenumbers.parse(row["value"]))
        again = phonenumbers.parse(row["shown"], "ID")
        assert phonenumbers.format_number(again, phonenumbers.PhoneNumberFormat.E164) == row["value"]


def test_addresses_end_where_no_mail_arrives(known: tuple[pa.Table, pa.Table, pa.Table]) -> None:
    _customers, contacts, _notes = known
    mail = contacts.filter(pc.equal(contacts["kind"], "EMAIL"))["value"].to_pylist()
    assert len(set(mail)) == len(mail) > 1_000
    assert {address.split("@")[1] for address in mail} == {"example.com", "example.net", "example.org"}
    assert all(address == address.lower() and " " not in address for address in mail)


def test_a_customer_has_at_most_one_preferred_contact(known: tuple[pa.Table, pa.Table, pa.Table]) -> None:
    _customers, contacts, _notes = known
    preferred = contacts.filter(contacts["preferred"])["customer_id"].to_pylist()
    assert len(set(preferred)) == len(preferred) > 1_000


def test_customers_differ_in_kind_role_and_name(known: tuple[pa.Table, pa.Table, pa.Table]) -> None:
    customers, _contacts, _notes = known
    assert set(customers["kind"].to_pylist()) == {"PERSON", "COMPANY"}
    assert set(customers["role"].to_pylist()) == {"INTERNAL", "EXTERNAL", "INTERMEDIARY"}
    assert set(customers["gender"].to_pylist()) == {"FEMALE", "MALE", ""}
    names = customers["name"].to_pylist()
    assert len(set(names)) > 0.8 * len(names)
    assert any(" " not in name for name in names if name)
    assert max(map(len, names)) > 60
    assert "" in names


def test_nobody_was_recommended_by_somebody_who_came_later(known: tuple[pa.Table, pa.Table, pa.Table]) -> None:
    customers, _contacts, _notes = known
    pairs = [(row["id"], row["recommended_by_id"]) for row in customers.to_pylist() if row["recommended_by_id"]]
    assert len(pairs) > 100
    assert all(by < one for one, by in pairs)


def test_birthdays_are_those_of_grown_ups(known: tuple[pa.Table, pa.Table, pa.Table]) -> None:
    customers, _contacts, _notes = known
    known_days: list[date] = [day for day in customers["birthday"].to_pylist() if day]
    ages = [(NOON.date() - day).days / 365.25 for day in known_days]
    assert min(ages) > 16.9
    assert max(ages) < 76


def test_the_named_people_are_there_with_the_purchases_their_stories_tell() -> None:
    of = history(customers=60)
    orders, _lines = orders_and_lines(of)
    customers, contacts, _notes = people(of)
    by_name = {row["name"]: row for row in customers.to_pylist()}
    by_mail = {row["value"]: row["customer_id"] for row in contacts.to_pylist() if row["kind"] == "EMAIL"}
    for one in NAMED:
        person = by_name[one.name]
        assert by_mail[one.email] == person["id"]
        mine = [row for row in orders.to_pylist() if row["customer_id"] == person["id"] and row["kind"] != "FREE"]
        assert all(row["kind"] == "PURCHASE" for row in mine)
        if one.code:
            assert len(mine) > 8
            assert all(row["promotion_code"] for row in mine)
        else:
            days = {(NOON.date() - row["day"]).days for row in mine}
            assert days == set(one.bought_days_ago)


def test_a_handful_of_customers_is_enough() -> None:
    for customers in (1, 3, 9, 10):
        of = history(customers=customers)
        assert of.customers == customers
        assert people(of)[0].num_rows == customers
        orders_and_lines(of)


def test_returns_are_drawn_from_purchases_alone() -> None:
    of = history()
    origins = of.reverses[of.kind == RETURN]
    assert (of.kind[origins] == PURCHASE).all()
    assert len(set(origins.tolist())) == len(origins)
