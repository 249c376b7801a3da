"""Formal acts of the story: later deadlines, a visit on the spot, instructions, closures refused and undone."""

import datetime as dt
from decimal import Decimal

from django.db.models import QuerySet

from tasks_app.accounts.models import User
from tasks_app.catalogue.models import Task
from tasks_app.inspection.actions import Seen, make_spot_check
from tasks_app.inspection.choices import ReplyKind
from tasks_app.inspection.instructing import issue_instruction, reply_to_instruction
from tasks_app.lib.dates import at_beijing, beijing_day
from tasks_app.management.demo.story import MARK, Story
from tasks_app.progress.choices import Light
from tasks_app.supervision.actions import decide_closure, reopen_closure, request_closure
from tasks_app.supervision.choices import ClosureStatus, ExtensionStatus, Opinion
from tasks_app.supervision.extending import decide_extension, request_extension
from tasks_app.supervision.hearing import give_opinion
from tasks_app.supervision.models import Closure
from tasks_app.supervision.queries import lead_units_of
from tasks_app.supervision.requests import own_targets
from tasks_app.units.models import Unit


def acts(story: Story) -> None:
    """Put the acts on the agenda, counted back from the day on which the demo is loaded."""
    play = _Acts(story)
    for days, hour, act in (
        (30, 10, play.ask_extension),
        (27, 15, play.grant_extension),
        (21, 9, play.ask_closure_too_soon),
        (20, 11, play.object_to_closure),
        (18, 16, play.refuse_closure),
        (13, 9, play.instruct),
        (12, 10, play.acknowledge),
        (9, 17, play.answer),
        (8, 14, play.visit),
        (3, 11, play.ask_another_extension),
        (2, 9, play.instruct_again),
    ):
        story.on(at_beijing(beijing_day(story.now) - dt.timedelta(days=days), dt.time(hour)), act)
    # The month's closures are granted in its last third: only just before now is there surely one to undo.
    story.on(story.now - dt.timedelta(hours=1), play.reopen)


