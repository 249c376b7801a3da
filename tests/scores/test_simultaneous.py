"""Two people at the same moment: one sheet is published, one objection is filed, one decision holds."""

import threading

import pytest
from django.db import close_old_connections, connection

from tasks_app.lib.errors import Conflict, Refused
from tasks_app.scores.models import Objection, ScoreScheme, ScoreSheet
from tests.factories import build_world
from tests.scores.conftest import AFTER, LATER, Scorer
from tests.scores.test_actions import decide, object_to


def both(act):
    """Run an act twice at once; what each came to, refusals as "refused"."""
    start, answers = threading.Barrier(2), []

    def run():
        try:
            start.wait()
            act()
            answers.append("done")
        except (Refused, Conflict):
            answers.append("refused")
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(answers)


@pytest.mark.slow
@pytest.mark.concurrent
@pytest.mark.django_db(transaction=True)
def test_what_two_people_do_at_once_is_done_once(now):
    world = build_world()
    world.open("2024-08-02 10:00")
    scorer = Scorer(world)
    assert both(lambda: scorer.scheme()) == ["done", "refused"]
    assert ScoreScheme.objects.count() == 1
    scorer.close(at=AFTER)
    assert both(lambda: scorer.publish(at=LATER)) == ["done", "refused"]
    sheet = ScoreSheet.objects.get()
    keys = list(sheet.lines.filter(kind="missing").values_list("key", flat=True))
    for number, key in enumerate(keys):
        line = ScoreSheet.objects.latest("version").lines.select_related("sheet").get(key=key)
        assert both(lambda line=line: object_to(scorer, line)) == ["done", "refused"]
        objection = Objection.objects.get(key=line.key)
        upheld = number % 2 == 0
        assert both(lambda objection=objection, upheld=upheld: decide(scorer, objection, upheld)) == ["done", "refused"]
    assert len(keys) == 5
    assert list(ScoreSheet.objects.order_by("version").values_list("version", flat=True)) == [1, 2, 3, 4]
