"""Reads of spot checks and instructions, always as far as a person may see them."""

from django.db.models import F, Q, QuerySet

from tasks_app.accounts.permissions import Viewer
from tasks_app.accounts.scopes import spoken_for
from tasks_app.catalogue.choices import AssignmentRole
from tasks_app.catalogue.models import Task
from tasks_app.inspection.choices import InstructionStatus, ReplyKind
from tasks_app.inspection.models import Instruction, InstructionReply, SpotCheck

# The light seen on the spot differs from the computed one or from the units' own.
IS_FINDING = ~Q(computed_light__in=["", F("light")]) | ~Q(own_light__in=["", F("light")])


def spot_checks_for(viewer: Viewer) -> QuerySet[SpotCheck]:
    """The newest first, with task, unit and who made them."""
    return SpotCheck.objects.readable_by(viewer).select_related("task__task_list", "unit", "made_by")


def owed_answers(viewer: Viewer) -> QuerySet[Instruction]:
    """Open instructions on tasks that this liaison's units lead and to which none of them has said what was done."""
    led = Task.objects.filter(spoken_for(viewer, "obligations__"), obligations__role=AssignmentRole.LEAD)
    open_ones = Instruction.objects.exclude(status=InstructionStatus.CLOSED).filter(task__in=led.values("pk"))
    answered = InstructionReply.objects.filter(spoken_for(viewer), kind=ReplyKind.ANSWER)
    return open_ones.exclude(pk__in=answered.values("instruction")).select_related("task", "issued_by")


def instructions_for(viewer: Viewer) -> QuerySet[Instruction]:
    """What is open first, the newest on top, with task, who wrote it and the replies."""
    return (
        Instruction.objects.readable_by(viewer)
        .select_related("task__task_list", "issued_by", "closed_by")
        .prefetch_related("replies__unit")
        .order_by(F("closed_at").desc(nulls_first=True), "-pk")
    )
