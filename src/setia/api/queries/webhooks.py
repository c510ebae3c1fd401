"""Which addresses are told of events, and how the telling goes."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet
from django.http import Http404

from setia.api.models import Delivery, Endpoint
from setia.core.keyset import Leg
from setia.core.permissions import Actor, may


class Standing(NamedTuple):
    """An address with what waits and what was given up; counts stop at a thousand."""

    endpoint: Endpoint
    waiting: int
    dead: int
    latest_at: datetime | None


def endpoints_for(user: Actor) -> QuerySet[Endpoint]:
    """The addresses this person may see; none without the right."""
    endpoints = Endpoint.objects.select_related("made_by").order_by("name", "id")
    return endpoints if may(user, "api.webhooks") else endpoints.none()


def get_endpoint_for(user: Actor, pk: int) -> Endpoint:
    """One address. Raises `Http404`."""
    endpoint = endpoints_for(user).filter(pk=pk).first()
    if endpoint is None:
        raise Http404
    return endpoint


def standing(endpoint: Endpoint) -> Standing:
    """How the telling of one address goes."""
    mine = Delivery.objects.filter(endpoint=endpoint)
    waiting = mine.filter(state__in=[Delivery.State.WAITING, Delivery.State.SENDING]).order_by()[:1000].count()
    dead = mine.filter(state=Delivery.State.DEAD).order_by()[:1000].count()
    latest = mine.filter(state=Delivery.State.DONE).order_by("-id").values_list("ended_at", flat=True).first()
    return Standing(endpoint, waiting, dead, latest)


def deliveries(endpoint: Endpoint, state: str = "") -> list[Leg]:
    """The telling of one address, the newest first."""
    mine = Delivery.objects.filter(endpoint=endpoint)
    if state in Delivery.State.values:
        mine = mine.filter(state=state)
    return [Leg(mine, ("-id",))]
