"""Every code of this package in words: what is wrong, where, what to do. Source language English; id in the catalogue.

A sentence is kept as a lazy translation and filled in when asked for, so one code can be said in either language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from setia.intake.reading.own import is_own, label_of
from setia.intake.reading.problems import Note, Reject, Why

FIELD_LABELS: dict[str, Promise] = {
    "order_number": _("Order number"),
    "ordered_at": _("Order date"),
    "ordered_time": _("Time of day"),
    "customer_number": _("Customer number"),
    "customer_name": _("Customer name"),
    "customer_phone": _("Customer phone"),
    "customer_email": _("Customer e-mail"),
    "customer_region": _("Customer region"),
    "customer_gender": _("Customer gender"),
    "customer_kind": _("Person or company"),
    "product_code": _("Product code"),
    "product_name": _("Product name"),
    "category": _("Category"),
    "quantity": _("Quantity"),
    "unit_price": _("Unit price"),
    "amount": _("Amount of the row"),
    "line_discount": _("Discount on the row"),
    "order_discount": _("Discount on the order"),
    "promotion_code": _("Promotion code"),
    "channel": _("Sales channel"),
    "cancelled": _("Status or cancelled"),
    "reverses_number": _("Number of the order taken back"),
    "currency": _("Currency"),
    "note": _("Note"),
    "number": _("Customer number"),
    "name": _("Name"),
    "call_name": _("Call name"),
    "title": _("Title"),
    "kind": _("Kind"),
    "role": _("Role"),
    "relation": _("Client or buyer"),
    "industry": _("Industry"),
    "acquisition": _("How they came"),
    "tax_number": _("Tax number"),
    "gender": _("Gender"),
    "birthday": _("Birthday"),
    "region": _("Region"),
    "notes": _("Notes"),
    "phone": _("Phone"),
    "whatsapp": _("WhatsApp"),
    "email": _("E-mail"),
    "instagram": _("Instagram"),
    "facebook": _("Facebook"),
    "telegram": _("Telegram"),
    "line": _("LINE"),
    "tiktok": _("TikTok"),
    "address": _("Address"),
    "owner": _("Responsible"),
    "tags": _("Tags"),
    "consent": _("Consent: yes or no"),
    "consent_purpose": _("Consent: what for"),
    "consent_channel": _("Consent: channel"),
    "consent_at": _("Consent: when"),
    "consent_how": _("Consent: how"),
    "code": _("Product code"),
    "price": _("Price"),
    "subscription_number": _("Number of the subscription"),
    "plan_code": _("Code of the plan"),
    "plan_name": _("Name of the plan"),
    "discount_percent": pgettext_lazy("percent", "Discount in percent"),
    "period": _("Period"),
    "period_days": _("Days of a period"),
    "started_date": _("First day"),
    "trial_until_date": _("Trial until"),
    "renews_date": _("Renews on"),
    "paused_date": _("Paused since"),
    "resumes_date": _("First day it runs again"),
    "ended_date": _("First day without it"),
    "status": _("Status"),
    "reason": _("Why it was cancelled"),
    "serial": _("Serial number"),
    "installed_date": _("Installed on"),
    "warranty_from_date": _("Warranty from"),
    "warranty_until_date": _("Warranty until"),
    "service_every_months": _("Months between services"),
    "next_service_date": _("Next service"),
    "retired_date": _("Out of use since"),
    "place": _("Place"),
    "contract_number": _("Contract number"),
    "contract_title": _("Contract"),
    "from_date": _("From"),
    "until_date": _("Until"),
    "value": _("Value"),
    "complexity": _("Complexity"),
    "account_manager": _("Account manager"),
    "prospect_source": _("Source"),
    "campaign": _("Campaign"),
    "wants": _("What they want"),
    "concern_number": _("Number of the revision or complaint"),
    "concern_kind": _("Kind"),
    "concern_words": _("What is it about?"),
    "raised_date": _("Day"),
    "resolver": _("Resolved by"),
    "done_date": _("Done on"),
    "answer": _("What was done"),
}

UNREADABLE: dict[str, Promise] = {
    "empty": _("The file is empty. Export it again, or choose another file."),
    "folder": _("This is a folder, not a file. Choose one file in it."),
    "not_a_file": _("This is not an ordinary file. Copy what it holds into a file first."),
    "not_allowed": _("Setia may not read this file. Give the account that runs Setia permission to read it."),
    "cannot_open": _("The file cannot be opened: {reason}."),
    "header_alone": _(
        "The file has a header ({names}) but no rows below it. Check that the export covers a period with records."
    ),
    "not_a_table": _(
        "This is a {kind} file, whatever its name says, and holds no rows Setia can read."
        " Save the table as CSV or XLSX and choose that file."
    ),
    "old_workbook": _(
        "This is an old Excel file (.xls) or a workbook with a password. Save it as XLSX without a password"
        " and choose that file."
    ),
    "binary": _("The file holds bytes that are no text. Save the table as CSV or XLSX and choose that file."),
    "too_wide": _(
        "The file has {columns} columns; Setia reads up to {limit}. Keep the columns you need and save again."
    ),
    "bomb": _(
        "Unpacked, the file would be more than {ratio} times its size. No table of records packs like that,"
        " so it was not unpacked further. Send the file unpacked if it is genuine."
    ),
    "gzip_damaged": _("The compressed file is damaged at byte {at}. Copy or export it again."),
    "gzip_cut_short": _("The compressed file ends too early, after byte {at}. Copy it again in full."),
    "gzip_in_gzip": _("The file is compressed twice. Unpack it once and choose the result."),
    "packed_workbook": _(
        "This workbook or Parquet file is compressed once more by gzip. Unpack it and choose the result."
    ),
    "zip": _("This is a ZIP archive without a workbook in it. Unpack it and choose the table inside."),
    "zip_damaged": _(
        "The workbook is damaged and cannot be opened. Open it in your spreadsheet program and save it again."
    ),
    "zip_entries": _("The workbook holds {count} parts; a real one has at most {limit}. Save the table as CSV."),
    "zip_entry_large": _(
        "The part {name} of the workbook would unpack to {size} MB, above the limit of {limit} MB."
        " Save the table as CSV."
    ),
    "xml_entities": _(
        "The workbook defines XML entities in {name}. Spreadsheet programs never do that and it can be an attack,"
        " so it was not opened. Save the table as CSV."
    ),
    "no_sheet": _("The workbook has no sheet named {name}. It has: {names}."),
    "encrypted": _("The workbook is protected by a password. Save it without one and choose that file."),
    "json_list": _(
        "The file is one JSON list. Setia reads JSON Lines: one object a line."
        " Convert it, for instance with: jq -c '.[]'"
    ),
    "json": _(
        "Row {row} is not a JSON object, so this is not JSON Lines (one object a line). Check how it was exported."
    ),
    "parquet_damaged": _("The Parquet file is damaged and cannot be opened: {detail}. Write it again."),
    "parquet_large": _(
        "One part of the Parquet file would need {size} MB of memory. Write it with smaller row groups."
    ),
    "unmapped": _("Choose which column holds: {fields}."),
    "plan": _("The mapping cannot be used: {detail}."),
    "plan_what": _(
        "The mapping is for “{value}”. Setia takes in ORDERS, CUSTOMERS, PRODUCTS, SUBSCRIPTIONS, UNITS,"
        " CONTRACTS, CONCERNS or PROSPECTS."
    ),
    "plan_field": _("The mapping names a field “{value}” that Setia does not have."),
    "plan_column": _("The mapping names a column “{value}” that the file does not have."),
    "plan_value": _("In the mapping, {name} is “{value}”. It can be: {allowed}."),
    "plan_signs": _("In the mapping, “{value}” cannot be both the decimal sign and the thousands sign."),
    "foreign_currency": _(
        "The file has money in {found}, and Setia counts in {ours}. Convert it in the file first; nothing was written."
    ),
    "many_tags": _(
        "The column of tags holds {count} different tags; Setia takes up to {limit}. Is it the right column?"
    ),
    "not_yours": _(
        "Your role may not change this: {fields}. Leave that column out, or ask somebody who may to import the file."
    ),
    "not_your_kind": _("Your role may not import this. Ask somebody who may."),
    "file_gone": _("The file is no longer where it was. Choose it again."),
    "file_system": _("The disk refused: {detail}. Nothing was written. See that there is room, then start again."),
    "fault": _("Setia made a mistake here. Nothing was written; the details are in its log. Please report it."),
    "plan_header": _(
        "The mapping was made for a file with other columns (this one has {columns}). Map this file anew."
    ),
}

REJECT: dict[str, Promise] = {
    "missing": _("{field} is empty. Fill it in."),
    "money_missing": _("There is neither a unit price nor an amount. Fill in one of them."),
    "nobody": _("No number, name, phone or e-mail: there is nobody to record. Fill in one of them."),
    "erased": _("The data of this person was erased. If they come back, give them a new customer number."),
    "date": _("{field} is “{value}”, which is no date. Write it like the other rows, for instance 31/12/2025."),
    "date_not_in_calendar": _("{field} is “{value}”, a day or time that does not exist. Check day and month."),
    "date_range": _("{field} is “{value}”, outside the years 1900 to 2200. Check the year."),
    "time": _("The time of day in “{value}” cannot be read. Write it like 14:05."),
    "number": _("{field} is “{value}”, which is no number. Write digits only."),
    "number_letter": _("{field} is “{value}”: a letter O, I or l stands among the digits. Put 0 or 1 in its place."),
    "number_signs": _(
        "{field} is “{value}”: its points and commas do not fit the number format chosen for this file."
        " Write it like the other rows, or change the format."
    ),
    "number_not_finite": _("{field} is “{value}”, which is no amount. Write the number."),
    "number_too_large": _("{field} is “{value}”, more than Setia can hold (14 digits before the decimal sign)."),
    "too_long": _("{field} is too long: “{value}”. Shorten it."),
    "currency": _("The currency is “{value}”. Write its code of three letters, for instance IDR."),
    "cell_count": _(
        "The row has more or fewer cells than the file has columns. A delimiter inside a cell needs quotes."
    ),
    "cell_too_long": _("A cell holds more than a million characters. Shorten it; here it is cut."),
    "row_too_long": _("The row holds more than eight million characters. Check its line end; here it is cut."),
    "quote_open": _('A quotation mark (") opens in this row and never closes. Close it, or take it out.'),
    "not_json": _("The line is not a JSON object."),
    "owner": _(
        "{field} is “{value}”. Nobody of the firm has this e-mail address or this name alone. Write an e-mail address"
        " of somebody who uses Setia."
    ),
    "consent_part": _("There is an answer on consent, but not this: {field}. Fill it in, or take the answer out."),
    "channel": _("{field} is “{value}”. Write channels such as WhatsApp, e-mail or telephone, with commas between."),
    "tag_long": _("One of the tags in “{value}” has more than 60 characters. Shorten it."),
    "two_customers": _("The order {value} names two customers. Give all its rows the same customer."),
    "plan_missing": _("There is neither a plan's code nor its name. Fill in one of them."),
    "product_missing": _("There is neither a product's code nor its name. Fill in one of them."),
    "plan_unknown": _("There is no plan “{value}”. Say its price and period in the row, or make the plan first."),
    "plan_switch": _("The plan “{value}” has another period. Switch to it on the page of the subscription."),
    "whose": _("{value} belongs to another customer. Correct the number, or the customer."),
    "twice": _("{value} is named for two customers in this file. Keep one of them."),
    "above_zero": _("{field} is “{value}”. Write a number above zero."),
    "below_zero": _("{field} is “{value}”. Write 0 or more."),
    "percent": _("{field} is “{value}”. Write a number from 0 to 100."),
    "period_days": _("{field} is “{value}”. Write whole days, from 1 to 3660."),
    "whole_months": _("{field} is “{value}”. Write whole months, from 1 to 240."),
    "amount_too_large": _("Price times quantity is more than Setia can count. Check both."),
    "too_early": _("{field} is {value}, which is too early or too far away. Check the year."),
    "day_order": _("{field} is {value}, which does not fit the other days of the row, or what is known already."),
    "ended_when": _("The status says that it is over, but not since when. Fill in the first day without it."),
    "kind_unknown": _("{field} is “{value}”. Write revision or complaint."),
    "done_when": _("It says what was done, but not when. Fill in the day it was done."),
    "contract_unknown": _("There is no contract {value}. Take the contracts in first, or leave the number out."),
    "paused_when": _("The status says that it is paused, but not since when. Fill in the day."),
}

WARNING: dict[str, Callable[[int], str]] = {
    "placeholder": lambda n: ngettext(
        "In {count} row the {field} stands for nobody (such as 0, - or guest) and is left out.",
        "In {count} rows the {field} stands for nobody (such as 0, - or guest) and is left out.",
        n,
    ),
    "placeholder_crowd": lambda n: ngettext(
        "The customer id “{value}” has {count} order and behaves like many people, so it counts as no customer.",
        "The customer id “{value}” has {count} orders and behaves like many people, so it counts as no customer.",
        n,
    ),
    "placeholder_crowd_kept": lambda n: ngettext(
        "The customer id “{value}” has {count} order and behaves like many people; you chose to keep it as one.",
        "The customer id “{value}” has {count} orders and behaves like many people; you chose to keep it as one.",
        n,
    ),
    "cut": lambda n: ngettext(
        "{count} text in {field} was too long and is cut.",
        "{count} texts in {field} were too long and are cut.",
        n,
    ),
    "consent_child": lambda n: ngettext(
        "{count} yes of a child was left out: a parent or guardian has to agree, and be named on the record.",
        "{count} yeses of children were left out: a parent or guardian has to agree, and be named on the record.",
        n,
    ),
    "contract_whose": lambda n: ngettext(
        "{count} row names a contract of another customer; it is taken in without the contract.",
        "{count} rows name a contract of another customer; they are taken in without the contract.",
        n,
    ),
    "skipped": lambda n: ngettext(
        "{count} row was left out, as you chose.", "{count} rows were left out, as you chose.", n
    ),
    "bought_already": lambda n: ngettext(
        "{count} row is about somebody who has bought already: a customer, and no prospect.",
        "{count} rows are about people who have bought already: customers, and no prospects.",
        n,
    ),
    "subscription_over": lambda n: ngettext(
        "{count} row is about a subscription that is over; it stays as it is.",
        "{count} rows are about subscriptions that are over; they stay as they are.",
        n,
    ),
    "owner_left": lambda n: ngettext(
        "{count} row names somebody as responsible who has left the firm; who is responsible stays as it is.",
        "{count} rows name somebody as responsible who has left the firm; who is responsible stays as it is.",
        n,
    ),
    "reference": lambda n: ngettext(
        "{count} value in {field} names no single customer by number or name and is left out; its row is taken in.",
        "{count} values in {field} name no single customer by number or name and are left out; their rows are taken.",
        n,
    ),
    "tax": lambda n: ngettext(
        "{count} value in {field} is no tax number and is left out; its row is taken in.",
        "{count} values in {field} are no tax numbers and are left out; their rows are taken in.",
        n,
    ),
    "phone": lambda n: ngettext(
        "{count} value in {field} is no telephone number and is left out; its row is taken in.",
        "{count} values in {field} are no telephone numbers and are left out; their rows are taken in.",
        n,
    ),
    "email": lambda n: ngettext(
        "{count} value in {field} is no e-mail address and is left out; its row is taken in.",
        "{count} values in {field} are no e-mail addresses and are left out; their rows are taken in.",
        n,
    ),
    "handle": lambda n: ngettext(
        "{count} value in {field} is no account name and is left out; its row is taken in.",
        "{count} values in {field} are no account names and are left out; their rows are taken in.",
        n,
    ),
    "choice": lambda n: ngettext(
        "{count} value in {field} is not one Setia knows and is left out; its row is taken in.",
        "{count} values in {field} are not among those Setia knows and are left out; their rows are taken in.",
        n,
    ),
    "encoding_mixed": lambda n: gettext(
        "Some letters in the file are written in an old encoding (Windows-1252) and were converted."
        " Check names with accents."
    ),
    "formulas_empty": lambda n: gettext(
        "The sheet has formulas without a saved result; those cells count as empty."
        " Open the file in your spreadsheet program, save it, and choose it again."
    ),
    "json_new_key": lambda n: ngettext(
        "{count} value stands under a key that the first rows do not have, and is left out.",
        "{count} values stand under keys that the first rows do not have, and are left out.",
        n,
    ),
}

WARNING_ONE: dict[str, Promise] = {
    "placeholder": _("“{value}” stands for nobody and is left out."),
    "cut": _("The text is too long and will be cut."),
    "owner_left": _("“{value}” has left the firm; who is responsible stays as it is."),
    "tax": _("“{value}” is no tax number (NPWP of 15 or 16 digits, or NIK); it is left out."),
    "phone": _("“{value}” is no telephone number; it is left out."),
    "email": _("“{value}” is no e-mail address; it is left out."),
    "handle": _("“{value}” is no account name; it is left out."),
    "choice": _("“{value}” is not a word Setia knows here; it is left out."),
}

NOTE: dict[str, Promise] = {
    "encoding": _("The file is read as {name}. Check names with accents in the preview."),
    "encoding_mixed": _(
        "Some letters in the file are written in an old encoding (Windows-1252) and were converted."
        " Check names with accents."
    ),
    "nul": _("The file holds NUL characters; they are taken out."),
    "header_repeated": _("Columns of the same name ({names}) were told apart by a number."),
    "header_empty": _("Columns without a name are called by their place, such as Column 3."),
    "no_header": _("The file has no header: its columns are called by their place. Say what each one is."),
    "rows_above": _("The header is in row {row}; what stands above it is not taken in."),
    "other_sheets": _("Only the sheet “{sheet}” is read. The workbook also has: {names}."),
    "formulas": _("The sheet has formulas. The results saved with the file are used, not the formulas."),
    "formulas_empty": _(
        "The sheet has formulas without a saved result; those cells count as empty."
        " Open the file in your spreadsheet program, save it, and choose it again."
    ),
    "nested": _("Lists and objects inside a row ({names}) are taken as text."),
}


def field_label(name: str) -> str:
    """A field's name in the reader's language; several joined by `|` become a choice."""
    return gettext(" or ").join(
        label_of(one) if is_own(one) else str(FIELD_LABELS.get(one, one)) for one in name.split("|")
    )


def unreadable(code: str, params: Mapping[str, Any]) -> str:
    """Why the file as a whole cannot be taken in."""
    values = dict(params)
    if isinstance(values.get("fields"), list | tuple):
        values["fields"] = ", ".join(field_label(str(name)) for name in values["fields"])
    return _filled(UNREADABLE.get(code, _("The file cannot be read ({code}).")), {**values, "code": code})


def note(one: Note) -> str:
    """What the user should know about a file."""
    return _filled(NOTE[one.code], one.params)


def why(one: Why) -> str:
    """One reason for which a row is rejected."""
    return reason(one.code, one.field, one.value)


def reason(code: str, field: str, value: str, column: str = "") -> str:
    """A reason in words, the field by the name of its column in the file where that is given."""
    label = f"“{column}”" if column else field_label(field)
    text = REJECT.get(code, _("The row cannot be taken in ({code})."))
    return _filled(text, {"field": label, "value": value, "code": code})


def warning(one: Mapping[str, Any]) -> str:
    """A warning of a run or preview, with its count."""
    code = str(one["code"])
    if code == "placeholder_crowd" and one.get("kept"):
        code = "placeholder_crowd_kept"
    if code not in WARNING:
        return code
    values = {"value": "", "count": 1, **one, "field": field_label(str(one.get("field", "")))}
    return _filled(WARNING[code](int(values["count"])), values)


def warning_one(one: Why) -> str:
    """What is odd about one cell that is taken in all the same."""
    text = WARNING_ONE.get(one.code)
    return _filled(text, {"value": one.value}) if text is not None else one.code


def rows(numbers: Sequence[int]) -> str:
    """Row numbers as a person would name them: `Rows 377 to 382`, `Rows 118, 964, 2,207 and 16 more`."""
    count = len(numbers)
    if count == 1:
        return _filled(_("Row {first}"), {"first": numbers[0]})
    if count > 2 and numbers[-1] - numbers[0] == count - 1:
        return _filled(_("Rows {first} to {final}"), {"first": numbers[0], "final": numbers[-1]})
    named = ", ".join(_filled("{n}", {"n": number}) for number in numbers[:3])
    if count <= 3:
        return _filled(_("Rows {named}"), {"named": named})
    return _filled(
        ngettext("Rows {named} and {more} more", "Rows {named} and {more} more", count - 3),
        {"named": named, "more": count - 3},
    )


def in_both_languages(reject: Reject, header: Sequence[str]) -> str:
    """Every reason of a rejected row, Indonesian first, for the file that travels between people."""
    said = []
    for language in ("id", "en"):
        with translation.override(language):
            said.append(" ".join(dict.fromkeys(why(one) for one in reject.reasons)))
    return " / ".join(dict.fromkeys(said))


def _filled(text: Promise | str, values: Mapping[str, Any]) -> str:
    return str(text).format_map(_Values(values))


class _Values(dict[str, Any]):
    """Numbers grouped by the reader's language; a value that is not there leaves its place empty."""

    def __missing__(self, key: str) -> str:
        return ""

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        if isinstance(value, int) and not isinstance(value, bool):
            grouped = f"{value:,}"
            return grouped.replace(",", ".") if (translation.get_language() or "en").startswith("id") else grouped
        return value
