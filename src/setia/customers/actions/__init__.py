"""What changes a customer. A module per verb; this is the room's public face.

Each verb takes who and when, checks that they may, writes the timeline, the audit trail and the outbox, all in one
transaction, and raises the errors named at the top of its module.
"""

from setia.customers.actions.add import NumberTaken, add
from setia.customers.actions.archive import archive, archive_many, restore
from setia.customers.actions.consent import EmptyText, GuardianNeeded, NoChannel, grant, withdraw, word_consent
from setia.customers.actions.contact import (
    ContactTaken,
    NotAContact,
    add_contact,
    edit_contact,
    prefer_contact,
    remove_contact,
)
from setia.customers.actions.delete import StillReferenced, delete
from setia.customers.actions.edit import edit
from setia.customers.actions.industry import industry_named
from setia.customers.actions.note import EmptyNote, note
from setia.customers.actions.tags import (
    EmptyTag,
    TagGone,
    TagNameTaken,
    edit_tag,
    merge_tag,
    remove_tag,
    restore_tag,
    tag_customer,
    untag_customer,
)

__all__ = [
    "ContactTaken",
    "EmptyNote",
    "EmptyTag",
    "EmptyText",
    "GuardianNeeded",
    "NoChannel",
    "NotAContact",
    "NumberTaken",
    "StillReferenced",
    "TagGone",
    "TagNameTaken",
    "add",
    "add_contact",
    "archive",
    "archive_many",
    "delete",
    "edit",
    "edit_contact",
    "edit_tag",
    "grant",
    "industry_named",
    "merge_tag",
    "note",
    "prefer_contact",
    "remove_contact",
    "remove_tag",
    "restore",
    "restore_tag",
    "tag_customer",
    "untag_customer",
    "withdraw",
    "word_consent",
]
