"""Workbooks are uploaded, previewed, and written into the draft as a whole."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from tasks_app.accounts.models import User
from tasks_app.audit.actions import record
from tasks_app.lib.errors import Refused
from tasks_app.reporting.actions import EntryDraft, save_entries
from tasks_app.reporting.models import MonthlyReport
from tasks_app.workbook.layout import Reading
from tasks_app.workbook.models import WorkbookUpload


@transaction.atomic
def keep_upload(
    *, report: MonthlyReport, file_name: str, reading: Reading, by: User, at: dt.datetime
) -> WorkbookUpload:
    """Remember what a workbook says, for the preview. Nothing of the report changes yet."""
    upload = WorkbookUpload.objects.create(
        report=report,
        file_name=file_name[-120:],
        rows={"data": reading.data, "cells": reading.cells},
        problems=reading.problems,
        uploaded_at=at,
        uploaded_by=by,
    )
    after = {"file": upload.file_name, "problems": len(reading.problems)}
    record(by=by, at=at, verb="workbook.upload", target=report, after=after)
    return upload


@transaction.atomic
def apply_upload(*, upload: WorkbookUpload, drafts: Sequence[EntryDraft], by: User, at: dt.datetime) -> int:
    """Write a workbook's words into the draft, all or nothing; returns how many entries changed.

    Raises Refused when it was applied before, Conflict when somebody saved one of the entries after the
    workbook was downloaded.
    """
    upload = WorkbookUpload.objects.select_for_update(of=("self",)).select_related("report").get(pk=upload.pk)
    if upload.applied_at:
        raise Refused(_("这份工作簿已经写入过了。还要改的，请在月报页面上改，或重新下载。"))
    changed = save_entries(report=upload.report, drafts=drafts, by=by, at=at)
    upload.applied_at = at
    upload.save(update_fields=["applied_at"])
    after = {"file": upload.file_name, "entries": len(changed)}
    record(by=by, at=at, verb="workbook.apply", target=upload.report, after=after)
    return len(changed)