class _Acts:
    """The acts in their order; each leaves out what the tasks of that day give no occasion for."""

    def __init__(self, story: Story) -> None:
        self.story = story

    def _by(self, username: str) -> User:
        return User.objects.get(username=username)

    def _open(self, moment: dt.datetime) -> QuerySet[Task]:
        """Open tasks with a deadline to come and a lead, without a request that waits."""
        tasks = Task.objects.counted().filter(task_list=self.story.task_list, closed_on=None)
        tasks = tasks.filter(due_on__gte=beijing_day(moment), obligations__role="lead")
        tasks = tasks.exclude(closures__status=ClosureStatus.REQUESTED)
        return tasks.exclude(extensions__status=ExtensionStatus.REQUESTED).order_by("seq").distinct()

    def _lead(self, task: Task) -> tuple[Unit, User]:
        unit = lead_units_of(task)[0]
        return unit, self.story.liaison_of[unit.pk]

    # --- later deadlines -------------------------------------------------------------------
    def ask_extension(self, moment: dt.datetime) -> None:
        self._ask(moment, self._open(moment).filter(standing__light=Light.RED).first(), days=90)

    def ask_another_extension(self, moment: dt.datetime) -> None:
        tasks = self._open(moment).filter(standing__light=Light.YELLOW, extensions=None)
        self._ask(moment, tasks.first() or self._open(moment).filter(extensions=None).first(), days=60)

    def _ask(self, moment: dt.datetime, task: Task | None, *, days: int) -> None:
        if task is None or task.due_on is None:
            return
        unit, liaison = self._lead(task)
        request_extension(
            task=task,
            unit=unit,
            asked_due_on=task.due_on + dt.timedelta(days=days),
            reason=f"前期手续办理周期较长，冬季无法施工，需延至明年开春后完成。{MARK}",
            by=liaison,
            at=moment,
        )

    def grant_extension(self, moment: dt.datetime) -> None:
        waiting = Task.objects.filter(extensions__status=ExtensionStatus.REQUESTED).first()
        if waiting is None:
            return
        extension = waiting.extensions.get(status=ExtensionStatus.REQUESTED)
        decide_extension(
            extension=extension,
            granted=True,
            new_due_on=extension.asked_due_on - dt.timedelta(days=30),
            decision_text=f"情况属实，同意延期，但请再提前一个月完成。{MARK}",
            by=self._by("supervisor"),
            at=moment,
        )

    # --- closures --------------------------------------------------------------------------
    def ask_closure_too_soon(self, moment: dt.datetime) -> None:
        """With a value that falls short of the target, so that the supervisor sees it."""
        tasks = self._open(moment).filter(standing__progress__range=(60, 95), assignments__role="assist")
        task = tasks.filter(indicators__isnull=False).first() or tasks.first()
        if task is None:
            return
        unit, liaison = self._lead(task)
        request_closure(
            task=task,
            unit=unit,
            evidence_text=f"主要工作量已完成，申请提前销号。{MARK}",
            values={row.pk: (row.value * Decimal("0.9")).quantize(Decimal(1)) for row in own_targets(task, unit)},
            by=liaison,
            at=moment,
        )

    def _too_soon(self) -> Closure | None:
        waiting = Closure.objects.filter(status=ClosureStatus.REQUESTED, task__standing__progress__lt=100)
        return waiting.order_by("-pk").first()

    def object_to_closure(self, moment: dt.datetime) -> None:
        closure = self._too_soon()
        heard = closure.hearings.filter(unit_id__in=self.story.liaison_of) if closure else ()
        for hearing, opinion, reason in zip(
            heard,
            (Opinion.DISPUTED, Opinion.AGREED),
            (f"本地还有部分工程没有验收，不宜销号。{MARK}", ""),
            strict=False,
        ):
            liaison = self.story.liaison_of[hearing.unit_id]
            give_opinion(hearing=hearing, opinion=opinion, reason=reason, by=liaison, at=moment)

    def refuse_closure(self, moment: dt.datetime) -> None:
        if closure := self._too_soon():
            words = f"目标还没有达到，请全部完成并验收后再申请。{MARK}"
            by = self._by("supervisor")
            decide_closure(closure=closure, granted=False, decision_text=words, by=by, at=moment)

    def reopen(self, moment: dt.datetime) -> None:
        granted = Closure.objects.filter(status=ClosureStatus.GRANTED, decided_at__lt=moment)
        if closure := granted.order_by("decided_at", "pk").first():
            reason = f"回访发现部分项目未投入使用，撤销销号，整改后重新申请。{MARK}"
            reopen_closure(closure=closure, reason=reason, by=self._by("supervisor"), at=moment)

    # --- instructions and a visit ------------------------------------------------------------
    def instruct(self, moment: dt.datetime) -> None:
        task = self._open(moment).filter(standing__light=Light.RED).last()
        if task is not None:
            text = f"此项进度明显滞后，请牵头单位一周内拿出赶工措施，并说明需要协调的事项。{MARK}"
            issue_instruction(task=task, text=text, by=self._by("leader"), at=moment)

    def _first_reply(self, moment: dt.datetime, kind: ReplyKind, text: str = "") -> None:
        task = Task.objects.filter(instructions__isnull=False).first()
        if task is not None:
            unit, liaison = self._lead(task)
            instruction = task.instructions.get()
            reply_to_instruction(instruction=instruction, unit=unit, kind=kind, text=text, by=liaison, at=moment)

    def acknowledge(self, moment: dt.datetime) -> None:
        self._first_reply(moment, ReplyKind.SEEN)

    def answer(self, moment: dt.datetime) -> None:
        text = f"已召开专题会，倒排工期，增加两个作业面；需协调的征地事项已报分管副市长。{MARK}"
        self._first_reply(moment, ReplyKind.ANSWER, text)

    def instruct_again(self, moment: dt.datetime) -> None:
        task = self._open(moment).filter(standing__light=Light.YELLOW, instructions=None).first()
        if task is not None:
            text = f"年底临近，请逐项核对，确保按期完成；有困难早报告。{MARK}"
            issue_instruction(task=task, text=text, by=self._by("leader"), at=moment)

    def visit(self, moment: dt.datetime) -> None:
        """Computed in order, seen behind."""
        task = self._open(moment).filter(standing__light=Light.GREEN, spot_checks=None).first()
        if task is None:
            return
        seen = Seen(
            place="项目现场",
            day=beijing_day(moment),
            finding=f"现场仍在施工，所报完成量中有一部分尚未开工，与月报不符。{MARK}",
            light=Light.YELLOW,
        )
        unit, _liaison = self._lead(task)
        make_spot_check(task=task, unit=unit, seen=seen, by=self._by("supervisor"), at=moment)
