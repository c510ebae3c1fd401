"""Decide about groups of doubles: merge them, say that they are not, take that back, merge all that are certain."""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core.permissions import require
from setia.customers.actions.find_doubles import SearchRunning, give_up_lost
from setia.customers.actions.merge import AlreadyMerged, merge
from setia.customers.models import Customer, DoubleGroup, DoubleSearch, Merge, NotDouble
from setia.customers.queries.gate import customers_for

LEAST_IN_BULK = 0.95
"""Below this certainty nothing is merged without somebody looking at it."""


class Decided(Exception):
    """Somebody has decided about this group meanwhile, or fewer than two of its customers are left."""


def accept_double(
    *, by: User, at: datetime, group: DoubleGroup, survivor_id: int | None = None, in_bulk: bool = False
) -> Merge:
    """Merge the customers of a group into one of them, the oldest record where nobody chose. Raises `Decided`.

    `in_bulk` says that nobody looked at the group, so that its merging is no evidence of how right the search is.
    """
    require(by, "customers.merge")
    with transaction.atomic():
        _claim(group, DoubleGroup.State.ACCEPTED, by=by, at=at)
        seen = customers_for(by).filter(pk__in=group.members)
        members = {one.pk: one for one in seen.order_by("created_at", "pk")}
        if len(members) < 2:
            raise Decided
        survivor = members.get(survivor_id or 0) or next(iter(members.values()))
        others = [one for one in members.values() if one != survivor]
        try:
            done = merge(by=by, at=at, survivor=survivor, others=others)
        except AlreadyMerged as gone:
            raise Decided from gone
        DoubleGroup.objects.filter(pk=group.pk).update(merge=done, in_bulk=in_bulk)
        audit(by=by, at=at, verb="double.accepted", about="double", about_id=group.pk, data={"merge": done.pk})
    return done


def reject_double(*, by: User, at: datetime, group: DoubleGroup, customer_id: int | None = None) -> None:
    """Say that these are different customers, or that one of them is none of the others; it is remembered for good.

    With `customer_id` the rest of the group stays open while it has two. Raises `Decided`.
    """
    require(by, "customers.merge")
    members: Sequence[int] = group.members
    with transaction.atomic():
        if customer_id is None:
            _claim(group, DoubleGroup.State.REJECTED, by=by, at=at)
            apart = list(itertools.combinations(sorted(members), 2))
        elif customer_id not in members:
            raise Decided
        else:
            rest = [one for one in members if one != customer_id]
            apart = [(min(one, customer_id), max(one, customer_id)) for one in rest]
            if len(rest) < 2:
                _claim(group, DoubleGroup.State.REJECTED, by=by, at=at)
            else:
                pairs = [pair for pair in group.pairs if customer_id not in pair[:2]]
                left = DoubleGroup.objects.filter(pk=group.pk, state=DoubleGroup.State.OPEN, members=members)
                if not left.update(members=rest, pairs=pairs):
                    raise Decided
        NotDouble.objects.bulk_create(
            (NotDouble(low=low, high=high, group=group, by=by, at=at) for low, high in apart), ignore_conflicts=True
        )
        data = {"members": list(members)} | ({"apart": customer_id} if customer_id else {})
        audit(by=by, at=at, verb="double.rejected", about="double", about_id=group.pk, data=data)


def reopen_double(*, by: User, at: datetime, group: DoubleGroup) -> None:
    """Take a rejection back: the group waits again, and what was remembered of it is forgotten. Raises `Decided`."""
    require(by, "customers.merge")
    with transaction.atomic():
        rejected = DoubleGroup.objects.filter(pk=group.pk, state=DoubleGroup.State.REJECTED)
        if not rejected.update(state=DoubleGroup.State.OPEN, decided_by=None, decided_at=None):
            raise Decided
        NotDouble.objects.filter(group=group).delete()
        audit(by=by, at=at, verb="double.reopened", about="double", about_id=group.pk)


def ask_for_merges(*, by: User, at: datetime, threshold: float) -> DoubleSearch:
    """Queue the merging of every open group at least so certain. Raises `ValueError` below `LEAST_IN_BULK`, and
    `SearchRunning` while one is under way."""
    require(by, "customers.merge")
    if not LEAST_IN_BULK <= threshold <= 1:
        raise ValueError(threshold)
    try:
        with transaction.atomic():
            give_up_lost("MERGE", at=at)
            job = DoubleSearch.objects.create(kind="MERGE", by=by, threshold=threshold, asked_at=at, beat_at=at)
            audit(
                by=by, at=at, verb="double.merged_all", about="double_search", about_id=job.pk,
                data={"threshold": threshold},
            )  # fmt: skip
            app.configure_task("customers.merge_doubles").defer(search_id=job.pk)
    except IntegrityError:
        under_way = DoubleSearch.objects.filter(kind="MERGE", state__in=["QUEUED", "RUNNING"]).first()
        if under_way is None:
            raise
        raise SearchRunning(under_way) from None
    return job


def merge_doubles(search_id: int) -> int:
    """Merge the groups a queued job asks for, each in a transaction of its own; answers how many in all.

    Killed in between, the next run goes on with those that are still open. A group decided meanwhile is left alone.
    """
    job = DoubleSearch.objects.filter(pk=search_id, kind="MERGE", state__in=["QUEUED", "RUNNING"]).first()
    if job is None or job.by is None or job.threshold is None:
        return 0
    jobs = DoubleSearch.objects.filter(pk=job.pk)
    groups = DoubleGroup.objects.filter(state=DoubleGroup.State.OPEN, certainty__gte=job.threshold)
    keys = list(groups.order_by("-certainty", "-id").values_list("pk", flat=True))
    # What a killed run merged counts, too: it was asked for by the same person in the same job.
    done = DoubleGroup.objects.filter(in_bulk=True, decided_by=job.by, decided_at__gte=job.asked_at).count()
    try:
        for number, key in enumerate(keys, start=1):
            group = groups.filter(pk=key).first()
            if group is not None:
                try:
                    accept_double(by=job.by, at=datetime.now(UTC), group=group, in_bulk=True)
                    done += 1
                except (Decided, Customer.DoesNotExist):
                    pass
            jobs.update(state=DoubleSearch.State.RUNNING, share=number / len(keys), groups=done, beat_at=timezone.now())
    except Exception as trouble:
        jobs.update(state=DoubleSearch.State.FAILED, problem=str(trouble)[:300], finished_at=timezone.now())
        raise
    jobs.update(state=DoubleSearch.State.DONE, share=1, groups=done, finished_at=timezone.now())
    return done


def _claim(group: DoubleGroup, state: str, *, by: User, at: datetime) -> None:
    """Decide about a group that is still open and as it was shown."""
    still = Q(pk=group.pk, state=DoubleGroup.State.OPEN, members=group.members)
    if not DoubleGroup.objects.filter(still).update(state=state, decided_by=by, decided_at=at):
        raise Decided
