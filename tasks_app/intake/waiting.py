"""Uploads too big to be read while somebody waits: a worker reads them, and the page shows how far it is."""

import datetime as dt
import logging

from tasks_app.intake import staging
from tasks_app.intake.actions import claim, fail, finish
from tasks_app.intake.models import ImportBatch
from tasks_app.intake.readers import Unreadable

# Up to this size a file is read at once: 194 rows are 50 KB and take less than a second.
AT_ONCE = 400_000
_log = logging.getLogger(__name__)


def work_off(*, at: dt.datetime) -> int:
    """Read every upload that waits; how many. What a worker that died left behind is begun again."""
    done = 0
    while batch := claim(at=at):
        _read(ImportBatch.objects.get(pk=batch.pk), at)
        done += 1
    return done


def _read(batch: ImportBatch, at: dt.datetime) -> None:
    """Rows are stored as they are read, outside of one transaction, so that others see the progress.

    They count for nothing until the batch is finished.
    """
    batch.rows.all().delete()
    try:
        batches = staging.fill(batch, at=at, progress=lambda done: _tell(batch, done))
    except Unreadable as error:
        batch.rows.all().delete()
        fail(batch=batch, reason=staging.reason_of(error), by=batch.uploaded_by, at=at)
    except Exception:
        # Nobody waits for this answer: it is kept where the person will look, and in the log for us.
        _log.exception("reading batch %s failed", batch.pk)
        batch.rows.all().delete()
        fail(batch=batch, reason="文件在读取中出错，请联系管理员。", by=batch.uploaded_by, at=at)
    else:
        finish(batches=batches, by=batch.uploaded_by, at=at)


def _tell(batch: ImportBatch, done: int) -> None:
    batch.rows_done = done
    batch.save(update_fields=["rows_done"])
