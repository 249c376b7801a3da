"""Table of contents: every model of every room, so that Django finds them."""

from tasks_app.accounts.models import Membership, User
from tasks_app.audit.models import ChainHead, Event
from tasks_app.bulletins.models import Bulletin, BulletinStyle
from tasks_app.catalogue.models import Assignment, Document, Doubt, Indicator, Milestone, Section, Task, TaskList
from tasks_app.closing.models import PeriodSnapshot, SnapshotTask, SnapshotUnit
from tasks_app.confirming.models import Confirmation
from tasks_app.evidence.models import Evidence
from tasks_app.inspection.models import Instruction, InstructionReply, SpotCheck, SpotCheckFile, SpotCheckVersion
from tasks_app.intake.models import ImportBatch, StagedRow
from tasks_app.notices.models import Notice, NoticeFile, NoticeRound, NoticeSetting, NoticeTask
from tasks_app.outbox.models import Breakdown, ChannelPreference, Digest, DigestLine, GroupRobot, Heartbeat, Message
from tasks_app.progress.models import LightChange, Standing
from tasks_app.reminders.models import (
    CalendarFeed,
    ListReminding,
    MessageTemplate,
    Reminder,
    ReminderStep,
    SendingPolicy,
)
from tasks_app.reporting.models import (
    EntryReturn,
    EntryVersion,
    IndicatorValue,
    MonthlyReport,
    ReportEntry,
    Submission,
)
from tasks_app.roster.models import RosterPlace
from tasks_app.saved.models import DefaultFilter, SavedFilter
from tasks_app.schedule.models import DueChange, Obligation, Period, ReportingRule
from tasks_app.scores.models import (
    Objection,
    ObjectionFile,
    ScoreLine,
    ScoreRule,
    ScoreScheme,
    ScoreSheet,
    ScoreUnit,
)
from tasks_app.supervision.models import Closure, ClosureFile, ClosureHearing, ClosureValue, Extension
from tasks_app.units.models import GroupMember, Jurisdiction, Unit, UnitAlias
from tasks_app.workbook.models import WorkbookUpload
from tasks_app.workdays.models import DayException

__all__ = [
    "Assignment",
    "Breakdown",
    "Bulletin",
    "BulletinStyle",
    "CalendarFeed",
    "ChainHead",
    "ChannelPreference",
    "Closure",
    "ClosureFile",
    "ClosureHearing",
    "ClosureValue",
    "Confirmation",
    "DayException",
    "DefaultFilter",
    "Digest",
    "DigestLine",
    "Document",
    "Doubt",
    "DueChange",
    "EntryReturn",
    "EntryVersion",
    "Event",
    "Evidence",
    "Extension",
    "GroupMember",
    "GroupRobot",
    "Heartbeat",
    "ImportBatch",
    "Indicator",
    "IndicatorValue",
    "Instruction",
    "InstructionReply",
    "Jurisdiction",
    "LightChange",
    "ListReminding",
    "Membership",
    "Message",
    "MessageTemplate",
    "Milestone",
    "MonthlyReport",
    "Notice",
    "NoticeFile",
    "NoticeRound",
    "NoticeSetting",
    "NoticeTask",
    "Objection",
    "ObjectionFile",
    "Obligation",
    "Period",
    "PeriodSnapshot",
    "Reminder",
    "ReminderStep",
    "ReportEntry",
    "ReportingRule",
    "RosterPlace",
    "SavedFilter",
    "ScoreLine",
    "ScoreRule",
    "ScoreScheme",
    "ScoreSheet",
    "ScoreUnit",
    "Section",
    "SendingPolicy",
    "SnapshotTask",
    "SnapshotUnit",
    "SpotCheck",
    "SpotCheckFile",
    "SpotCheckVersion",
    "StagedRow",
    "Standing",
    "Submission",
    "Task",
    "TaskList",
    "Unit",
    "UnitAlias",
    "User",
    "WorkbookUpload",
]
