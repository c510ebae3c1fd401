"""The fields of a file of orders, a row a line of an order."""

from setia.intake.reading.fields.base import (
    CATEGORY,
    CODE,
    CUSTOMER_NUMBER,
    EMAIL,
    GENDER,
    GENDER_WORDS,
    KIND,
    KIND_WORDS,
    NAME,
    NOTE,
    NOTE_LIMIT,
    PHONE,
    PRODUCT_NAME,
    REGION,
    Field,
    Type,
    split,
)

ORDERS = (
    Field(
        "order_number",
        Type.ID,
        split(
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
        split(
            "orderedat orderdate invoicedate transactiondate date datetime purchasedate tanggal tgl "
            "tanggalpesanan tanggaltransaksi tgltransaksi tanggalorder tglorder tanggalpembelian tglpesanan "
            "tanggalfaktur tglfaktur tanggalnota waktu waktutransaksi waktupesanan waktupesanandibuat createdat "
            "timestamp ordertime saledate salesdate orderdatetime tanggalbeli tanggaljual createdtime paidtime "
            "waktupembayaran tanggalinvoice billdate createddate orderedon"
        ),
        required=True,
    ),
    Field("ordered_time", Type.TIME, split("time jam pukul waktujam jamtransaksi transactiontime ordertime")),
    Field("customer_number", Type.ID, CUSTOMER_NUMBER, 100, placeholder=True),
    Field("customer_name", Type.TEXT, NAME, 300, placeholder=True),
    Field("customer_phone", Type.PHONE, PHONE),
    Field("customer_email", Type.EMAIL, EMAIL, 500),
    Field("customer_region", Type.TEXT, REGION, 200),
    Field("customer_gender", Type.CHOICE, GENDER_WORDS, choices=GENDER),
    Field("customer_kind", Type.CHOICE, KIND_WORDS, choices=KIND),
    Field("product_code", Type.ID, CODE, 100),
    Field("product_name", Type.TEXT, PRODUCT_NAME, 300, cut=True),
    Field("category", Type.TEXT, CATEGORY, 200),
    Field(
        "quantity",
        Type.NUMBER,
        split(
            "quantity qty jumlah jml kuantitas banyak banyaknya units pcs jumlahbarang qtysold jumlahproduk "
            "jumlahbeli numberofcds numberofitems itemcount quantityordered jumlahitem qtyjual count terjual "
            "jumlahprodukdipesan"
        ),
    ),
    Field(
        "unit_price",
        Type.NUMBER,
        split(
            "unitprice price harga hargasatuan hargajual hargaperunit itemprice sellingprice hargabarang "
            "hargaproduk hargaawal satuanharga hrg priceperunit unitcost hargasetelahdiskon hargapcs"
        ),
    ),
    Field(
        "amount",
        Type.NUMBER,
        split(
            "amount total subtotal linetotal totalprice totalamount totalharga totalbelanja nilai jumlahharga "
            "totalbayar totalpembayaran omzet omset revenue sales dollarvalue value nilaitransaksi grandtotal "
            "spend spending nominal jumlahbayar totalpenjualan penjualan totalhargaproduk nettsales netsales "
            "grosssales lineamount extendedprice totaltransaksi"
        ),
    ),
    Field(
        "line_discount",
        Type.NUMBER,
        split(
            "linediscount itemdiscount discountitem diskonbarang diskonitem diskonproduk potongan diskon discount "
            "disc discountamount potonganharga totaldiskon"
        ),
    ),
    Field(
        "order_discount",
        Type.NUMBER,
        split(
            "orderdiscount diskonpesanan diskonorder diskontransaksi potonganpesanan diskonnota voucherdiscount "
            "potonganvoucher diskonfaktur"
        ),
    ),
    Field(
        "promotion_code",
        Type.TEXT,
        split(
            "promotioncode promocode promo kodepromo kodevoucher voucher vouchercode couponcode coupon kupon "
            "kodekupon promotion promosi kodediskon discountcode"
        ),
        100,
    ),
    Field(
        "channel",
        Type.TEXT,
        split(
            "channel saleschannel kanal kanalpenjualan saluran salurantpenjualan platform marketplace "
            "sumberpenjualan outlet cabang toko store branch salespoint namatoko sumber"
        ),
        100,
    ),
    Field(
        "cancelled",
        Type.CANCELLED,
        split(
            "cancelled canceled status statuspesanan orderstatus statustransaksi batal dibatalkan iscancelled "
            "void retur refund isreturn statusorder transactionstatus state"
        ),
    ),
    Field(
        "reverses_number",
        Type.ID,
        split(
            "reversesnumber reverses originalinvoice originalorder fakturasal pesananasal returdari refundof "
            "nofakturasal notaasal originalordernumber returnof refnumber"
        ),
        200,
    ),
    Field("currency", Type.CURRENCY, split("currency matauang currencycode kurs valuta kodematauang"), 3),
    Field("note", Type.LONG_TEXT, NOTE, NOTE_LIMIT, cut=True),
)
