"""The fields of a file of contracts, a row a contract, and of one of revisions and complaints, a row each.

Both name their customer as an order does; a revision or complaint may name the contract it is about.
"""

from setia.intake.reading.fields.base import NOTE, NOTE_LIMIT, Field, Type, split
from setia.intake.reading.fields.subscriptions import CUSTOMER

COMPLEXITY = (
    ("SIMPLE", split("simple sederhana mudah ringan low rendah easy")),
    ("MODERATE", split("moderate sedang menengah medium normal")),
    ("COMPLEX", split("complex kompleks rumit sulit berat high tinggi hard")),
)
CONCERN_KIND = (
    ("REVISION", split("revision revisi perubahan change changerequest permintaanperubahan perbaikan")),
    ("COMPLAINT", split("complaint keluhan komplain aduan pengaduan issue masalah claim klaim")),
)
_CONTRACT_NUMBER = split(
    "contractnumber contractno contractid nokontrak nomorkontrak idkontrak kodekontrak spk nospk nomorspk "
    "agreementnumber nomorperjanjian noperjanjian"
)
_MANAGER = split(
    "accountmanager manajerakun penanggungjawab pic responsible owner pemilik sales namasales handledby ditangani"
)

CONTRACTS = (
    Field("contract_number", Type.ID, (*_CONTRACT_NUMBER, "number", "nomor", "no", "id"), 100, required=True),
    *CUSTOMER,
    Field(
        "contract_title",
        Type.TEXT,
        split(
            "contract kontrak title judul contracttitle contractname namakontrak judulkontrak pekerjaan project proyek "
            "namaproyek projectname work perihal subject"
        ),
        200,
        required=True,
        cut=True,
    ),
    Field(
        "from_date",
        Type.DATE,
        split("from dari fromdate startdate start mulai tanggalmulai tglmulai sejak berlakusejak validfrom begins"),
        required=True,
    ),
    Field(
        "until_date",
        Type.DATE,
        split("until sampai untildate enddate end berakhir tanggalberakhir tglberakhir selesai validuntil hingga ends"),
    ),
    Field(
        "value", Type.NUMBER, split("value nilai nilaikontrak contractvalue amount jumlah harga price total nominal")
    ),
    Field("currency", Type.CURRENCY, split("currency matauang currencycode kurs valuta kodematauang"), 3),
    Field(
        "complexity",
        Type.CHOICE,
        split("complexity kerumitan kompleksitas tingkatkerumitan tingkatkesulitan difficulty"),
        choices=COMPLEXITY,
    ),
    Field("account_manager", Type.OWNER, _MANAGER),
    Field("note", Type.LONG_TEXT, NOTE, NOTE_LIMIT, cut=True),
)

CONCERNS = (
    Field(
        "concern_number",
        Type.ID,
        split(
            "ticketnumber ticketno ticketid ticket tiket notiket nomortiket idtiket casenumber caseid kasus nokasus "
            "complaintnumber nokeluhan nomorkeluhan number nomor no id"
        ),
        100,
    ),
    *CUSTOMER,
    Field(
        "concern_kind",
        Type.CHOICE,
        split("kind jenis type tipe jeniskeluhan category kategori tickettype casetype"),
        required=True,
        choices=CONCERN_KIND,
    ),
    Field(
        "concern_words",
        Type.LONG_TEXT,
        split(
            "whatisitabout tentangapa words intheirwords complaint keluhan komplain revision revisi description "
            "deskripsi uraian isi isikeluhan message pesan subject perihal masalah issue details rincian"
        ),
        10_000,
        required=True,
        cut=True,
    ),
    Field(
        "raised_date",
        Type.DATE,
        split(
            "day hari tanggal tgl date raised raiseddate raisedon tanggalkeluhan created createdat opened "
            "openedat dibuat"
        ),
        required=True,
    ),
    Field("contract_number", Type.ID, (*_CONTRACT_NUMBER, "contract", "kontrak"), 100),
    Field("resolver", Type.OWNER, (*_MANAGER, *split("resolvedby diselesaikanoleh resolver assignee petugas agent"))),
    Field(
        "done_date",
        Type.DATE,
        split("doneon selesaipada donedate done closed closedat closeddate ditutup resolvedat tanggalselesai selesai"),
    ),
    Field(
        "answer",
        Type.LONG_TEXT,
        split(
            "whatwasdone apayangdikerjakan yangdilakukan answer jawaban resolution penyelesaian solusi solution "
            "tindakan action"
        ),
        10_000,
        cut=True,
    ),
)
