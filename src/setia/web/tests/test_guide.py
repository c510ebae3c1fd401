"""The user guide: complete in both languages, found from every page, and unable to smuggle markup in."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver

from setia.accounts.models import User
from setia.web import guide


@pytest.mark.parametrize("topic", guide.ORDER)
def test_each_topic_says_the_same_in_both_languages(topic: str) -> None:
    indonesian, english = guide.text(topic, "id"), guide.text(topic, "en")
    assert indonesian != english
    shape = [
        [line[:2] for line in text.split("\n") if line[:2] in ("# ", "##", "- ")] for text in (indonesian, english)
    ]
    assert shape[0] == shape[1], "the same headings and points, in the same order"


def test_every_text_that_is_kept_can_be_reached() -> None:
    kept = {path.stem for path in (guide.TEXTS / "id").glob("*.md")}
    assert kept == set(guide.ORDER)
    assert set(guide.TOPICS.values()) <= kept


def test_every_page_of_a_room_leads_to_a_text_of_its_own_kind() -> None:
    names = set()

    def walk(patterns: Sequence[Any]) -> None:
        for one in patterns:
            if isinstance(one, URLResolver):
                walk(one.url_patterns)
            elif getattr(one.callback, "__module__", "").startswith("setia."):
                names.add(one.name)

    walk(get_resolver().url_patterns)
    assert {guide.topic_of(name) for name in names} <= set(guide.ORDER)
    assert guide.topic_of("edit_customer") == "customer"
    assert guide.topic_of("map_import") == "import"
    assert guide.topic_of("somewhere_else") == "start"


def test_a_text_is_rendered_as_written_and_escaped() -> None:
    source = "## Head\n- **one** & <b>two</b>\n- `k`\n\nWords [here](/customers/)\nand on.\n\n1. first\n2. second"
    assert guide.render(source) == (
        "<h2>Head</h2>\n<ul><li><b>one</b> &amp; &lt;b&gt;two&lt;/b&gt;</li><li><kbd>k</kbd></li></ul>\n"
        '<p>Words <a class="s-link" href="/customers/">here</a> and on.</p>\n<ol><li>first</li><li>second</li></ol>'
    )


def test_a_link_out_of_setia_stays_text() -> None:
    assert "<a" not in guide.render("[here](javascript:alert) and [there](https://example.com)")


@pytest.mark.django_db
def test_help_is_shown_to_who_is_signed_in_in_their_language(client: Client) -> None:
    client.force_login(User.objects.create_user("ratna@kopi.id", name="Ratna Wulandari", language="en"))
    page = client.get("/help/edit_customer/").content.decode()
    assert "<h1" in page
    assert "One customer" in page
    assert "Only an owner may delete" in page
