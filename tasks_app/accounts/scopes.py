"""Whose rows: the decisions of `permissions.py` as conditions for filter().

`to` is the path from the row to what the condition is about: its list, its report, its unit.
"""

from collections.abc import Collection

from django.db.models import Q

from tasks_app.accounts.choices import Role
from tasks_app.accounts.permissions import Viewer


def own_units(viewer: Viewer, to: str = "") -> Q:
    """Rows of the units of which this person is one, as liaison or head."""
    return _among(f"{to}unit_id", viewer.reporting_unit_ids)


def spoken_for(viewer: Viewer, to: str = "") -> Q:
    """Rows of the units for which this person reports and answers, as their liaison."""
    return _among(f"{to}unit_id", viewer.liaison_unit_ids)


def headed(viewer: Viewer, to: str = "") -> Q:
    """Rows of the units whose head this person is."""
    return _among(f"{to}unit_id", viewer.head_unit_ids)


def in_sight(viewer: Viewer, to: str = "") -> Q:
    """Lists (or units) of the jurisdictions in which this person holds a role: what everybody there may know."""
    return _among(f"{to}jurisdiction_id", viewer.jurisdiction_ids)


def coordinated(viewer: Viewer, to: str = "") -> Q:
    """Lists that the viewer's own unit coordinates."""
    return _among(f"{to}coordinating_unit_id", viewer.coordinator_unit_ids)


def overseen(viewer: Viewer, to: str = "") -> Q:
    """Lists of the jurisdictions of which this person reads everything submitted."""
    return _among(f"{to}jurisdiction_id", viewer.overseen_jurisdiction_ids)


def looked_after(viewer: Viewer, to: str = "") -> Q:
    """Lists coordinated or overseen: of which this person reads what was handed in."""
    return coordinated(viewer, to) | overseen(viewer, to)


def chased(viewer: Viewer, to: str = "") -> Q:
    """Lists whose units this person may chase (`can_chase`)."""
    return coordinated(viewer, to) | chasing_in(viewer, to)


def chasing_in(viewer: Viewer, to: str = "") -> Q:
    """Lists (or units) of the jurisdictions in which this person chases, whatever the list."""
    return _among(f"{to}jurisdiction_id", viewer.chasing_jurisdiction_ids)


def on_queue(viewer: Viewer, to: str = "") -> Q:
    """What belongs to jurisdictions in which this person works on, or watches, what is late."""
    return _among(f"{to}jurisdiction_id", viewer.queue_jurisdiction_ids)


def supervised(viewer: Viewer, to: str = "") -> Q:
    """Lists of the jurisdictions whose supervisor this person is (`can_supervise`)."""
    return _held_as(viewer, Role.SUPERVISOR, to)


def administered(viewer: Viewer, to: str = "") -> Q:
    """Lists (or units) of the jurisdictions whose administrator this person is."""
    return _held_as(viewer, Role.ADMINISTRATOR, to)


def kept(viewer: Viewer, to: str = "") -> Q:
    """Lists that this person keeps: coordinated or administered (`can_keep_rule`, `can_import_into`)."""
    return coordinated(viewer, to) | administered(viewer, to)


def _held_as(viewer: Viewer, role: Role, to: str) -> Q:
    return _among(f"{to}jurisdiction_id", viewer.jurisdiction_ids_as(role))


def _among(path: str, ids: Collection[int]) -> Q:
    return Q(**{f"{path}__in": ids})
