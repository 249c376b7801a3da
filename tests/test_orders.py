"""In which order things wait for a decision, and what is over and waits no longer: every queue with one thing of each
of two lists in it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction

from tasks_app.accounts.permissions import Viewer, viewer_of
from tasks_app.bulletins.models import Bulletin
from tasks_app.inspection.instructing import issue_instruction
from tasks_app.inspection.models import Instruction, SpotCheck
from tasks_app.inspection.queries import instructions_for, spot_checks_for
from tasks_app.notices.models import Notice
from tasks_app.notices.queries import owed_by, to_judge
from tasks_app.outbox.models import Message
from tasks_app.outbox.queries import inbox
from tasks_app.reporting.models import MonthlyReport
from tasks_app.reporting.queries import waiting_for_review
from tasks_app.scores.models import Objection
from tasks_app.scores.queries import waiting_objections
from tasks_app.search.choices import Kind
from tasks_app.search.queries import selections
from tasks_app.supervision.models import Closure, ClosureHearing, Extension
from tasks_app.supervision.queries import waiting_closures
from tasks_app.supervision.requests import CLOSURE, EXTENSION, Wanted, hearings_of, requests_for
from tests.factories import beijing
from tests.support.everything import COMMON, fill
from tests.support.neighbours import with_neighbours
from tests.support.offenders import every

EARLY, LATE = beijing("2024-08-02 10:00"), beijing("2024-08-03 10:00")


@dataclass(frozen=True)
class Queue:
    """What `who` reads of a model, by a moment, `newest` first or the oldest; `before` puts the things in the queue,
    with `over` one of them is in it no more. `early` and `late` are two such moments.
    """

    who: str
    read: Callable[[Viewer], Any]
    model: type[models.Model]
    moment: str
    newest: bool = False
    before: dict[str, object] = field(default_factory=dict)
    over: dict[str, object] = field(default_factory=dict)
    early: object = EARLY
    late: object = LATE


def asked(kind: str) -> Callable[[Viewer], Any]:
    return lambda viewer: [one.of for one in requests_for(viewer, Wanted(kind=kind))]


def found(kind: Kind) -> Callable[[Viewer], Any]:
    return lambda viewer: selections(viewer, [COMMON])[kind]


ENDED = {"status": "granted", "decided_at": EARLY}
QUEUES = {
    "closures to decide": Queue("supervisor", waiting_closures, Closure, "requested_at", over=ENDED),
    "closures asked for": Queue("supervisor", asked(CLOSURE), Closure, "requested_at"),
    "closures decided": Queue("supervisor", asked(CLOSURE), Closure, "decided_at", newest=True, before=ENDED),
    "extensions asked for": Queue("supervisor", asked(EXTENSION), Extension, "requested_at"),
    "extensions decided": Queue(
        "supervisor", asked(EXTENSION), Extension, "decided_at", newest=True, before={**ENDED, "status": "refused"}
    ),
    "closures to be heard on": Queue("colleague", hearings_of, ClosureHearing, "due_at"),
    "objections to decide": Queue(
        "supervisor", waiting_objections, Objection, "filed_at", over={"status": "dismissed"}
    ),
    "notices to judge": Queue("supervisor", to_judge, Notice, "due_at", over={"state": "closed"}),
    "notices to answer": Queue(
        "head", owed_by, Notice, "due_at", before={"state": "received"}, over={"state": "withdrawn"}
    ),
    "notices found": Queue("supervisor", found(Kind.NOTICE), Notice, "issued_at", newest=True),
    "instructions found": Queue("supervisor", found(Kind.INSTRUCTION), Instruction, "issued_at", newest=True),
    "bulletins found": Queue(
        "liaison", found(Kind.BULLETIN), Bulletin, "published_at", newest=True,
        before={"state": "published", "number_seq": 1, "search_text": COMMON}, over={"state": "draft"},
    ),
    "instructions closed": Queue("leader", instructions_for, Instruction, "closed_at", newest=True),
    "spot checks": Queue(
        "supervisor", spot_checks_for, SpotCheck, "day", newest=True, early=EARLY.date(), late=LATE.date()
    ),
}  # fmt: skip


def ids(queue: Queue, viewer: Viewer, pair: list[int]) -> list[int]:
    return [one.pk for one in queue.read(viewer) if one.pk in pair]


def looked_at(queue: Queue, viewer: Viewer) -> None:
    """Whichever of the two is earlier stands where it belongs; what is over is gone."""
    first, second = pair = _pair(queue, viewer)
    rows = queue.model._default_manager.filter(pk__in=pair)
    rows.update(**queue.before)
    for early, late in ((first, second), (second, first)):
        rows.filter(pk=early).update(**{queue.moment: queue.early})
        rows.filter(pk=late).update(**{queue.moment: queue.late})
        expected = [late, early] if queue.newest else [early, late]
        assert ids(queue, viewer, pair) == expected
    if queue.over:
        rows.filter(pk=first).update(**queue.over)
        assert ids(queue, viewer, pair) == [second]


def _pair(queue: Queue, viewer: Viewer) -> list[int]:
    rows = queue.model._default_manager.all()
    if queue.model is ClosureHearing:
        rows = rows.filter(unit__in=viewer.liaison_units)
    first, second = rows.order_by("pk").values_list("pk", flat=True)
    return [first, second]


def test_every_queue_has_its_order_and_lets_go_of_what_is_over(world, settings):
    settings.ROBOT_HOSTS = ["robots.example.test"]
    fill(world, "甲")
    fill(with_neighbours(world), "乙")
    elsewhere = [viewer_of(world.people[who]) for who in ("outsider", "stranger")]
    with every("the queue says in its docstring what stands first") as at:
        for name, queue in QUEUES.items():
            with at(name), transaction.atomic():
                looked_at(queue, viewer_of(world.people[queue.who]))
                assert not any(list(queue.read(viewer)) for viewer in elsewhere), "seen from another city"
                transaction.set_rollback(True)


def test_reports_wait_for_their_review_the_longest_waiting_first(world):
    first, second = world.submit("liaison", percent=30, at="2024-08-02 09:00"), world.report("colleague")
    second.entries.update(status="submitted")
    reports, viewer = MonthlyReport.objects, viewer_of(world.people["coordinator"])
    for early, late in ((first, second), (second, first)):
        reports.filter(pk=early.pk).update(submitted_at=EARLY)
        reports.filter(pk=late.pk).update(submitted_at=LATE)
        assert list(waiting_for_review(viewer)) == [early, late]
    first.entries.update(status="accepted")
    assert list(waiting_for_review(viewer)) == [second]


def test_an_open_instruction_stands_before_a_closed_one_and_an_unread_message_before_a_read_one(world):
    issue_instruction(task=world.task(1), text="请抓紧", by=world.people["leader"], at=EARLY)
    older = Instruction.objects.get()
    newer = Instruction.objects.create(task=world.task(2), text="抓紧", issued_at=LATE, closed_at=LATE)
    assert list(instructions_for(viewer_of(world.people["leader"]))) == [older, newer]
    person, common = world.people["leader"], {"channel": "site", "status": "sent", "not_before": EARLY}
    for number, (created_at, read_at) in enumerate(((EARLY, None), (LATE, None), (LATE, LATE))):
        Message.objects.create(
            dedupe_key=str(number), recipient=person, subject="甲", created_at=created_at, read_at=read_at, **common
        )
    keys = [message.dedupe_key for message in inbox(person.pk) if len(message.dedupe_key) == 1]
    assert keys == ["1", "0", "2"]
