"""The user guide: a page of help for each page, in both languages, kept as plain text beside the code.

The texts use a small part of Markdown, rendered here and nothing more: headings, paragraphs, two kinds of lists, bold,
code and links within Setia. Whatever else stands in them is shown as it is, escaped.
"""

import re
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup, escape

TEXTS = Path(__file__).parent / "guide"
# Pages that share a help text, by the name of their address; any other page has the text of its own name, or `start`.
TOPICS = {
    "home": "home",
    "customers": "customers",
    "saved_views": "customers",
    "save_view": "customers",
    "change_view": "customers",
    "customer": "customer",
    "orders": "orders",
    "order": "orders",
    "products": "products",
    "product": "products",
    "cohorts": "understand",
    "rfm": "understand",
    "concentration": "understand",
    "value": "understand",
    "accuracy": "understand",
    "moves": "understand",
    "together": "understand",
    "prospects": "sales",
    "reports": "reports",
    "report": "reports",
    "sales_report": "reports",
    "sales_report_orders": "reports",
    "save_report": "reports",
    "imports": "import",
    "settings": "settings",
    "profile": "settings",
    "people": "settings",
    "firm": "settings",
    "mail_server": "settings",
    "jobs": "settings",
    "audit": "settings",
    "backups": "settings",
    "note_price": "know-how",
    "cards": "know-how",
    "customer_consent": "privacy",
    "customer_privacy": "privacy",
    "change_consent": "privacy",
    "consent_texts": "privacy",
    "privacy": "privacy",
    "add_request": "privacy",
    "privacy_request": "privacy",
    "breach_notice": "privacy",
    "erase_customer": "privacy",
    "retention": "privacy",
    "tokens": "programs",
    "endpoints": "programs",
    "endpoint": "programs",
    "edit_endpoint": "programs",
    "api_docs": "programs",
    "my_day": "sales",
    "team_day": "sales",
    "live_board": "sales",
    "activities": "sales",
    "doubles": "doubles",
    "merge_customers": "doubles",
    "unmerge_customers": "doubles",
    "roles": "access",
    "add_role": "access",
    "edit_role": "access",
    "teams": "access",
    "add_team": "access",
    "edit_team": "access",
    "security": "access",
    "add_app": "access",
    "add_passkey": "access",
    "recovery_codes": "access",
}
# Verbs on a page are helped by that page's text.
_NOUNS = (
    ("visits", "field"),
    ("activit", "sales"),
    ("calendar", "sales"),
    ("remind", "sales"),
    ("prospect", "sales"),
    ("sequence", "sales"),
    ("follow_up", "sales"),
    ("qualify", "sales"),
    ("standing", "sales"),
    ("customer", "customer"),
    ("coming", "customers"),
    ("mention", "customer"),
    ("file", "customer"),
    ("related", "customer"),
    ("link", "customer"),
    ("life_event", "customer"),
    ("tag", "customers"),
    ("field", "fields"),
    ("option", "fields"),
    ("region", "customers"),
    ("contact", "customer"),
    ("note", "customer"),
    ("order", "orders"),
    ("product", "products"),
    ("import", "import"),
    ("run", "import"),
    ("report", "reports"),
    ("subscription", "subscriptions"),
    ("plan", "subscriptions"),
    ("unit", "subscriptions"),
    ("service", "subscriptions"),
    ("revenue", "subscriptions"),
    ("served", "service"),
    ("contract", "service"),
    ("concern", "service"),
    ("price", "service"),
    ("discount", "service"),
    ("influence", "service"),
    ("followers", "service"),
    ("board", "sales"),
    ("column", "sales"),
    ("opportunit", "sales"),
    ("first_purchase", "sales"),
    ("pipeline", "sales"),
    ("stage", "sales"),
    ("reason", "sales"),
    ("undo_step", "sales"),
    ("forecast", "sales"),
    ("target", "sales"),
    ("commission", "sales"),
    ("answer", "know-how"),
    ("advice", "know-how"),
    ("playbook", "know-how"),
    ("rival", "know-how"),
    ("claim", "know-how"),
    ("experiment", "know-how"),
)
ORDER = (
    "start",
    "home",
    "customers",
    "customer",
    "doubles",
    "sales",
    "field",
    "orders",
    "products",
    "subscriptions",
    "service",
    "know-how",
    "understand",
    "reports",
    "import",
    "privacy",
    "access",
    "fields",
    "programs",
    "settings",
)


def topic_of(page: str) -> str:
    """The help text for a page, by the name of its address."""
    if page in ORDER:
        return TOPICS.get(page, page)
    if page in TOPICS:
        return TOPICS[page]
    return next((topic for noun, topic in _NOUNS if noun in page), "start")


@lru_cache(maxsize=64)
def text(topic: str, language: str) -> str:
    """The source of a topic. Raises KeyError for one that does not exist."""
    if topic not in ORDER or language not in ("id", "en"):
        raise KeyError(topic)
    return (TEXTS / language / f"{topic}.md").read_text(encoding="utf-8")


def title(topic: str, language: str) -> str:
    """The heading of a topic."""
    return text(topic, language).split("\n", 1)[0].removeprefix("# ")


def contents(language: str) -> list[tuple[str, str]]:
    """Every topic with its heading, in the order to be read."""
    return [(topic, title(topic, language)) for topic in ORDER]


@lru_cache(maxsize=64)
def body(topic: str, language: str) -> Markup:
    """A topic below its heading, as HTML."""
    return render(text(topic, language).split("\n", 1)[1])


def render(source: str) -> Markup:
    """The part of Markdown the guide uses, as escaped HTML."""
    return Markup("\n").join(_block(block) for block in re.split(r"\n\s*\n", source.strip()))


def _block(block: str) -> Markup:
    lines = block.strip().split("\n")
    if lines[0].startswith("## "):
        rest = "\n".join(lines[1:])
        heading = Markup("<h2>{}</h2>").format(_words(lines[0][3:]))
        return heading + ("\n" + _block(rest) if rest else "")
    for mark, whole in ((r"- ", Markup("<ul>{}</ul>")), (r"\d+\. ", Markup("<ol>{}</ol>"))):
        if all(re.match(mark, line) for line in lines):
            items = Markup("").join(
                Markup("<li>{}</li>").format(_words(re.sub(mark, "", line, count=1))) for line in lines
            )
            return whole.format(items)
    return Markup("<p>{}</p>").format(_words(" ".join(lines)))


def _words(words: str) -> Markup:
    # Escaped first; what the marks below add is all the markup there can be.
    plain = str(escape(words))
    plain = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", plain)
    plain = re.sub(r"`(.+?)`", r"<kbd>\1</kbd>", plain)
    plain = re.sub(r"\[([^\]]+)\]\((/[\w/-]*)\)", r'<a class="s-link" href="\2">\1</a>', plain)
    return Markup(plain)  # noqa: S704 — escaped above
