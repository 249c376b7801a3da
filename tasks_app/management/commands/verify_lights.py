"""Compare every stored light with what the SQL twin of the rule says, and list what differs."""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Max

from tasks_app.catalogue.models import Task
from tasks_app.progress.choices import Light, Reason
from tasks_app.progress.models import Standing
from tasks_app.progress.twin import Judged, differences


class Command(BaseCommand):
    help = "核对状态：用 SQL 从原始数据重新判定每项任务的灯，逐项列出与存数不符之处；有不符时以退出码 1 结束。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--on", type=dt.date.fromisoformat, metavar="日期", help="按这一天判定，默认为最近一次评定的日期"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        day = options["on"] or Standing.objects.aggregate(day=Max("as_of"))["day"]
        if day is None:
            self.stdout.write("还没有评定过任何任务。")
            return
        found = differences(day)
        tasks = Task.objects.select_related("task_list").in_bulk([one.task_id for one in found])
        for one in found:
            task = tasks[one.task_id]
            self.stdout.write(f"{task.task_list.slug} {task}：存为 {_words(one.stored)}，应为 {_words(one.told)}")
        total = Task.objects.counted().count()
        if found:
            raise CommandError(f"按 {day} 核对 {total} 项任务的状态，有 {len(found)} 项不符。")
        self.stdout.write(f"按 {day} 核对 {total} 项任务的状态，与存数一致。")


def _words(judged: Judged | None) -> str:
    if judged is None:
        return "没有记录"
    expected = "无序时" if judged.expected is None else f"序时 {judged.expected}%"
    return f"{Light(judged.light).label}（{Reason(judged.reason).name.lower()}，进度 {judged.progress}%，{expected}）"
