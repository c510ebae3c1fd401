"""What columns mean, in two languages, and the mapping as a person writes it."""

from pathlib import Path

import pytest

from setia.intake import reading


def suggest(folder: Path, text: str, what: str = "ORDERS", **more: object) -> reading.Plan:
    path = folder / "file.csv"
    path.write_text(text)
    layout = reading.sniff(path)
    remembered = more.get("remembered")
    assert remembered is None or isinstance(remembered, dict)
    return reading.suggest(what, layout, reading.sample(path, layout), remembered)


def named(plan: reading.Plan) -> dict[str, str]:
    return {name: plan.header[place] for name, place in plan.fields.items()}


def test_a_shops_export_in_indonesian_is_understood(tmp_path: Path) -> None:
    plan = suggest(
        tmp_path,
        "No. Pesanan;Tgl Pesanan;Jam;Nama Pembeli;No. HP;Kota;SKU;Nama Produk;Jumlah;Harga Satuan;Total Harga;Status;"
        "Catatan\n"
        "A1;31/12/2025;14.05;Siti;0812-3456-7890;Bandung;K-1;Kopi;2;Rp12.500;Rp25.000;Selesai;titip\n"
        "A2;31/12/2025;15.05;Budi;0813-3456-7890;Depok;K-1;Kopi;1;Rp12.500;Rp12.500;Dibatalkan;\n",
    )
    assert named(plan) == {
        "order_number": "No. Pesanan",
        "ordered_at": "Tgl Pesanan",
        "ordered_time": "Jam",
        "customer_name": "Nama Pembeli",
        "customer_phone": "No. HP",
        "customer_region": "Kota",
        "product_code": "SKU",
        "product_name": "Nama Produk",
        "quantity": "Jumlah",
        "unit_price": "Harga Satuan",
        "amount": "Total Harga",
        "cancelled": "Status",
        "note": "Catatan",
    }
    assert (plan.date_order, plan.decimal, plan.thousands) == ("DMY", ",", ".")
    assert plan.cancelled.kind == "COLUMN"
    assert plan.currency == "IDR"
    assert plan.missing() == []


def test_an_english_invoice_file_is_understood(tmp_path: Path) -> None:
    plan = suggest(
        tmp_path,
        "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country\n"
        "489434,85048,LIGHTS,12,2009-12-01 07:45:00,6.95,13085,United Kingdom\n",
    )
    assert named(plan) == {
        "order_number": "Invoice",
        "product_code": "StockCode",
        "product_name": "Description",
        "quantity": "Quantity",
        "ordered_at": "InvoiceDate",
        "unit_price": "Price",
        "customer_number": "Customer ID",
        "customer_region": "Country",
    }
    assert (plan.cancelled.kind, plan.cancelled.prefix) == ("PREFIX", "C")


def test_a_list_of_customers_is_understood(tmp_path: Path) -> None:
    plan = suggest(
        tmp_path,
        "Nama Lengkap,Panggilan,No. WA,Surel,Tgl Lahir,JK,Alamat Kirim,Kota,Jenis Pelanggan,IG\n"
        "Siti Rahma,Siti,081234567890,siti@contoh.id,17/08/1990,P,Jl. Melati 1,Bandung,Perorangan,@siti\n",
        "CUSTOMERS",
    )
    assert named(plan) == {
        "name": "Nama Lengkap",
        "call_name": "Panggilan",
        "whatsapp": "No. WA",
        "email": "Surel",
        "birthday": "Tgl Lahir",
        "gender": "JK",
        "address": "Alamat Kirim",
        "region": "Kota",
        "kind": "Jenis Pelanggan",
        "instagram": "IG",
    }


def test_a_list_of_products_is_understood(tmp_path: Path) -> None:
    plan = suggest(tmp_path, "kode,nama barang,kategori,harga\nK-1,Kopi,Minuman,12500\n", "PRODUCTS")
    assert named(plan) == {"code": "kode", "name": "nama barang", "category": "kategori", "price": "harga"}


def test_what_stands_in_a_column_overrules_its_name(tmp_path: Path) -> None:
    plan = suggest(tmp_path, "order,date,total\n" + "A1,besok,10\n" * 30)
    assert plan.missing() == ["ordered_at"]
    few = suggest(tmp_path, "order,date,total\nA1,besok,sepuluh\n")
    assert few.missing() == [], "a few bad cells do not outweigh a name"


