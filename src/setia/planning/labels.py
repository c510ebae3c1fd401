"""What the audit trail says about know-how, in the reader's words."""

from django.utils.translation import gettext_lazy as _

from setia.core.trail import name_data, name_thing
from setia.core.words import name_fields, name_verbs
from setia.planning import queries
from setia.planning.models import Claim

name_verbs(
    {
        "answer.added": _("Wrote an answer"),
        "answer.edited": _("Changed an answer"),
        "answer.checked": _("Said that an answer still holds"),
        "answer.archived": _("Archived an answer"),
        "answer.restored": _("Took an answer out of the archive"),
        "advice.set": _("Changed how to sell"),
        "advice.reset": _("Went back to Setia's advice"),
        "experiment.begun": _("Began an experiment"),
        "experiment.ended": _("Ended an experiment, or said what was learnt"),
        "rival.added": _("Named another brand"),
        "rival.edited": _("Changed another brand"),
        "rival.priced": _("Noted a price of another brand"),
        "rival.archived": _("Archived another brand"),
        "rival.restored": _("Took another brand out of the archive"),
        "claim.added": _("Wrote an answer to another brand"),
        "claim.edited": _("Changed an answer to another brand"),
        "claim.removed": _("Took an answer to another brand away"),
    }
)
name_fields(
    "answer",
    {
        "question": _("Question"),
        "answer": _("Answer"),
        "product": _("Product"),
        "category": _("Category"),
        "tags": _("Tags"),
    },
)
name_fields("rival", {"name": _("Name"), "notes": _("Notes")})
name_fields("claim", {"claim": _("What is said for them"), "answer": _("Our answer"), "evidence": _("Evidence")})
name_thing(
    "answer",
    _("Answers about products"),
    rows=lambda reader, keys: queries.answers_for(reader).filter(pk__in=keys),
    called="question",
    page="answer",
)
name_thing(
    "rival",
    _("Other brands"),
    rows=lambda reader, keys: queries.all_rivals_for(reader).filter(pk__in=keys),
    called="name",
    page="rival",
)
name_thing(
    "claim",
    _("Answers to other brands"),
    rows=lambda reader, keys: Claim.objects.filter(rival__in=queries.all_rivals_for(reader), pk__in=keys),
    called="claim",
)
name_thing(
    "experiment",
    _("Experiments"),
    rows=lambda reader, keys: queries.experiments_for(reader).filter(pk__in=keys),
    called="name",
    page="experiment",
)
name_thing("advice", _("How to sell to whom"), page="playbook", keyed=False)
name_data("advice", {"about": _("About"), "language": _("Language")})
name_data("claim", {"rival": _("Other brand"), "claim": _("What is said for them"), "answer": _("Our answer")})
name_data("rival", {"product": _("Product"), "before": _("Before"), "price": _("Price")})
