"""The corpus of bad files: no crash, no partial write, every message with its place, value, reason and remedy."""

from itertools import groupby

import pytest

from tasks_app.audit.models import Event
from tasks_app.catalogue.queries import current_items
from tasks_app.intake import actions
from tasks_app.intake.annotated import as_csv, as_workbook, place_of, said_of
from tasks_app.intake.models import ImportBatch
from tasks_app.intake.queries import troubles
from tasks_app.lib.errors import Refused
from tests.factories import World, beijing
from tests.intake.bad_files import BadFile, corpus

AT = beijing("2024-08-02 11:00")
FILES = sorted(corpus(), key=lambda file: file.kind)
CLASSES = {kind: list(files) for kind, files in groupby(FILES, key=lambda file: file.kind)}


def test_the_corpus_is_as_big_as_promised():
    assert len(FILES) >= 60
    assert len(CLASSES) >= 15
    assert len({file.name for file in FILES}) == len(FILES)


@pytest.mark.parametrize("kind", CLASSES)
def test_a_bad_file_is_refused_or_explained_row_by_row_and_writes_nothing(world, kind):
    before = current_items(world.task_list)
    for file in CLASSES[kind]:
        batch = _staged(world, file)
        if batch is None:
            continue
        assert not file.fatal, f"{file.name} was read"
        _explained(batch)
        events = Event.objects.count()
        with pytest.raises(Refused):
            actions.apply_batch(batch=batch, by=world.people["administrator"], at=AT)
        assert Event.objects.count() == events
    assert current_items(world.task_list) == before


def _staged(world: World, file: BadFile) -> ImportBatch | None:
    """The batch, or None for a file that is refused with a reason and leaves nothing."""
    batches, events = ImportBatch.objects.count(), Event.objects.count()
    refusal = ""
    by = world.people["administrator"]
    try:
        return actions.stage(content=file.content, file_name=file.name, by=by, at=AT, task_list=world.task_list)
    except Refused as refused:
        refusal = str(refused)
    assert len(refusal) > 10, file.name
    assert (ImportBatch.objects.count(), Event.objects.count()) == (batches, events), file.name
    return None


def _explained(batch: ImportBatch) -> None:
    assert batch.reading.get("problem") or batch.rows.exists() or batch.facts
    for row in batch.rows.filter(change="error"):
        assert row.line > 0
        assert place_of(row).startswith(("第", "“", "表"))
        for trouble in troubles(row):
            assert trouble.reason
            assert trouble.remedy
        assert said_of(row)
    assert as_csv(batch).startswith(b"\xef\xbb\xbf")
    assert as_workbook(batch).startswith(b"PK")