def test_columns_without_names_are_known_by_what_stands_in_them(tmp_path: Path) -> None:
    text = "".join(f"{n // 2:05d},{n // 2:04d},1997010{n % 9 + 1},{n % 3 + 1},{n}.77\n" for n in range(20))
    plan = suggest(tmp_path, text)
    assert plan.fields == {"customer_number": 0, "ordered_at": 2, "quantity": 3, "amount": 4}


def test_what_the_sample_does_not_settle_is_said(tmp_path: Path) -> None:
    plan = suggest(tmp_path, "order,date,total\nA1,02/03/2026,12.500\nA2,04/05/2026,85.000\n")
    assert set(plan.unsure) == {"date_order", "number_signs"}
    assert (plan.date_order, plan.decimal) == ("DMY", ",")


def test_a_remembered_mapping_keeps_its_columns_and_looks_at_the_dates_again(tmp_path: Path) -> None:
    text = "order,date,total,other\nA1,02/03/2026,1.5,7\n"
    first = suggest(tmp_path, text)
    corrected = {**first.to_json(), "fields": {"order_number": 0, "ordered_at": 1, "amount": 3}, "placeholders": "KEEP"}
    again = suggest(tmp_path, "order,date,total,other\nA1,02/28/2026,1.5,7\n", remembered=corrected)
    assert again.fields == {"order_number": 0, "ordered_at": 1, "amount": 3}
    assert again.placeholders == "KEEP"
    assert again.date_order == "MDY"
    ambiguous = suggest(tmp_path, text, remembered={**corrected, "date_order": "MDY"})
    assert ambiguous.date_order == "MDY", "where the sample says nothing, what a person chose stands"


def test_an_id_that_behaves_like_many_people_is_a_placeholder(tmp_path: Path) -> None:
    header = "order,date,customer id,customer name,total\n"
    crowd = "".join(f"A{n},2026-03-01,999,Orang {n % 9},10\n" for n in range(400))
    people = "".join(f"B{n},2026-03-01,{n},Nama {n},10\n" for n in range(1000, 2990))
    path = tmp_path / "file.csv"
    path.write_text(header + crowd + people)
    layout = reading.sniff(path)
    plan = reading.suggest("ORDERS", layout, reading.sample(path, layout, 5000))
    assert plan.placeholder_ids == ("999",)


def test_a_mapping_written_by_hand_names_columns() -> None:
    plan = reading.Plan.from_json(
        {"fields": {"order_number": "Invoice", "ordered_at": "invoice date", "amount": 2}, "decimal": ","},
        what="ORDERS",
        header=("Invoice", "Invoice Date", "Total"),
    )
    assert plan.fields == {"order_number": 0, "ordered_at": 1, "amount": 2}
    assert (plan.decimal, plan.thousands) == (",", ".")
    assert reading.Plan.from_json(plan.to_json()) == plan


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"what": "SHOES"}, "plan_what"),
        ({"fields": {"colour": 0}}, "plan_field"),
        ({"fields": {"amount": "Colour"}}, "plan_column"),
        ({"fields": {"amount": 99}}, "plan_column"),
        ({"fields": {"amount": -1}}, "plan_column"),
        ({"fields": ["amount"]}, "plan"),
        ({"date_order": "YDM"}, "plan_value"),
        ({"decimal": ".", "thousands": "."}, "plan_signs"),
        ({"cancelled": "C"}, "plan"),
    ],
)
def test_a_mapping_that_cannot_be_says_why(data: dict[str, object], code: str) -> None:
    with pytest.raises(reading.Unreadable) as refusal:
        reading.Plan.from_json({"what": "ORDERS", "header": ["Total"], **data})
    assert refusal.value.code == code


def test_a_mapping_says_what_is_still_missing() -> None:
    assert reading.Plan("ORDERS", {"order_number": 0}).missing() == ["ordered_at", "unit_price|amount"]
    assert reading.Plan("PRODUCTS", {"name": 0}).missing() == ["code"]
    assert reading.Plan("CUSTOMERS", {"region": 0}).missing()[0].startswith("number|name")
    marked = reading.Plan("ORDERS", {"ordered_at": 0, "amount": 1}, cancelled=reading.Cancelled("COLUMN"))
    assert marked.missing() == ["cancelled"]
