"""The fields a file may fill, for each kind of thing that is taken in, and the words columns are known by.

Synonyms are written folded (lower case, letters and digits only), Indonesian and English mixed, because the exports of
marketplaces, cash registers and spreadsheets mix them too.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Type(StrEnum):
    """How a cell of the field is read."""

    ID = "ID"
    TEXT = "TEXT"
    LONG_TEXT = "LONG_TEXT"
    NUMBER = "NUMBER"
    MOMENT = "MOMENT"
    TIME = "TIME"
    DATE = "DATE"
    PHONE = "PHONE"
    TAX = "TAX"
    OWNER = "OWNER"
    TAGS = "TAGS"
    CHANNELS = "CHANNELS"
    EMAIL = "EMAIL"
    HANDLE = "HANDLE"
    CHOICE = "CHOICE"
    CURRENCY = "CURRENCY"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True)
class Field:
    """One field. `limit` is the length of the database column; a longer text is rejected, or cut where `cut`.

    `label` is what the firm calls a field of its own; the others are named in `words`.
    """

    name: str
    type: Type
    synonyms: tuple[str, ...]
    limit: int = 0
    required: bool = False
    cut: bool = False
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()
    placeholder: bool = False
    label: str = ""


def split(text: str) -> tuple[str, ...]:
    """Words by their spaces."""
    return tuple(text.split())


GENDER = (
    ("FEMALE", split("female f perempuan p pr wanita w woman cewek ibu nyonya mrs ms")),
    ("MALE", split("male m lakilaki l lk laki pria man cowok bapak tuan mr")),
)
KIND = (
    ("PERSON", split("person orang perorangan pribadi individu individual personal")),
    (
        "COMPANY",
        split(
            "company perusahaan badan badanusaha organisasi organization organisation instansi toko pt cv firma "
            "korporat corporate business bisnis"
        ),
    ),
)
ROLE = (
    ("INTERNAL", split("internal agen agent distributor inhouseseller penjualinternal")),
    ("EXTERNAL", split("external eksternal enduser penggunaakhir konsumen customer pelanggan")),
    ("INTERMEDIARY", split("intermediary perantara reseller dropshipper pedagang trader grosir")),
)
RELATION = (
    ("CLIENT", ("client", "klien")),
    ("BUYER", ("buyer", "pembeli", "pelangganlepas")),
)
ACQUISITION = (
    ("RECOMMENDED", split("recommended rekomendasi direkomendasikan referral referensi teman rujukan")),
    ("OWN", split("own owneffort sendiri usahasendiri iklan promosi pameran website walkin")),
)
ANSWER = (
    ("GRANTED", split("granted yes ya y setuju bersedia true t 1 optin subscribed setujuh boleh")),
    ("WITHDRAWN", split("withdrawn no tidak n tdk menolak tolak false f 0 optout unsubscribed keberatan batal")),
)
PURPOSE = (
    ("MARKETING", split("marketing promosi promo penawaran newsletter offersandnews penawarandankabar")),
    ("SURVEY", split("survey survei questionsandsurveys pertanyaandansurvei")),
    ("SHARING", split("sharing berbagi mitra partner passingdataontopartners meneruskandatakepadamitra")),
    ("SERVICE", split("service layanan ordersandservice pesanandanlayanan")),
)
HOW = (
    ("FORM", split("form formulir webform formulirweb website situs")),
    ("PAPER", split("paper kertas signedpaper suratbertandatangan tandatangan formulirkertas")),
    ("SPOKEN", split("spoken lisan telepon phone langsung")),
    ("MESSAGE", split("message pesan whatsapp wa chat email surel")),
    ("IMPORT", split("import file berkas fromafile dariberkas")),
    ("API", split("api system sistem")),
)
PRODUCT_KIND = (
    ("GOODS", split("goods barang produk product item fisik")),
    ("SERVICE", ("service", "jasa", "layanan")),
)

CUSTOMER_NUMBER = split(
    "customerid customernumber customerno customercode custid custno custcode customer clientid "
    "idpelanggan nopelanggan nomorpelanggan kodepelanggan idcustomer kodecustomer pelangganid memberid "
    "idmember nomember kodemember idanggota noanggota buyerid idpembeli userid accountid akun username "
    "usernamepembeli buyerusername idklien kodeklien custnumber"
)
NAME = split(
    "customername namapelanggan namacustomer namapembeli buyername clientname namaklien pelanggan pembeli "
    "namapenerima recipientname namamember membername fullname namalengkap nama name"
)
PHONE = split(
    "phone phonenumber telephone mobile mobilephone telepon notelepon nomortelepon notelp telp hp nohp "
    "nomorhp handphone nohandphone customerphone teleponpelanggan hppelanggan nohppelanggan buyerphone "
    "cellphone tel nomorteleponpembeli ponsel noponsel phoneno"
)
EMAIL = split("email emailaddress surel alamatemail customeremail emailpelanggan mail buyeremail")
REGION = split(
    "country region city kota kabupaten kotakabupaten kabupatenkota provinsi province wilayah daerah "
    "negara domisili area kecamatan state customerregion customercity kotapelanggan kotapengiriman"
)
GENDER_WORDS = split("gender sex jeniskelamin jk kelamin lp customergender")
KIND_WORDS = split("kind customerkind customertype jenispelanggan tipepelanggan jeniscustomer")
NOTE = split("note notes catatan keterangan ket comment komentar remarks memo catatanpembeli")
CODE = split(
    "productcode stockcode sku kodeproduk kodebarang itemcode kodeitem productid idproduk idbarang itemid "
    "nomorreferensisku skuinduk nomorsku barcode plu articlecode partnumber"
)
PRODUCT_NAME = split(
    "productname namaproduk namabarang itemname namaitem product produk barang item description deskripsi "
    "uraian producttitle itemdescription namamenu menu productdescription"
)
CATEGORY = split(
    "category kategori productcategory kategoriproduk productgroup kelompok golongan group department "
    "departemen kategoribarang"
)
NOTE_LIMIT = 20_000
