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


def _w(text: str) -> tuple[str, ...]:
    return tuple(text.split())


GENDER = (
    ("FEMALE", _w("female f perempuan p pr wanita w woman cewek ibu nyonya mrs ms")),
    ("MALE", _w("male m lakilaki l lk laki pria man cowok bapak tuan mr")),
)
KIND = (
    ("PERSON", _w("person orang perorangan pribadi individu individual personal")),
    (
        "COMPANY",
        _w(
            "company perusahaan badan badanusaha organisasi organization organisation instansi toko pt cv firma "
            "korporat corporate business bisnis"
        ),
    ),
)
ROLE = (
    ("INTERNAL", _w("internal agen agent distributor inhouseseller penjualinternal")),
    ("EXTERNAL", _w("external eksternal enduser penggunaakhir konsumen customer pelanggan")),
    ("INTERMEDIARY", _w("intermediary perantara reseller dropshipper pedagang trader grosir")),
)
RELATION = (
    ("CLIENT", ("client", "klien")),
    ("BUYER", ("buyer", "pembeli", "pelangganlepas")),
)
ACQUISITION = (
    ("RECOMMENDED", _w("recommended rekomendasi direkomendasikan referral referensi teman rujukan")),
    ("OWN", _w("own owneffort sendiri usahasendiri iklan promosi pameran website walkin")),
)
ANSWER = (
    ("GRANTED", _w("granted yes ya y setuju bersedia true t 1 optin subscribed setujuh boleh")),
    ("WITHDRAWN", _w("withdrawn no tidak n tdk menolak tolak false f 0 optout unsubscribed keberatan batal")),
)
PURPOSE = (
    ("MARKETING", _w("marketing promosi promo penawaran newsletter offersandnews penawarandankabar")),
    ("SURVEY", _w("survey survei questionsandsurveys pertanyaandansurvei")),
    ("SHARING", _w("sharing berbagi mitra partner passingdataontopartners meneruskandatakepadamitra")),
    ("SERVICE", _w("service layanan ordersandservice pesanandanlayanan")),
)
HOW = (
    ("FORM", _w("form formulir webform formulirweb website situs")),
    ("PAPER", _w("paper kertas signedpaper suratbertandatangan tandatangan formulirkertas")),
    ("SPOKEN", _w("spoken lisan telepon phone langsung")),
    ("MESSAGE", _w("message pesan whatsapp wa chat email surel")),
    ("IMPORT", _w("import file berkas fromafile dariberkas")),
    ("API", _w("api system sistem")),
)
PRODUCT_KIND = (
    ("GOODS", _w("goods barang produk product item fisik")),
    ("SERVICE", ("service", "jasa", "layanan")),
)

_CUSTOMER_NUMBER = _w(
    "customerid customernumber customerno customercode custid custno custcode customer clientid "
    "idpelanggan nopelanggan nomorpelanggan kodepelanggan idcustomer kodecustomer pelangganid memberid "
    "idmember nomember kodemember idanggota noanggota buyerid idpembeli userid accountid akun username "
    "usernamepembeli buyerusername idklien kodeklien custnumber"
)
_NAME = _w(
    "customername namapelanggan namacustomer namapembeli buyername clientname namaklien pelanggan pembeli "
    "namapenerima recipientname namamember membername fullname namalengkap nama name"
)
_PHONE = _w(
    "phone phonenumber telephone mobile mobilephone telepon notelepon nomortelepon notelp telp hp nohp "
    "nomorhp handphone nohandphone customerphone teleponpelanggan hppelanggan nohppelanggan buyerphone "
    "cellphone tel nomorteleponpembeli ponsel noponsel phoneno"
)
_EMAIL = _w("email emailaddress surel alamatemail customeremail emailpelanggan mail buyeremail")
_REGION = _w(
    "country region city kota kabupaten kotakabupaten kabupatenkota provinsi province wilayah daerah "
    "negara domisili area kecamatan state customerregion customercity kotapelanggan kotapengiriman"
)
_GENDER = _w("gender sex jeniskelamin jk kelamin lp customergender")
_KIND = _w("kind customerkind customertype jenispelanggan tipepelanggan jeniscustomer")
_NOTE = _w("note notes catatan keterangan ket comment komentar remarks memo catatanpembeli")
_CODE = _w(
    "productcode stockcode sku kodeproduk kodebarang itemcode kodeitem productid idproduk idbarang itemid "
    "nomorreferensisku skuinduk nomorsku barcode plu articlecode partnumber"
)
_PRODUCT_NAME = _w(
    "productname namaproduk namabarang itemname namaitem product produk barang item description deskripsi "
    "uraian producttitle itemdescription namamenu menu productdescription"
)
_CATEGORY = _w(
    "category kategori productcategory kategoriproduk productgroup kelompok golongan group department "
    "departemen kategoribarang"
)
_NOTE_LIMIT = 20_000

