"""The ledger as a file: which columns, and a row's cells."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from tasks_app.catalogue.choices import TaskKind
from tasks_app.web.catalogue.ledger import LedgerRow
from tasks_app.web.catalogue.scope import Scope
from tasks_app.web.shared.export import ExportColumn


def columns() -> list[ExportColumn]:
    return [
        ExportColumn(_("序号"), 7),
        ExportColumn(_("章"), 24),
        ExportColumn(_("节"), 24),
        ExportColumn(_("重点任务"), 26),
        ExportColumn(_("工作事项和年度目标成果"), 64),
        ExportColumn(_("牵头单位"), 22),
        ExportColumn(_("配合单位"), 30),
        ExportColumn(_("完成时限"), 12),
        ExportColumn(_("时限依据"), 20),
        ExportColumn(_("进度（%）"), 10),
        ExportColumn(_("序时进度（%）"), 13),
        ExportColumn(_("状态"), 9),
        ExportColumn(_("原因"), 26),
        ExportColumn(_("本期月报"), 16),
        ExportColumn(_("类别"), 10),
        ExportColumn(_("清单"), 36),
        ExportColumn(_("文号"), 22),
    ]


def cells(row: LedgerRow) -> list[Any]:
    """One row's cells in the order of `columns()`; a figure stays a figure, a day is written 2024-12-31."""
    chapter, section = row.headings
    return [
        row.no,
        chapter,
        section if section != chapter else "",
        row.key,
        row.content,
        row.leads,
        row.assists,
        row.due_on.isoformat() if row.due_on else "",
        row.basis,
        row.percent,
        row.expected,
        str(row.light.label) if row.light else "",
        row.reason,
        row.report.word,
        str(TaskKind(row.kind).label),
        row.task_list.title,
        row.task_list.document.number,
    ]


def file_name(scope: Scope, at: dt.datetime, ending: str) -> str:
    title = scope.chosen.title if scope.chosen else _("全部清单")
    return f"{_('任务台账')}_{title}_{at:%Y%m%d-%H%M}.{ending}"
