"""Finding a bulletin for a person, and what this person may do to it."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from tasks_app.accounts.models import User
from tasks_app.accounts.permissions import can_approve_bulletin, can_write_bulletin
from tasks_app.bulletins.choices import Act
from tasks_app.bulletins.models import Bulletin
from tasks_app.bulletins.rules import may
from tasks_app.web.shared.http import Request

JOINED = (
    "task_list__jurisdiction", "task_list__coordinating_unit", "period", "snapshot__period", "compared_with__period",
    "replaces",
)  # fmt: skip
PEOPLE = ("drafted_by", "saved_by", "submitted_by", "decided_by", "published_by", "recalled_by")


def found_bulletin(request: Request, pk: int) -> Bulletin:
    """The bulletin with all that it is composed of; one that this person may not see answers like one that does not
    exist.
    """
    bulletin = get_object_or_404(Bulletin.objects.visible_to(request.viewer).select_related(*JOINED), pk=pk)
    # Joined too, the six would make PostgreSQL weigh orders of fifteen tables, for longer than all else of the page.
    acted = {name: key for name in PEOPLE if (key := getattr(bulletin, f"{name}_id")) is not None}
    people = User.objects.in_bulk(acted.values())
    for name, key in acted.items():
        setattr(bulletin, name, people[key])
    return bulletin


def not_written() -> PermissionDenied:
    return PermissionDenied(_("通报由清单的汇总单位起草、送审、发布和撤回，其他岗位只能查看。"))


def not_approved() -> PermissionDenied:
    return PermissionDenied(_("通报由本辖区的督查员或领导审批。"))


@dataclass(frozen=True)
class Rights:
    """What one person may do to one bulletin, in its present state."""

    writes: bool
    approves: bool
    bulletin: Bulletin

    @classmethod
    def of(cls, request: Request, bulletin: Bulletin) -> "Rights":
        task_list = bulletin.task_list
        writes = can_write_bulletin(request.viewer, coordinating_unit_id=task_list.coordinating_unit_id)
        approves = can_approve_bulletin(request.viewer, jurisdiction_id=task_list.jurisdiction_id)
        # Nobody approves their own text.
        approves = approves and request.user.pk not in bulletin.writer_ids
        return cls(writes, approves, bulletin)

    def _writes(self, act: Act) -> bool:
        return self.writes and may(act, self.bulletin.state)

    @property
    def edit(self) -> bool:
        return self._writes(Act.EDIT)

    @property
    def submit(self) -> bool:
        return self._writes(Act.SUBMIT)

    @property
    def withdraw(self) -> bool:
        return self._writes(Act.WITHDRAW)

    @property
    def publish(self) -> bool:
        return self._writes(Act.PUBLISH)

    @property
    def recall(self) -> bool:
        return self._writes(Act.RECALL)

    @property
    def discard(self) -> bool:
        return self._writes(Act.DISCARD)

    @property
    def decide(self) -> bool:
        return self.approves and may(Act.APPROVE, self.bulletin.state)