ORDERS = (
    Field(
        "order_number",
        Type.ID,
        _w(
            "ordernumber orderno orderid invoice invoiceno invoicenumber invoiceid nopesanan nomorpesanan "
            "idpesanan kodepesanan nofaktur nomorfaktur faktur nota nonota nomornota notransaksi nomortransaksi "
            "idtransaksi kodetransaksi transactionid transactionno receiptno receipt struk nostruk nomorstruk "
            "billno salesorder so noorder order transactionnumber kodeorder noinvoice nomorinvoice salesid bill "
            "pesanan idorder"
        ),
        200,
    ),
    Field(
        "ordered_at",
        Type.MOMENT,
        _w(
            "orderedat orderdate invoicedate transactiondate date datetime purchasedate tanggal tgl "
            "tanggalpesanan tanggaltransaksi tgltransaksi tanggalorder tglorder tanggalpembelian tglpesanan "
            "tanggalfaktur tglfaktur tanggalnota waktu waktutransaksi waktupesanan waktupesanandibuat createdat "
            "timestamp ordertime saledate salesdate orderdatetime tanggalbeli tanggaljual createdtime paidtime "
            "waktupembayaran tanggalinvoice billdate createddate orderedon"
        ),
        required=True,
    ),
    Field("ordered_time", Type.TIME, _w("time jam pukul waktujam jamtransaksi transactiontime ordertime")),
    Field("customer_number", Type.ID, _CUSTOMER_NUMBER, 100, placeholder=True),
    Field("customer_name", Type.TEXT, _NAME, 300, placeholder=True),
    Field("customer_phone", Type.PHONE, _PHONE),
    Field("customer_email", Type.EMAIL, _EMAIL, 500),
    Field("customer_region", Type.TEXT, _REGION, 200),
    Field("customer_gender", Type.CHOICE, _GENDER, choices=GENDER),
    Field("customer_kind", Type.CHOICE, _KIND, choices=KIND),
    Field("product_code", Type.ID, _CODE, 100),
    Field("product_name", Type.TEXT, _PRODUCT_NAME, 300, cut=True),
    Field("category", Type.TEXT, _CATEGORY, 200),
    Field(
        "quantity",
        Type.NUMBER,
        _w(
            "quantity qty jumlah jml kuantitas banyak banyaknya units pcs jumlahbarang qtysold jumlahproduk "
            "jumlahbeli numberofcds numberofitems itemcount quantityordered jumlahitem qtyjual count terjual "
            "jumlahprodukdipesan"
        ),
    ),
    Field(
        "unit_price",
        Type.NUMBER,
        _w(
            "unitprice price harga hargasatuan hargajual hargaperunit itemprice sellingprice hargabarang "
            "hargaproduk hargaawal satuanharga hrg priceperunit unitcost hargasetelahdiskon hargapcs"
        ),
    ),
    Field(
        "amount",
        Type.NUMBER,
        _w(
            "amount total subtotal linetotal totalprice totalamount totalharga totalbelanja nilai jumlahharga "
            "totalbayar totalpembayaran omzet omset revenue sales dollarvalue value nilaitransaksi grandtotal "
            "spend spending nominal jumlahbayar totalpenjualan penjualan totalhargaproduk nettsales netsales "
            "grosssales lineamount extendedprice totaltransaksi"
        ),
    ),
    Field(
        "line_discount",
        Type.NUMBER,
        _w(
            "linediscount itemdiscount discountitem diskonbarang diskonitem diskonproduk potongan diskon discount "
            "disc discountamount potonganharga totaldiskon"
        ),
    ),
    Field(
        "order_discount",
        Type.NUMBER,
        _w(
            "orderdiscount diskonpesanan diskonorder diskontransaksi potonganpesanan diskonnota voucherdiscount "
            "potonganvoucher diskonfaktur"
        ),
    ),
    Field(
        "promotion_code",
        Type.TEXT,
        _w(
            "promotioncode promocode promo kodepromo kodevoucher voucher vouchercode couponcode coupon kupon "
            "kodekupon promotion promosi kodediskon discountcode"
        ),
        100,
    ),
    Field(
        "channel",
        Type.TEXT,
        _w(
            "channel saleschannel kanal kanalpenjualan saluran salurantpenjualan platform marketplace "
            "sumberpenjualan outlet cabang toko store branch salespoint namatoko sumber"
        ),
        100,
    ),
    Field(
        "cancelled",
        Type.CANCELLED,
        _w(
            "cancelled canceled status statuspesanan orderstatus statustransaksi batal dibatalkan iscancelled "
            "void retur refund isreturn statusorder transactionstatus state"
        ),
    ),
    Field(
        "reverses_number",
        Type.ID,
        _w(
            "reversesnumber reverses originalinvoice originalorder fakturasal pesananasal returdari refundof "
            "nofakturasal notaasal originalordernumber returnof refnumber"
        ),
        200,
    ),
    Field("currency", Type.CURRENCY, _w("currency matauang currencycode kurs valuta kodematauang"), 3),
    Field("note", Type.LONG_TEXT, _NOTE, _NOTE_LIMIT, cut=True),
)

