"""Why two records may be one customer, in the reader's words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_REASONS: dict[tuple[str, str], Promise] = {
    ("name", "same"): _("The same name"),
    ("name", "part"): _("One name is part of the other"),
    ("name", "near"): _("Nearly the same name"),
    ("name", "one_word"): _("One word of the name is the same"),
    ("name", "some"): _("Part of the name is the same, part is another"),
    ("name", "alike"): _("The names are a little alike"),
    ("name", "different"): _("Another name"),
    ("phone", "own"): _("The same telephone"),
    ("phone", "few"): _("The same telephone, which a few people share"),
    ("phone", "many"): _("The same telephone, which many people share"),
    ("phone", "digit"): _("A telephone that differs by one digit"),
    ("phone", "different"): _("Another telephone"),
    ("email", "own"): _("The same e-mail address"),
    ("email", "many"): _("The same e-mail address, which many people share"),
    ("email", "local"): _("The same e-mail name at another provider"),
    ("email", "different"): _("Another e-mail address"),
    ("handle", "same"): _("The same user name"),
    ("handle", "different"): _("Another user name"),
    ("birthday", "same"): _("The same birthday"),
    ("birthday", "january"): _("The same birthday, which is the first of January"),
    ("birthday", "near"): _("Nearly the same birthday"),
    ("birthday", "different"): _("Another birthday"),
    ("tax_id", "same"): _("The same tax number"),
    ("tax_id", "near"): _("A tax number that differs by one digit"),
    ("tax_id", "different"): _("Another tax number"),
    ("address", "same"): _("The same address"),
    ("address", "near"): _("Nearly the same address"),
    ("address", "different"): _("Another address"),
    ("region", "same"): _("The same region"),
    ("region", "different"): _("Another region"),
    ("gender", "different"): _("Another gender"),
}
_GUARDS: dict[str, Promise] = {
    "other_name": _("People of different names may share this: a family, an office."),
    "tax_id": _("Two tax numbers are usually two customers."),
    "birthday": _("Two birthdays are usually two people, such as father and son."),
    "gender": _("Two genders are usually two people."),
    "namesake": _("Nothing but the name says so: they may be namesakes."),
    "one_word": _("So little of the name on a shared contact may be somebody else of the family."),
    "part": _("A shared contact and part of a name may be somebody else of the family."),
    "contested": _("A shared contact says so, another contact does not."),
}


def reason_words(comparison: str, level: str) -> str:
    """A level of agreement in words; '' for what need not be said."""
    return str(_REASONS.get((comparison, level), ""))


def guard_words(guard: str) -> str:
    """Why a person must decide."""
    return str(_GUARDS[guard])
