"""The ledger as a file: its columns, each with its cell."""

import datetime as dt

from django.utils.translation import gettext as _

from tasks_app.catalogue.choices import TaskKind
from tasks_app.web.catalogue.ledger import LedgerRow
from tasks_app.web.catalogue.scope import Scope
from tasks_app.web.shared.export import ExportColumn


def columns() -> list[ExportColumn[LedgerRow]]:
    """In the order of the file; a figure stays a figure, a day is written 2024-12-31."""
    return [
        ExportColumn(_("序号"), lambda row: row.no, 7),
        ExportColumn(_("章"), lambda row: row.headings[0], 24),
        ExportColumn(_("节"), lambda row: row.headings[1] if row.headings[1] != row.headings[0] else "", 24),
        ExportColumn(_("重点任务"), lambda row: row.key, 26),
        ExportColumn(_("工作事项和年度目标成果"), lambda row: row.content, 64),
        ExportColumn(_("牵头单位"), lambda row: row.leads, 22),
        ExportColumn(_("配合单位"), lambda row: row.assists, 30),
        ExportColumn(_("完成时限"), lambda row: row.due_on.isoformat() if row.due_on else "", 12),
        ExportColumn(_("时限依据"), lambda row: row.basis, 20),
        ExportColumn(_("进度（%）"), lambda row: row.percent, 10),
        ExportColumn(_("序时进度（%）"), lambda row: row.expected, 13),
        ExportColumn(_("状态"), lambda row: str(row.light.label) if row.light else "", 9),
        ExportColumn(_("原因"), lambda row: row.reason, 26),
        ExportColumn(_("本期月报"), lambda row: row.report.word, 16),
        ExportColumn(_("类别"), lambda row: str(TaskKind(row.kind).label), 10),
        ExportColumn(_("清单"), lambda row: row.task_list.title, 36),
        ExportColumn(_("文号"), lambda row: row.task_list.document.number, 22),
        ExportColumn(_("外部编码"), lambda row: row.external_code, 22),
    ]


def file_name(scope: Scope, at: dt.datetime, ending: str) -> str:
    title = scope.chosen.title if scope.chosen else _("全部清单")
    return f"{_('任务台账')}_{title}_{at:%Y%m%d-%H%M}.{ending}"