CUSTOMERS = (
    Field("number", Type.ID, (*_CUSTOMER_NUMBER, *_w("id kode code nomor no number")), 100, placeholder=True),
    Field("name", Type.TEXT, (*_NAME, "companyname", "namaperusahaan", "namatoko", "customer"), 300),
    Field("call_name", Type.TEXT, _w("callname called nickname panggilan namapanggilan sapaan namapendek"), 100),
    Field("title", Type.TEXT, ("title", "titles", "gelar", "titel", "jabatan", "salutation"), 100),
    Field("kind", Type.CHOICE, (*_KIND, "jenis", "tipe", "type"), choices=KIND),
    Field("role", Type.CHOICE, ("role", "peran", "golonganpelanggan", "customerrole"), choices=ROLE),
    Field("relation", Type.CHOICE, ("relation", "hubungan", "relasi", "klienataupembeli"), choices=RELATION),
    Field("industry", Type.TEXT, _w("industry industri bidangusaha sektor bidang sector usaha"), 100),
    Field(
        "acquisition",
        Type.CHOICE,
        _w(
            "acquisition cameby datanglewat sumber sumberpelanggan asalpelanggan leadsource acquisitionsource carikenal"
        ),
        choices=ACQUISITION,
    ),
    Field("gender", Type.CHOICE, _GENDER, choices=GENDER),
    Field("birthday", Type.DATE, _w("birthday birthdate dateofbirth dob tanggallahir tgllahir lahir ulangtahun ultah")),
    Field(
        "tax_number",
        Type.TAX,
        _w(
            "taxnumber taxid nomorpajak npwp nonpwp nomornpwp npwp16 npwp15 "
            "nik nonik nomornik ktp noktp nomorktp nikktp vatnumber"
        ),
    ),
    Field("region", Type.TEXT, _REGION, 200),
    Field("notes", Type.LONG_TEXT, _NOTE, _NOTE_LIMIT, cut=True),
    Field("phone", Type.PHONE, (*_PHONE, "contact", "kontak", "nokontak", "contactnumber")),
    Field("whatsapp", Type.PHONE, _w("whatsapp wa nowa nomorwa nowhatsapp nomorwhatsapp hpwa nohpwa")),
    Field("email", Type.EMAIL, _EMAIL, 500),
    Field("instagram", Type.HANDLE, ("instagram", "ig", "akunig", "akuninstagram", "instagramhandle"), 100),
    Field("facebook", Type.HANDLE, ("facebook", "fb", "akunfb", "akunfacebook"), 100),
    Field("telegram", Type.HANDLE, ("telegram", "tele", "akuntelegram"), 100),
    Field("line", Type.HANDLE, ("line", "idline", "lineid", "akunline"), 100),
    Field("tiktok", Type.HANDLE, ("tiktok", "akuntiktok"), 100),
    Field(
        "address",
        Type.LONG_TEXT,
        _w(
            "address alamat alamatlengkap alamatkirim alamatpengiriman streetaddress street jalan shippingaddress "
            "alamatrumah"
        ),
        500,
        cut=True,
    ),
    Field(
        "owner",
        Type.OWNER,
        _w(
            "owner responsible accountowner accountmanager salesrep salesperson pic penanggungjawab sales salesman "
            "namasales emailsales owneremail"
        ),
        254,
    ),
    Field("consent", Type.CHOICE, _w("consent persetujuan setuju optin izin"), choices=ANSWER),
    Field(
        "consent_purpose",
        Type.CHOICE,
        _w("consentpurpose tujuanpersetujuan persetujuanuntuk tujuanizin"),
        choices=PURPOSE,
    ),
    Field("consent_channel", Type.CHANNELS, _w("consentchannel kanalpersetujuan saluranpersetujuan kanalizin"), 200),
    Field(
        "consent_at",
        Type.MOMENT,
        _w("consentat consentdate consentedat tanggalpersetujuan waktupersetujuan tglpersetujuan tanggalizin"),
    ),
    Field("consent_how", Type.CHOICE, _w("consenthow carapersetujuan caraizin consentmethod"), choices=HOW),
    Field("tags", Type.TAGS, _w("tags tag label labels labelpelanggan segmen"), 2_000),
)

