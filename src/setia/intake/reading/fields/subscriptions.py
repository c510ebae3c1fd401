"""The fields of a file of subscriptions, a row a subscription, and of one of installed units, a row a unit.

Both name their customer as an order does. A subscription's days say what became of it: a trial, a rest, an end.
"""

from setia.intake.reading.fields.base import (
    CODE,
    CUSTOMER_NUMBER,
    EMAIL,
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

PERIOD = (
    ("MONTH", split("month monthly months bulan bulanan perbulan tiapbulan setiapbulan 1bulan bln mo permonth")),
    ("QUARTER", split("quarter quarterly triwulan triwulanan kuartal kuartalan pertriwulan 3bulan perquarter")),
    ("YEAR", split("year yearly annual annually tahun tahunan pertahun 12bulan thn peryear yr setiaptahun")),
    ("DAYS", split("days day hari harian daily byday")),
)
STATUS = (
    ("TRIAL", split("trial trialing ontrial masacoba ujicoba percobaan coba")),
    ("ACTIVE", split("active aktif running berjalan current live berlangganan")),
    ("PAUSED", split("paused dijeda jeda onhold hold suspended ditangguhkan cuti")),
    ("CANCELLED", split("cancelled canceled dibatalkan batal berhenti churned terminated stopped")),
    ("EXPIRED", split("expired habismasa kedaluwarsa kadaluarsa ended finished selesai berakhir")),
)
REASON = (
    ("PRICE", split("price tooexpensive terlalumahal mahal harga expensive")),
    ("UNUSED", split("unused notusedenough kurangterpakai jarangdipakai tidakterpakai")),
    ("COMPETITOR", split("competitor wenttoacompetitor pindahkepesaing pesaing kompetitor switched")),
    ("QUALITY", split("quality notcontentwithproductorservice tidakpuasdenganprodukataulayanan kualitas tidakpuas")),
    ("UNPAID", split("unpaid didnotpay tidakmembayar menunggak nunggak paymentfailed")),
    ("MOVED", split("moved movedorcloseddown pindahataututup tutup closed pindah")),
    ("OTHER", split("other anotherreason alasanlain lainlain lainnya lain")),
)

CUSTOMER = (
    Field("customer_number", Type.ID, CUSTOMER_NUMBER, 100, placeholder=True),
    Field("customer_name", Type.TEXT, (*NAME, "customer"), 300, placeholder=True),
    Field("customer_phone", Type.PHONE, PHONE),
    Field("customer_email", Type.EMAIL, EMAIL, 500),
    Field("customer_region", Type.TEXT, REGION, 200),
)

SUBSCRIPTIONS = (
    Field(
        "subscription_number",
        Type.ID,
        split(
            "subscriptionnumber subscriptionid subscriptionno nomorlangganan nolangganan idlangganan kodelangganan "
            "contractnumber contractno nokontrak nomorkontrak idkontrak membershipid nomorkeanggotaan number nomor "
            "no id"
        ),
        200,
        required=True,
    ),
    *CUSTOMER,
    Field(
        "plan_code",
        Type.ID,
        split(
            "plancode planid kodepaket idpaket paketkode plan paket package packagecode tier kodelayanan jenislangganan"
        ),
        100,
    ),
    Field(
        "plan_name",
        Type.TEXT,
        split("planname namapaket packagename namalangganan subscriptionname layanan membership keanggotaan langganan"),
        200,
    ),
    Field(
        "quantity",
        Type.NUMBER,
        split("quantity qty jumlah jml kuantitas seats seat licenses lisensi pengguna users banyaknya"),
    ),
    Field(
        "price",
        Type.NUMBER,
        split(
            "price priceeachperiod hargatiapperiode harga unitprice hargasatuan amount biaya fee tarif rate iuran "
            "biayalangganan hargalangganan hargapaket planprice recurringamount nominal"
        ),
    ),
    Field(
        "discount_percent",
        Type.NUMBER,
        split("discountinpercent potongandalampersen discountpercent diskonpersen discount diskon potongan disc"),
    ),
    Field("currency", Type.CURRENCY, split("currency matauang currencycode kurs valuta kodematauang"), 3),
    Field(
        "period",
        Type.CHOICE,
        split(
            "period periode billingperiod interval billinginterval siklus siklustagihan cycle billingcycle frekuensi"
        ),
        choices=PERIOD,
    ),
    Field("period_days", Type.NUMBER, split("days hari perioddays harisatuperiode intervaldays jumlahhari")),
    Field(
        "started_date",
        Type.DATE,
        split(
            "starteddate firstday haripertama startdate started start since sejak mulai tanggalmulai tglmulai "
            "mulailangganan createdat created tanggaldaftar tgldaftar joindate begindate validfrom berlakusejak dari"
        ),
        required=True,
    ),
    Field(
        "trial_until_date",
        Type.DATE,
        split("trialuntil masacobasampai trialend trialends trialenddate akhirmasacoba trialuntildate ujicobasampai"),
    ),
    Field(
        "renews_date",
        Type.DATE,
        split(
            "renewson diperbaruipada renewaldate nextbilling nextbillingdate nextrenewal perpanjangan currentperiodend "
            "tanggalperpanjangan tagihanberikutnya renewsat jatuhtempo duedate"
        ),
    ),
    Field("paused_date", Type.DATE, split("pauseddate pausedon pausedat dijedasejak tanggaljeda onholdsince")),
    Field("resumes_date", Type.DATE, split("resumesdate resumeson resumesat dijedasampai lanjutpada pauseduntil")),
    Field(
        "ended_date",
        Type.DATE,
        split(
            "firstdaywithoutit haripertamatanpanya endeddate enddate ended endsdate ends end berakhir tanggalberakhir "
            "tglberakhir selesai canceledat cancelledat cancelleddate tanggalbatal berhentipada validuntil sampai"
        ),
    ),
    Field(
        "status",
        Type.CHOICE,
        split("status state subscriptionstatus statuslangganan keadaan"),
        choices=STATUS,
    ),
    Field(
        "reason",
        Type.CHOICE,
        split("whyitwascancelled alasandibatalkan reason alasan cancelreason cancellationreason alasanberhenti"),
        choices=REASON,
    ),
    Field("note", Type.LONG_TEXT, NOTE, NOTE_LIMIT, cut=True),
)

UNITS = (
    Field(
        "serial",
        Type.ID,
        split(
            "serialnumber serialno serial nomorseri noseri sn imei nomormesin nomesin unitnumber nomorunit nounit "
            "assetnumber nomoraset kodeunit number nomor"
        ),
        100,
        required=True,
    ),
    Field("product_code", Type.ID, (*CODE, "model", "modelnumber", "tipe", "type"), 100),
    Field("product_name", Type.TEXT, (*PRODUCT_NAME, "unit", "mesin", "machine", "alat", "device"), 300, cut=True),
    *CUSTOMER,
    Field(
        "installed_date",
        Type.DATE,
        split(
            "installedon dipasangpada installeddate installdate installationdate tanggalpasang tglpasang "
            "tanggalinstalasi terpasang deliverydate tanggalkirim date tanggal tgl purchasedate tanggalbeli"
        ),
        required=True,
    ),
    Field("warranty_from_date", Type.DATE, split("warrantyfrom garansidari warrantystart garansimulai mulaigaransi")),
    Field(
        "warranty_until_date",
        Type.DATE,
        split("warrantyuntil garansisampai warrantyend warrantyexpiry garansihabis akhirgaransi warranty garansi"),
    ),
    Field(
        "service_every_months",
        Type.NUMBER,
        split("monthsbetweenservices bulanantarservis serviceinterval intervalservis servicemonths servistiapbulan"),
    ),
    Field(
        "next_service_date",
        Type.DATE,
        split("nextservice servisberikutnya nextservicedate nextmaintenance jadwalservis perawatanberikutnya"),
    ),
    Field(
        "retired_date",
        Type.DATE,
        split("outofusesince tidakdipakaisejak retireddate retired removeddate ditarikpada dicabut dilepaspada"),
    ),
    Field("place", Type.TEXT, split("place tempat location lokasi site ruang lantai outlet cabang"), 300, cut=True),
    Field("note", Type.LONG_TEXT, NOTE, NOTE_LIMIT, cut=True),
)
