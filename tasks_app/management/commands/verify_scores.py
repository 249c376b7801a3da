"""Recompute every published score from its events and say what differs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tasks_app.scores.models import ScoreSheet
from tasks_app.scores.proving import differences


class Command(BaseCommand):
    help = "核对考核：从事件重新计算已公布的各期得分，逐条列出与存数不符之处；有不符时以退出码 1 结束。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--list", metavar="代号", help="只核对这一份清单")

    def handle(self, *args: Any, **options: Any) -> None:
        sheets = ScoreSheet.objects.all()
        if options["list"]:
            sheets = sheets.filter(period__task_list__slug=options["list"])
        found = list(differences(sheets))
        for sentence in found:
            self.stdout.write(sentence)
        if found:
            raise CommandError(f"核对 {sheets.count()} 份考核结果，有 {len(found)} 处不符。")
        self.stdout.write(f"核对 {sheets.count()} 份考核结果，与事件一致。")
