"""Cards of the board go from stage to stage by mouse and by keys, on a desk and on a phone."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from setia.accounts.models import User
from setia.core.models import Firm
from setia.customers import actions as customers
from setia.sales import actions
from setia.sales.models import Opportunity, Stage
from tests.browser import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ratna() -> User:
    """The owner of a shop whose pipeline is in English."""
    Firm.objects.update_or_create(pk=1, defaults={"name": "Kopi Nusantara", "language": "en"})
    return User.objects.create_user("ratna@kopi.id", None, name="Ratna Wulandari", role=User.Role.OWNER)


@pytest.fixture
def deal(ratna: User) -> Opportunity:
    """Something in the first stage, with all that later ones ask for."""
    now = timezone.now()
    actions.make_first_pipeline(at=now)
    siti = customers.add(by=ratna, at=now, name="Siti Nurhaliza")
    return actions.add_opportunity(
        by=ratna,
        at=now,
        customer=siti,
        stage=Stage.objects.order_by("position")[0],
        title="Machines",
        amount=Decimal(12_500_000),
        expected_date=timezone.localdate() + timedelta(days=20),
        owner=ratna,
    )


def test_a_card_is_dragged_by_mouse_and_carried_by_keys(visit: Visit, ratna: User, deal: Opportunity) -> None:
    tab = visit(ratna, language="en").goto("/sales/board/")
    page, card = tab.page, f"#opp-{deal.pk}"
    talk, need, offer = Stage.objects.order_by("position")[:3]
    tab.check()
    start, goal = page.locator(card).bounding_box(), page.locator(f"[data-lane='{need.pk}']").bounding_box()
    assert start is not None
    assert goal is not None
    page.mouse.move(start["x"] + 12, start["y"] + start["height"] - 6)
    page.mouse.down()
    page.mouse.move(goal["x"] + 40, goal["y"] + 80, steps=6)
    page.locator(f"[data-lane='{need.pk}'].s-lane-over").wait_for()
    page.mouse.up()
    page.locator(f"#cards-{need.pk} {card}").wait_for()
    assert Opportunity.objects.get(pk=deal.pk).stage == need
    assert page.locator(f"#head-{talk.pk}").inner_text().split("\n")[1].startswith("0")
    tab.settle()
    page.locator(f"{card} [data-grip]").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.locator(f"#cards-{offer.pk} {card}").wait_for()
    assert Opportunity.objects.get(pk=deal.pk).stage == offer
    tab.settle()
    page.get_by_role("button", name="Undo").click()
    page.locator(f"#cards-{need.pk} {card}").wait_for()
    tab.calm()


def test_the_board_is_swiped_and_its_menu_moves_a_card_on_a_phone(visit: Visit, ratna: User, deal: Opportunity) -> None:
    tab = visit(ratna, language="en", size="phone").goto("/sales/board/")
    page, need = tab.page, Stage.objects.order_by("position")[1]
    tab.check()
    page.locator(f"#opp-{deal.pk} .s-deal-menu summary").click()
    page.get_by_role("button", name=need.name).click()
    page.locator(f"#cards-{need.pk} #opp-{deal.pk}").wait_for(state="attached")
    assert Opportunity.objects.get(pk=deal.pk).stage == need
    page.goto(page.url.replace("/board/", f"/opportunities/{deal.pk}/"))
    tab.settle().check()
