"""Table of contents: every model of every room, so that Django finds them."""

from tasks_app.accounts.models import Membership, User
from tasks_app.audit.models import ChainHead, Event
from tasks_app.catalogue.models import Assignment, Document, Doubt, Indicator, Section, Task, TaskList
from tasks_app.intake.models import ImportBatch, StagedRow
from tasks_app.outbox.models import Message
from tasks_app.progress.models import Standing
from tasks_app.reminders.models import ReminderStep
from tasks_app.reporting.models import (
    IndicatorValue,
    MonthlyReport,
    Obligation,
    Period,
    ReportEntry,
    ReportingRule,
)
from tasks_app.supervision.models import Closure
from tasks_app.units.models import GroupMember, Jurisdiction, Unit, UnitAlias
from tasks_app.workdays.models import DayException

__all__ = [
    "Assignment",
    "ChainHead",
    "Closure",
    "DayException",
    "Document",
    "Doubt",
    "Event",
    "GroupMember",
    "ImportBatch",
    "Indicator",
    "IndicatorValue",
    "Jurisdiction",
    "Membership",
    "Message",
    "MonthlyReport",
    "Obligation",
    "Period",
    "ReminderStep",
    "ReportEntry",
    "ReportingRule",
    "Section",
    "StagedRow",
    "Standing",
    "Task",
    "TaskList",
    "Unit",
    "UnitAlias",
    "User",
]
