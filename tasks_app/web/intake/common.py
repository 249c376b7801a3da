"""Who may see which batch."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from tasks_app.accounts.permissions import can_import, can_import_into
from tasks_app.intake.models import ImportBatch, StagedRow
from tasks_app.web.shared.http import Request


def require_importer(request: Request) -> None:
    if not can_import(request.viewer):
        raise PermissionDenied


def may_make_list(request: Request, batch: ImportBatch) -> bool:
    """This person may make a new list, or a new unit, out of the batch."""
    return can_import_into(request.viewer, jurisdiction_id=batch.jurisdiction_id, coordinating_unit_id=None)


def visible(request: Request, pk: int, *, whole: bool = False) -> ImportBatch:
    """The batch, or 404 for one this person may not import into: it answers like one that is not there.

    `whole` brings the original file along.
    """
    require_importer(request)
    batches = ImportBatch.objects.visible_to(request.viewer)
    batches = batches if whole else batches.defer("content")
    return get_object_or_404(batches.select_related("task_list__document", "uploaded_by", "jurisdiction"), pk=pk)


def visible_row(request: Request, pk: int, row: int) -> StagedRow:
    """A row of such a batch."""
    batch = visible(request, pk)
    found: StagedRow = get_object_or_404(batch.rows.select_related("edited_by"), pk=row)
    found.batch = batch
    return found
