"""What changes a customer. A module per verb; this is the room's public face.

Each verb takes who and when, checks that they may, writes the timeline, the audit trail and the outbox, all in one
transaction, and raises the errors named at the top of its module.
"""

from setia.customers.actions._record import enter, record
from setia.customers.actions.add import KnownAlready, NumberTaken, add, take_turns
from setia.customers.actions.archive import archive, archive_many, restore
from setia.customers.actions.ask_colleague import NobodyToAsk, ask_colleague
from setia.customers.actions.bulk import (
    NEEDED,
    NotUndoable,
    TooManyCustomers,
    ask_bulk,
    cancel_bulk,
    undo_bulk,
    work_bulk,
)
from setia.customers.actions.consent import EmptyText, GuardianNeeded, NoChannel, grant, withdraw, word_consent
from setia.customers.actions.contact import (
    ContactTaken,
    NotAContact,
    add_contact,
    edit_contact,
    prefer_contact,
    remove_contact,
)
from setia.customers.actions.decide_doubles import (
    Decided,
    accept_double,
    ask_for_merges,
    merge_doubles,
    reject_double,
    reopen_double,
)
from setia.customers.actions.delete import StillReferenced, delete
from setia.customers.actions.edit import edit, set_values
from setia.customers.actions.edit_fact import edit_fact
from setia.customers.actions.erase import LEDGER, Erased, erase, erase_again, read_ledger, write_ledger
from setia.customers.actions.erased import RecordErased, refuse_erased
from setia.customers.actions.fields import (
    FieldNameTaken,
    NotHidden,
    TooMany,
    add_field,
    add_option,
    delete_field,
    drop_index,
    edit_field,
    hide_field,
    hide_option,
    index_field,
    move_field,
    remove_field,
    rename_option,
    restore_field,
)
from setia.customers.actions.files import (
    MOST_BYTES,
    FileRefused,
    FileTooLarge,
    add_file,
    remove_file,
    restore_file,
    sweep_files,
)
from setia.customers.actions.find_doubles import SearchRunning, ask_for_search
from setia.customers.actions.hand_over import hand_over
from setia.customers.actions.hold import hold
from setia.customers.actions.industry import industry_named
from setia.customers.actions.life_event import add_life_event, remove_life_event
from setia.customers.actions.link import DatesReversed, LinkTaken, LinkToOneself, SellsInACircle, link, unlink
from setia.customers.actions.mention import read_mentions
from setia.customers.actions.merge import AlreadyMerged, NothingToMerge, merge, take_over
from setia.customers.actions.name_keys import keep_name_key, keep_name_keys
from setia.customers.actions.note import EmptyNote, note
from setia.customers.actions.regions import NoSuchRegion, count_regions, explain_region, load_regions, read_regions
from setia.customers.actions.remind_requests import remind_requests
from setia.customers.actions.request import AlreadyClosed, ReasonNeeded, close_request, reopen_request, take_request
from setia.customers.actions.retain import UnknownKind, retain, set_retention
from setia.customers.actions.saved_views import (
    EmptyName,
    change_view,
    delete_view,
    keep_in_view,
    move_view,
    prefer_view,
    restore_view,
    save_view,
)
from setia.customers.actions.settle_consent import settle_consent
from setia.customers.actions.share_out import share_out
from setia.customers.actions.tags import (
    EmptyTag,
    TagGone,
    TagNameTaken,
    edit_tag,
    make_tag,
    merge_tag,
    remove_tag,
    restore_tag,
    set_tags,
    tag_customer,
    tags_named,
    untag_customer,
)
from setia.customers.actions.train_doubles import NotBetter, set_training_aside, use_training
from setia.customers.actions.unmerge import AlreadyUnmerged, NewerFirst, give_back, in_the_way, unmerge
from setia.customers.actions.values import BadValue
from setia.customers.settling import NotAChoice

__all__ = [
    "LEDGER",
    "MOST_BYTES",
    "NEEDED",
    "AlreadyClosed",
    "AlreadyMerged",
    "AlreadyUnmerged",
    "BadValue",
    "ContactTaken",
    "DatesReversed",
    "Decided",
    "EmptyName",
    "EmptyNote",
    "EmptyTag",
    "EmptyText",
    "Erased",
    "FieldNameTaken",
    "FileRefused",
    "FileTooLarge",
    "GuardianNeeded",
    "KnownAlready",
    "LinkTaken",
    "LinkToOneself",
    "NewerFirst",
    "NoChannel",
    "NoSuchRegion",
    "NobodyToAsk",
    "NotAChoice",
    "NotAContact",
    "NotBetter",
    "NotHidden",
    "NotUndoable",
    "NothingToMerge",
    "NumberTaken",
    "ReasonNeeded",
    "RecordErased",
    "SearchRunning",
    "SellsInACircle",
    "StillReferenced",
    "TagGone",
    "TagNameTaken",
    "TooMany",
    "TooManyCustomers",
    "UnknownKind",
    "accept_double",
    "add",
    "add_contact",
    "add_field",
    "add_file",
    "add_life_event",
    "add_option",
    "archive",
    "archive_many",
    "ask_bulk",
    "ask_colleague",
    "ask_for_merges",
    "ask_for_search",
    "cancel_bulk",
    "change_view",
    "close_request",
    "count_regions",
    "delete",
    "delete_field",
    "delete_view",
    "drop_index",
    "edit",
    "edit_contact",
    "edit_fact",
    "edit_field",
    "edit_tag",
    "enter",
    "erase",
    "erase_again",
    "explain_region",
    "give_back",
    "grant",
    "hand_over",
    "hide_field",
    "hide_option",
    "hold",
    "in_the_way",
    "index_field",
    "industry_named",
    "keep_in_view",
    "keep_name_key",
    "keep_name_keys",
    "link",
    "load_regions",
    "make_tag",
    "merge",
    "merge_doubles",
    "merge_tag",
    "move_field",
    "move_view",
    "note",
    "prefer_contact",
    "prefer_view",
    "read_ledger",
    "read_mentions",
    "read_regions",
    "record",
    "refuse_erased",
    "reject_double",
    "remind_requests",
    "remove_contact",
    "remove_field",
    "remove_file",
    "remove_life_event",
    "remove_tag",
    "rename_option",
    "reopen_double",
    "reopen_request",
    "restore",
    "restore_field",
    "restore_file",
    "restore_tag",
    "restore_view",
    "retain",
    "save_view",
    "set_retention",
    "set_tags",
    "set_training_aside",
    "set_values",
    "settle_consent",
    "share_out",
    "sweep_files",
    "tag_customer",
    "tags_named",
    "take_over",
    "take_request",
    "take_turns",
    "undo_bulk",
    "unlink",
    "unmerge",
    "untag_customer",
    "use_training",
    "withdraw",
    "word_consent",
    "work_bulk",
    "write_ledger",
]