PRODUCTS = (
    Field("code", Type.ID, (*_CODE, "code", "kode", "id", "number", "nomor"), 100, required=True),
    Field("name", Type.TEXT, (*_PRODUCT_NAME, "name", "nama", "judul"), 300, cut=True),
    Field("category", Type.TEXT, _CATEGORY, 200),
    Field(
        "price",
        Type.NUMBER,
        _w("price harga hargajual unitprice hargasatuan sellingprice retailprice listprice hargaretail hargaeceran"),
    ),
    Field("kind", Type.CHOICE, _w("kind type jenis tipe jenisproduk producttype"), choices=PRODUCT_KIND),
    Field("notes", Type.LONG_TEXT, _NOTE, _NOTE_LIMIT, cut=True),
)

FIELDS: dict[str, tuple[Field, ...]] = {"ORDERS": ORDERS, "CUSTOMERS": CUSTOMERS, "PRODUCTS": PRODUCTS}

MONEY = ("unit_price", "amount")
"""An order row says its money in at least one of these."""

REACHABLE = _w("number name phone whatsapp email instagram facebook telegram line tiktok")
"""A customer row has at least one of these, else there is nobody to record."""


CONSENT = ("consent", "consent_purpose", "consent_channel", "consent_at")
"""An answer on consent says what for, on which channel and when: none of it is ever made up."""


def field_of(what: str, name: str) -> Field:
    """The field of that name. Raises KeyError."""
    for field in FIELDS[what]:
        if field.name == name:
            return field
    raise KeyError(name)
