"""Contact points are stored in one spelling, whatever the file or the person wrote."""

import pytest

from setia.customers import normalise


@pytest.mark.parametrize(
    "written",
    [
        "0812-2045-7781",
        "081220457781",
        "6281220457781",
        "81220457781",
        "+62 812 2045 7781",
        "+62 0812 2045 7781",
        "+62081220457781",
        "0062 812 2045 7781",
        "(0812) 2045.7781",
        "081220457781.0",
        "https://wa.me/6281220457781",
        "tel:+6281220457781",
        "\u200e0812\u20112045\u20117781",
        "０８１２２０４５７７８１",
    ],
)
def test_every_spelling_of_siti_s_mobile_is_one_number(written: str) -> None:
    assert normalise.phone(written) == "+6281220457781"


@pytest.mark.parametrize(
    ("stored", "written"),
    [
        ("+6281220457781", "0812-2045-7781"),
        ("+628122045778", "0812-2045-778"),
        ("+622152960000", "(021) 52960000"),
        ("+6561234567", "+65 6123 4567"),
    ],
)
def test_a_number_without_a_spelling_of_its_own_is_written_as_people_do(stored: str, written: str) -> None:
    assert normalise.written("WHATSAPP", stored) == written
    assert normalise.phone(written) == stored


def test_a_jakarta_landline_and_a_singapore_number_keep_their_own_codes() -> None:
    assert normalise.phone("021-5296 0000") == "+622152960000"
    assert normalise.phone("+65 6123 4567") == "+6561234567"


@pytest.mark.parametrize("written", ["", "-", "12", "tidak ada", "0000000000", "1e309", "0812", "9" * 40, "=1+1"])
def test_what_is_no_number_is_none(written: str) -> None:
    assert normalise.phone(written) is None


def test_an_e_mail_is_folded_and_its_wrapping_dropped() -> None:
    assert normalise.email(" Siti.Nurhaliza@Kusuma.ID ") == "siti.nurhaliza@kusuma.id"
    assert normalise.email("mailto:siti@kusuma.id?subject=halo") == "siti@kusuma.id"
    assert normalise.email("<siti@kusuma.id>") == "siti@kusuma.id"


@pytest.mark.parametrize("written", ["", "siti", "siti@", "@kusuma.id", "siti@kusuma", "a@b.id, c@d.id", "a..b@c.id"])
def test_what_is_no_e_mail_is_none(written: str) -> None:
    assert normalise.email(written) is None


@pytest.mark.parametrize(
    ("kind", "written", "stored"),
    [
        ("INSTAGRAM", "@Kusuma.Batik", "kusuma.batik"),
        ("INSTAGRAM", "https://www.instagram.com/Kusuma.Batik/?hl=id", "kusuma.batik"),
        ("INSTAGRAM", "instagram.com/kusuma.batik", "kusuma.batik"),
        ("TELEGRAM", "t.me/siti_n", "siti_n"),
        ("TIKTOK", "https://www.tiktok.com/@kusuma", "kusuma"),
        ("FACEBOOK", "https://facebook.com/profile.php?id=100012345", "100012345"),
        ("FACEBOOK", "m.facebook.com/kusuma.batik", "kusuma.batik"),
        ("LINE", "https://line.me/ti/p/~sitin", "sitin"),
        ("WHATSAPP", "0812 2045 7781", "+6281220457781"),
        ("ADDRESS", " Jl. Ir. H. Djuanda 112,\n Bandung ", "Jl. Ir. H. Djuanda 112, Bandung"),
    ],
)
def test_a_handle_loses_its_sign_and_its_address(kind: str, written: str, stored: str) -> None:
    assert normalise.contact(kind, written) == stored


@pytest.mark.parametrize("written", ["", "@", "https://instagram.com/", "dua kata", "<script>alert(1)</script>"])
def test_what_is_no_handle_is_none(written: str) -> None:
    assert normalise.contact("INSTAGRAM", written) is None


def test_text_loses_control_and_direction_characters_but_keeps_letters_of_every_script() -> None:
    assert normalise.text(" Siti\x00\u202e Nur\thaliza\n") == "Siti Nur haliza"
    assert normalise.text("محمد 🌺") == "محمد 🌺"
    assert normalise.paragraph("satu \r\n\r\n dua\x07") == "satu\n\ndua"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("01.300.276.1-093.000", "0013002761093000"),
        ("013002761093000", "0013002761093000"),
        ("0013 0027 6109 3000", "0013002761093000"),
        ("3273014107880002", "3273014107880002"),
        ("3273014107880002.0", "3273014107880002"),
    ],
)
def test_a_tax_number_is_kept_as_sixteen_digits_however_it_is_written(written: str, kept: str) -> None:
    assert normalise.tax_number(written) == kept


@pytest.mark.parametrize(
    "written",
    [
        "",
        "-",
        "013002762093000",
        "3273017207880002",
        "3273014113880002",
        "3273014107880000",
        "12345",
        "0" * 15,
        "1" * 17,
    ],
)
def test_what_cannot_be_a_tax_number_is_none(written: str) -> None:
    assert normalise.tax_number(written) is None
