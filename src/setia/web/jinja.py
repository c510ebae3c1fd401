"""The Jinja2 environment of Setia's own templates: strict about unknown names, escaping always on."""

import json
from decimal import Decimal
from typing import Any

from django.contrib.messages import get_messages
from django.core.serializers.json import DjangoJSONEncoder
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from jinja2 import Environment, StrictUndefined

from setia.web.format import FILTERS, language, zone_name


def _url(name: str, *args: Any, **kwargs: Any) -> str:
    return reverse(name, args=args or None, kwargs=kwargs or None)


class _PictureEncoder(DjangoJSONEncoder):
    """What pictures are drawn from: sums as numbers, days as ISO text, lazy words in the reader's language."""

    def default(self, o: Any) -> Any:
        return float(o) if isinstance(o, Decimal) else super().default(o)


def _dumps(value: Any, **options: Any) -> str:
    return json.dumps(value, cls=_PictureEncoder, **options)


def environment(**options: Any) -> Environment:
    """Called by Django with its own options; `undefined` and `autoescape` are ours."""
    options.update(undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    env = Environment(**options, extensions=["jinja2.ext.i18n", "jinja2.ext.do"])  # noqa: S701 — it is on
    env.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext, translation.ngettext, newstyle=True, pgettext=translation.pgettext
    )
    env.globals.update(static=static, url=_url, get_messages=get_messages, language=language, zone_name=zone_name)
    env.filters.update(FILTERS)
    env.policies["json.dumps_function"] = _dumps
    env.policies["json.dumps_kwargs"] = {}
    return env
