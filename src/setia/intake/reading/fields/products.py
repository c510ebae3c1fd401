"""The fields of a file of products."""

from setia.intake.reading.fields.base import (
    CATEGORY,
    CODE,
    NOTE,
    NOTE_LIMIT,
    PRODUCT_KIND,
    PRODUCT_NAME,
    Field,
    Type,
    split,
)

PRODUCTS = (
    Field("code", Type.ID, (*CODE, "code", "kode", "id", "number", "nomor"), 100, required=True),
    Field("name", Type.TEXT, (*PRODUCT_NAME, "name", "nama", "judul"), 300, cut=True),
    Field("category", Type.TEXT, CATEGORY, 200),
    Field(
        "price",
        Type.NUMBER,
        split("price harga hargajual unitprice hargasatuan sellingprice retailprice listprice hargaretail hargaeceran"),
    ),
    Field("kind", Type.CHOICE, split("kind type jenis tipe jenisproduk producttype"), choices=PRODUCT_KIND),
    Field("notes", Type.LONG_TEXT, NOTE, NOTE_LIMIT, cut=True),
)
