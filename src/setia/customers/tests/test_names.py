"""Names are taken apart the Indonesian way: titles, call name, legal form."""

import pytest

from setia.customers import names


@pytest.mark.parametrize(
    ("written", "name", "title", "call_name"),
    [
        ("Ibu Siti Nurhaliza", "Siti Nurhaliza", "Ibu", "Nurhaliza"),
        ("Bpk. H. Budi Santoso, S.E., M.M.", "Budi Santoso", "Bpk. H., S.E., M.M.", "Budi"),
        ("dr. Maria Goretti Simanjuntak, Sp.A", "Maria Goretti Simanjuntak", "dr., Sp.A", "Maria"),
        ("Ir. Joko Widagdo", "Joko Widagdo", "Ir.", "Joko"),
        ("Andi Tenri S.Kom.", "Andi Tenri", "S.Kom.", "Andi"),
        ("Prof. Dr. Ir. Bambang, Ph.D.", "Bambang", "Prof. Dr. Ir., Ph.D.", "Bambang"),
        ("Muhammad Rizky Ramadhan", "Muhammad Rizky Ramadhan", "", "Rizky"),
        ("M. Yusuf", "M. Yusuf", "", "Yusuf"),
        ("I Gusti Ngurah Agung Wirawan", "I Gusti Ngurah Agung Wirawan", "", "Ngurah"),
        ("Raden Ajeng Siti Nurhaliza Kusumawardhani", "Raden Ajeng Siti Nurhaliza Kusumawardhani", "", "Nurhaliza"),
        ("Sukarno", "Sukarno", "", "Sukarno"),
        ("Ny Sri", "Sri", "Ny", "Sri"),
        ("Hasan, Bandung", "Hasan, Bandung", "", "Hasan"),
        ("H", "H", "", "H"),
        ("", "", "", ""),
    ],
)
def test_a_person_s_titles_stand_apart(written: str, name: str, title: str, call_name: str) -> None:
    assert names.split(written) == ("PERSON", name, title, call_name)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("PT. Rasa Nusantara Boga", "PT Rasa Nusantara Boga"),
        ("pt rasa nusantara", "PT rasa nusantara"),
        ("Rasa Nusantara, PT", "PT Rasa Nusantara"),
        ("CV Aroma Priangan", "CV Aroma Priangan"),
        ("UD. Sumber Rejeki", "UD Sumber Rejeki"),
        ("Bank Nusantara Tbk.", "Bank Nusantara Tbk."),
        ("Koperasi Karyawan Telaga Biru", "Koperasi Karyawan Telaga Biru"),
    ],
)
def test_a_firm_is_known_by_its_legal_form(written: str, name: str) -> None:
    assert names.split(written) == ("COMPANY", name, "", "")


def test_one_word_is_never_a_firm() -> None:
    assert not names.is_firm("PT")
    assert not names.is_firm("Cvetana")


@pytest.mark.parametrize("written", ["Bpk. H. Budi Santoso, S.E., M.M.", "Andi Tenri, S.Kom.", "Ibu Ayu", "Ayu"])
def test_titles_go_back_where_they_were(written: str) -> None:
    taken = names.split(written)
    assert names.with_titles(taken.name, taken.title) == written
