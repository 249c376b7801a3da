"""Print what the ladders would send between two days, one line each; writes nothing."""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from tasks_app import clock
from tasks_app.lib.dates import at_beijing
from tasks_app.reminders.queries import forecast


class Command(BaseCommand):
    help = "推演提醒：打印两个日期之间（含首尾）按现状应发的全部提醒，不写入、不发送。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="first", type=dt.date.fromisoformat, required=True, help="如 2025-01-01")
        parser.add_argument("--to", dest="last", type=dt.date.fromisoformat, required=True, help="如 2026-12-31")

    def handle(self, *args: Any, **options: Any) -> None:
        since = at_beijing(options["first"], dt.time()) - dt.timedelta(microseconds=1)
        until = at_beijing(options["last"], dt.time(23, 59, 59))
        rows = forecast(at=clock.now(), since=since, until=until)
        for row in rows:
            local = timezone.localtime(row.moment)
            self.stdout.write(f"{local:%Y-%m-%d %H:%M}\t{'、'.join(row.channels)}\t{row.recipient}\t{row.title}")
        self.stdout.write(f"共 {len(rows)} 条（按现状推演：未到开期的月份按全部应报单位计）。")
