"""Whom a formal act on a task concerns: who is told of it, and whose tasks it may be read on."""

import operator
from collections.abc import Collection, Iterable
from functools import reduce

from django.db.models import Q, QuerySet

from tasks_app.accounts.choices import Role
from tasks_app.accounts.models import Membership, User
from tasks_app.accounts.permissions import Viewer
from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.models import Task, TaskList
from tasks_app.catalogue.queries import involving
from tasks_app.roster.queries import charges, liaisons_by_unit


def tasks_of(viewer: Viewer, role: AssignmentRole | None = None) -> QuerySet[Task]:
    """Tasks in which a unit for which this person reports (or which the person heads) has a part."""
    units = viewer.reporting_units
    if not units:
        return Task.objects.none()
    return Task.objects.filter(reduce(operator.or_, (involving(unit, role) for unit in units), Q()))


def liaisons_for(task_list_id: int, unit_ids: Iterable[int]) -> list[User]:
    """For each unit the person whom the roster of the list names, else its liaisons: two queries."""
    liaisons = liaisons_by_unit()
    charged = charges(liaisons)
    return [
        person for unit_id in unit_ids for person in charged.get((task_list_id, unit_id), liaisons.get(unit_id, []))
    ]


def heads_of(unit_ids: Collection[int]) -> list[User]:
    return _holders(Q(role=Role.HEAD, unit_id__in=unit_ids))


def supervisors_of(task_list: TaskList) -> list[User]:
    return _holders(Q(role=Role.SUPERVISOR, unit__jurisdiction_id=task_list.jurisdiction_id))


def coordinators_of(task_list: TaskList) -> list[User]:
    return _holders(Q(role=Role.COORDINATOR, unit_id=task_list.coordinating_unit_id))


def _holders(posts: Q) -> list[User]:
    return [m.user for m in Membership.objects.in_force().filter(posts).select_related("user").order_by("pk")]
