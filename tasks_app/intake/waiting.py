"""Imports too long to wait for: a worker reads and applies them, and the page shows how far it is."""

import datetime as dt
import logging

from django.utils.translation import gettext as _

from tasks_app.intake import staging
from tasks_app.intake.actions import OnNewList, apply_batch, claim, fail, finish, give_back
from tasks_app.intake.choices import BatchStatus
from tasks_app.intake.models import ImportBatch
from tasks_app.intake.readers import Unreadable
from tasks_app.lib.errors import Refused

# Up to this size a file is read at once: 194 rows are 50 KB and take less than a second.
AT_ONCE = 400_000
# Up to so many rows are applied at once.
ROWS_AT_ONCE = 3000
_log = logging.getLogger(__name__)


def work_off(*, at: dt.datetime, on_new_list: OnNewList | None = None) -> int:
    """Read and apply every batch that waits; how many. Batches left behind by a dead worker are started again.

    `on_new_list` as in `actions.apply_batch`.
    """
    done = 0
    while claimed := claim(at=at):
        batch = ImportBatch.objects.get(pk=claimed.pk)
        if batch.status == BatchStatus.READING:
            _read(batch, at)
        else:
            _apply(batch, at, on_new_list)
        done += 1
    return done


def _apply(batch: ImportBatch, at: dt.datetime, on_new_list: OnNewList | None) -> None:
    try:
        apply_batch(batch=batch, by=batch.applied_by, at=at, on_new_list=on_new_list)
    except Refused as refusal:
        give_back(batch=batch, reason=str(refusal), by=batch.applied_by, at=at)
    except Exception:
        _log.exception("applying batch %s failed", batch.pk)
        give_back(batch=batch, reason=_("导入中出错，没有写入任何内容，请联系管理员。"), by=batch.applied_by, at=at)


def _read(batch: ImportBatch, at: dt.datetime) -> None:
    """Rows are stored as they are read, outside of one transaction, so that others see the progress.

    They have no effect until the batch is finished.
    """
    batch.rows.all().delete()
    try:
        batches = staging.fill(batch, at=at, progress=lambda done: _tell(batch, done))
    except Unreadable as error:
        batch.rows.all().delete()
        fail(batch=batch, reason=staging.reason_of(error), by=batch.uploaded_by, at=at)
    except Exception:
        # No request waits for this answer: it is stored where the person will look, and logged for us.
        _log.exception("reading batch %s failed", batch.pk)
        batch.rows.all().delete()
        fail(batch=batch, reason=_("文件在读取中出错，请联系管理员。"), by=batch.uploaded_by, at=at)
    else:
        finish(batches=batches, by=batch.uploaded_by, at=at)


def _tell(batch: ImportBatch, done: int) -> None:
    batch.rows_done = done
    batch.save(update_fields=["rows_done"])
