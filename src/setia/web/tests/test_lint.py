"""The template lint: each rule with a template that breaks it and one that does not."""

import pytest

from setia.web.lint import check

BROKEN = [
    ("{% if x %}", "cannot be read"),
    ('<p style="color:red"></p>', "style attribute"),
    ('<button type="button" onclick="go()"></button>', "handler"),
    ('<a href="javascript:go()"></a>', "handler"),
    ("<script>go()</script>", "script inside the page"),
    ("<style>p{}</style>", "style element"),
    ('<div hx-on:click="go()"></div>', "runs script"),
    ("{{ name|safe }}", "|safe"),
    ("<p>Hello there</p>", "untranslated text: 'Hello there'"),
    ('<p title="Hello there"></p>', "untranslated title"),
    ('<input placeholder="Your name">', "untranslated placeholder"),
    ("{{ _(words) }}", "wants the text itself"),
    ('{{ _("80% range") }}', "is written %%"),
    ('<img src="/x.png">', "image without alt"),
    ("<button>{{ _('Go') }}</button>", "button outside a form"),
    ("<form><button>{{ _('Go') }}</button><button type='submit'></button></form>", "several buttons"),
    ('<form method="post"><button type="submit"></button></form>', "CSRF"),
    ('{{ m.icon("no-such-icon") }}', "no-such-icon"),
    ("{{ static('web/no-such.css') }}", "no static file"),
    ("{{ 1.2|number(1) }}", "keeps the first reader's language"),
]
SOUND = [
    '<script type="application/json">{"a": "words"}</script>',
    "<script src=\"{{ static('web/app.js') }}\" defer></script>",
    "<p>{{ name }} · {{ _('Hello there') }} – 12</p>",
    "<p>{% trans %}Hello there{% endtrans %}</p>",
    "<p title=\"{{ _('Hello there') }}\"></p>",
    "<p>WhatsApp, Setia</p>",
    "{% macro link(a) %}{{ url('home') }}?span={{ a }}&view=x{% endmacro %}",
    '{{ _("80%% range of %(name)s", name=x) }}',
    '<form method="post">{{ m.csrf() }}<button>{{ _("Go") }}</button></form>',
    '{{ m.icon("house") }}',
    "{{ row.share|percent(0) }}",
    "<p>{# a remark in words #}</p>",
    '<div data-css-w="50%"></div>',
]


@pytest.mark.parametrize(("source", "said"), BROKEN)
def test_a_broken_template_is_told_what_is_wrong(source: str, said: str) -> None:
    assert any(said in str(problem) for problem in check(source)), check(source)


@pytest.mark.parametrize("source", SOUND)
def test_a_sound_template_passes(source: str) -> None:
    assert check(source) == []


def test_a_problem_names_its_line() -> None:
    problems = check('{% set a = 1 %}\n{# two\nlines #}\n<p style="x"></p>\n')
    assert [problem.line for problem in problems] == [4]
