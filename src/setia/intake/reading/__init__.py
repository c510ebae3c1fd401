"""Reading: from a firm's file to clean columns of text, row by row accounted for.

Nothing here knows a table or a page. `sniff` says what a file is (format, encoding, delimiter, header), `suggest` says
what its columns probably mean, and `chunks` streams it as columns of canonical text ready for PostgreSQL's casts,
with every row either accepted or rejected with a reason. `write_rejects` keeps the rejected rows in a file that can be
mended and fed again. Memory stays bounded whatever the file holds.

The order of work, and where it lives: bytes (`source`) → text (`encoding`) → rows of cells (`delimited`, `sheets`,
`columnar`, `json_lines`) → values (`numbers`, `moments`, `texts`) → chunks (`convert`) or a first look (`preview`).
"""

from setia.intake.reading.convert import Chunk, PreviewRow, chunks
from setia.intake.reading.fields import FIELDS, Field
from setia.intake.reading.layout import Layout
from setia.intake.reading.plan import Cancelled, Plan
from setia.intake.reading.preview import Preview, preview, raw_rows
from setia.intake.reading.problems import Note, Reject, Unreadable
from setia.intake.reading.rejects import write_rejects
from setia.intake.reading.sniff import sniff
from setia.intake.reading.suggest import suggest
from setia.intake.reading.table import sample

__all__ = [
    "FIELDS",
    "Cancelled",
    "Chunk",
    "Field",
    "Layout",
    "Note",
    "Plan",
    "Preview",
    "PreviewRow",
    "Reject",
    "Unreadable",
    "chunks",
    "preview",
    "raw_rows",
    "sample",
    "sniff",
    "suggest",
    "write_rejects",
]
