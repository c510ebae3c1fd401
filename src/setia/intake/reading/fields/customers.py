"""The fields of a file of customers."""

from setia.intake.reading.fields.base import (
    ACQUISITION,
    ANSWER,
    CUSTOMER_NUMBER,
    EMAIL,
    GENDER,
    GENDER_WORDS,
    HOW,
    KIND,
    KIND_WORDS,
    NAME,
    NOTE,
    NOTE_LIMIT,
    PHONE,
    PURPOSE,
    REGION,
    RELATION,
    ROLE,
    Field,
    Type,
    split,
)

CUSTOMERS = (
    Field("number", Type.ID, (*CUSTOMER_NUMBER, *split("id kode code nomor no number")), 100, placeholder=True),
    Field("name", Type.TEXT, (*NAME, "companyname", "namaperusahaan", "namatoko", "customer"), 300),
    Field("call_name", Type.TEXT, split("callname called nickname panggilan namapanggilan sapaan namapendek"), 100),
    Field("title", Type.TEXT, ("title", "titles", "gelar", "titel", "jabatan", "salutation"), 100),
    Field("kind", Type.CHOICE, (*KIND_WORDS, "jenis", "tipe", "type"), choices=KIND),
    Field("role", Type.CHOICE, ("role", "peran", "golonganpelanggan", "customerrole"), choices=ROLE),
    Field("relation", Type.CHOICE, ("relation", "hubungan", "relasi", "klienataupembeli"), choices=RELATION),
    Field("industry", Type.TEXT, split("industry industri bidangusaha sektor bidang sector usaha"), 100),
    Field(
        "acquisition",
        Type.CHOICE,
        split(
            "acquisition cameby datanglewat sumber sumberpelanggan asalpelanggan leadsource acquisitionsource carikenal"
        ),
        choices=ACQUISITION,
    ),
    Field("gender", Type.CHOICE, GENDER_WORDS, choices=GENDER),
    Field(
        "birthday", Type.DATE, split("birthday birthdate dateofbirth dob tanggallahir tgllahir lahir ultah ulangtahun")
    ),
    Field(
        "tax_number",
        Type.TAX,
        split(
            "taxnumber taxid nomorpajak npwp nonpwp nomornpwp npwp16 npwp15 "
            "nik nonik nomornik ktp noktp nomorktp nikktp vatnumber"
        ),
    ),
    Field("region", Type.TEXT, REGION, 200),
    Field("notes", Type.LONG_TEXT, NOTE, NOTE_LIMIT, cut=True),
    Field("phone", Type.PHONE, (*PHONE, "contact", "kontak", "nokontak", "contactnumber")),
    Field("whatsapp", Type.PHONE, split("whatsapp wa nowa nomorwa nowhatsapp nomorwhatsapp hpwa nohpwa")),
    Field("email", Type.EMAIL, EMAIL, 500),
    Field("instagram", Type.HANDLE, ("instagram", "ig", "akunig", "akuninstagram", "instagramhandle"), 100),
    Field("facebook", Type.HANDLE, ("facebook", "fb", "akunfb", "akunfacebook"), 100),
    Field("telegram", Type.HANDLE, ("telegram", "tele", "akuntelegram"), 100),
    Field("line", Type.HANDLE, ("line", "idline", "lineid", "akunline"), 100),
    Field("tiktok", Type.HANDLE, ("tiktok", "akuntiktok"), 100),
    Field(
        "address",
        Type.LONG_TEXT,
        split(
            "address alamat alamatlengkap alamatkirim alamatpengiriman streetaddress street jalan shippingaddress "
            "alamatrumah"
        ),
        500,
        cut=True,
    ),
    Field(
        "owner",
        Type.OWNER,
        split(
            "owner responsible accountowner accountmanager salesrep salesperson pic penanggungjawab sales salesman "
            "namasales emailsales owneremail"
        ),
        254,
    ),
    Field("consent", Type.CHOICE, split("consent persetujuan setuju optin izin"), choices=ANSWER),
    Field(
        "consent_purpose",
        Type.CHOICE,
        split("consentpurpose tujuanpersetujuan persetujuanuntuk tujuanizin"),
        choices=PURPOSE,
    ),
    Field("consent_channel", Type.CHANNELS, split("consentchannel kanalpersetujuan saluranpersetujuan kanalizin"), 200),
    Field(
        "consent_at",
        Type.MOMENT,
        split("consentat consentdate consentedat tanggalpersetujuan waktupersetujuan tglpersetujuan tanggalizin"),
    ),
    Field("consent_how", Type.CHOICE, split("consenthow carapersetujuan caraizin consentmethod"), choices=HOW),
    Field("tags", Type.TAGS, split("tags tag label labels labelpelanggan segmen"), 2_000),
)
