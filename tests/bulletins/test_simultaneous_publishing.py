"""Two bulletins published at the same moment get two numbers that follow one another."""

import threading

import pytest
from django.db import close_old_connections, connection

from tasks_app.bulletins.actions import decide_bulletin, draft_bulletin, publish_bulletin, submit_bulletin
from tasks_app.bulletins.models import Bulletin
from tasks_app.closing.actions import close_period
from tests.factories import beijing, build_world

ROUNDS = 6
AT = beijing("2025-01-10 09:00")


@pytest.mark.concurrent
@pytest.mark.django_db(transaction=True)
def test_numbers_taken_at_once_have_no_gap_and_no_twin(now):
    world = build_world()
    world.open("2024-12-10 10:00")
    by, approver = world.people["coordinator"], world.people["supervisor"]
    ready = []
    for period in world.task_list.periods.order_by("opens_at")[:ROUNDS]:
        close_period(period=period, by=by, at=AT)
        made = draft_bulletin(period=period, by=by, at=AT)
        made = submit_bulletin(bulletin=made, version=0, by=by, at=AT)
        ready.append(decide_bulletin(bulletin=made, granted=True, opinion="", version=1, by=approver, at=AT))
    assert len(ready) == ROUNDS
    start = threading.Barrier(ROUNDS)

    def publish(bulletin):
        try:
            start.wait()
            publish_bulletin(bulletin=bulletin, version=2, by=by, at=AT)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=publish, args=(bulletin,)) for bulletin in ready]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(Bulletin.objects.values_list("number_seq", flat=True)) == list(range(1, ROUNDS + 1))
