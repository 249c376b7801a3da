"""Take over a year's holidays and make-up days from a CSV file (date,is_workday,name), all or nothing."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tasks_app import clock
from tasks_app.lib.errors import Refused
from tasks_app.workdays.actions import import_days


class Command(BaseCommand):
    help = "导入节假日与调休：CSV 文件，首行 date,is_workday,name；有一行不对就全部不导入。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            new, changed = import_days(data=options["file"].read_bytes(), by=None, at=clock.now())
        except Refused as refused:
            raise CommandError(f"没有导入任何一天：\n{refused}") from refused
        self.stdout.write(f"已导入：新增 {new} 天，变更 {changed} 天。")
