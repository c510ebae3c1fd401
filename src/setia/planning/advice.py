"""The advice Setia brings on each trait and stage, for a firm that has not written its own: to do, to say, to avoid."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from setia.planning.models import About

_Points = tuple[Any, ...]
_ADVICE: dict[str, tuple[_Points, _Points, _Points]] = {
    About.NEW: (
        (
            _("Explain before you sell: how it is used, what is included, what happens after paying."),
            _("Answer each question in full, and the next one they will have."),
            _("Get in touch a few days after the first purchase and ask how it went."),
        ),
        (_("“Tell me what you want to use it for, then I show you what fits and what does not.”"),),
        (
            _("No bundles or larger sizes before they know the first one."),
            _("No words of the trade without saying what they mean."),
        ),
    ),
    About.POTENTIAL: (
        (
            _("Show the advantage for their own case: a sample, a demonstration, a customer like them."),
            _("Ask what they use now and what bothers them about it; answer exactly that."),
            _("Agree on the next step and its day before you part."),
        ),
        (_("“What would have to be better than today, so that it is worth changing?”"),),
        (
            _("Do not list everything you have; two advantages that matter to them are enough."),
            _("Do not start with a discount: they do not yet know what it is worth."),
        ),
    ),
    About.IMPULSIVE: (
        (
            _("Let them look and try; make it easy to take it along at once."),
            _("Say plainly what it costs and how it can be given back."),
        ),
        (_("“Have a look around. If something speaks to you, I bring it.”"),),
        (
            _("No pressure and no countdown: who felt pushed sends it back and stays away."),
            _("Do not ask for a long form before the purchase."),
        ),
    ),
    About.THRIFTY: (
        (
            _("Tell them first about a promotion, with its last day."),
            _("Show the price per use, larger packs, and what lasts longer."),
        ),
        (_("“With this promotion you pay less until Sunday; otherwise the large pack is the cheapest per cup.”"),),
        (
            _("No dearer version without a reason in money."),
            _("No discount of your own outside a promotion: they will wait for the next one."),
        ),
    ),
    About.DEVOTED: (
        (
            _("Know what they bought and when they need it again, and have it ready."),
            _("Thank them for staying: first to try what is new, a place held for them."),
            _("Ask what could be better; they know you longest."),
        ),
        (_("“Your usual should be running low. Shall I set it aside?”"),),
        (
            _("Do not explain what they have known for years."),
            _("Do not give a newcomer a better price than them."),
        ),
    ),
    About.ADVOCATE: (
        (
            _("Thank them by name for whom they brought, and tell them how it went, as far as those agree."),
            _("Ask whom else it would help, and make it easy to pass on."),
        ),
        (_("“Thank you for sending your friend to us. What did you tell them about it?”"),),
        (
            _("Do not make it a trade: a reward is a thank-you and no wage."),
            _("Do not use their name in advertising without asking."),
        ),
    ),
    About.REACH: (
        (
            _("Find out whether it is for them at all: need, moment, who decides."),
            _("Offer something of use before you ask for something."),
        ),
        (_("“May I ask two questions, so that I do not waste your time?”"),),
        (_("Do not send everything to everybody; ask on which channel they want to hear from you."),),
    ),
    About.RELATIONSHIP: (
        (
            _("Close the first purchase while contact is warm: small, easy, with a way back."),
            _("Keep what you promised in the last talk, on the day."),
        ),
        (_("“Shall we begin with one, and see after a week?”"),),
        (_("Do not let a question wait for a day: warm contact cools quickly."),),
    ),
    About.FIRST: (
        (
            _("See to it that the first purchase works for them; mend at once what does not."),
            _("Propose the second purchase when it will be used up, not before."),
        ),
        (_("“How is it? Is there anything you would want otherwise?”"),),
        (_("Do not try to sell something else before you know that they are content."),),
    ),
    About.RETENTION: (
        (
            _("Get in touch by their own rhythm, shortly before they would buy."),
            _("Bring what goes with what they buy already."),
        ),
        (_("“Many who take this also take that one; may I put one in to try?”"),),
        (_("Do not be silent until they ask; do not write more often than they buy."),),
    ),
    About.LOYALTY: (
        (
            _("Protect it: the same person, short ways, faults mended without debate."),
            _("Ask for a recommendation when they have just been pleased."),
        ),
        (_("“You have been with us so long; what should we never change?”"),),
        (_("Do not take them for granted, and do not test new prices on them first."),),
    ),
    About.DEFECTED: (
        (
            _("Ask why, and listen; write the reason on the record."),
            _("If it was your fault, say so and make it good before you offer anything."),
        ),
        (_("“We miss you. What would we have had to do otherwise?”"),),
        (
            _("No discount before the reason is known."),
            _("Who asked to be left alone is left alone."),
        ),
    ),
}


def built_in(about: str) -> tuple[str, str, str]:
    """Setia's advice on a trait or stage in the reader's language: to do, to say, to avoid, a point a line."""
    do, say, avoid = ("\n".join(str(point) for point in points) for points in _ADVICE[about])
    return do, say, avoid
