"""Play the clock at a moment: what would it open and send? Writes only with --really."""

import argparse
import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from tasks_app import clock
from tasks_app.outbox.actions import deliver_waiting
from tasks_app.outbox.models import Message
from tasks_app.reminders.actions import make_round


class Command(BaseCommand):
    help = "按某一时刻走一次钟：开期、刷新状态、生成提醒。默认只演练不写入，加 --really 才真正执行。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at", type=moment, help="时刻，如 2024-12-05T09:00+08:00；不写时区按北京时间；默认为现在")
        parser.add_argument("--really", action="store_true", help="真正写入并发送")

    def handle(self, *args: Any, **options: Any) -> None:
        at = options["at"] or clock.now()
        last = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        with transaction.atomic():
            done = make_round(at=at)
            messages = list(Message.objects.filter(pk__gt=last).select_related("recipient").order_by("pk"))
            if not options["really"]:
                transaction.set_rollback(True)
        self.stdout.write(f"时刻：{at:%Y-%m-%d %H:%M:%S %z}")
        self.stdout.write(
            f"开期 {done.periods_opened} 个，刷新任务状态 {done.standings_refreshed} 项，"
            f"生成消息 {done.messages_written} 条"
        )
        for message in messages:
            self.stdout.write(f"  {message.get_channel_display()} → {message.recipient}：{message.subject}")
        if options["really"]:
            self.stdout.write(f"已发送 {deliver_waiting(at=at, limit=10_000)} 条")
        else:
            self.stdout.write("以上为演练，没有写入任何数据；加 --really 执行。")


def moment(text: str) -> dt.datetime:
    """An aware moment from ISO text; Beijing time where no offset is written."""
    try:
        value = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"“{text}”不是时刻，请写成 2024-12-05T09:00+08:00") from error
    return value if value.tzinfo else value.replace(tzinfo=clock.now().tzinfo)
