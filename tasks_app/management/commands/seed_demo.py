"""Play the demo: its cast signs on, and months of reporting happen up to the clock's moment."""

import logging
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from tasks_app import clock
from tasks_app.accounts.demo import cast
from tasks_app.accounts.models import User
from tasks_app.management.demo.chapters import CHAPTERS
from tasks_app.management.demo.story import Story


class Command(BaseCommand):
    help = "演示：建立演示账号，并从固定随机种子演出 2024 年 7 月至演示时钟此刻的报送过程。可重复执行。"

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("seed_demo 只用于演示环境，请设 DUBAN_DEMO=1。")
        if User.objects.filter(username=cast()[0].username).exists():
            self.stdout.write("演示数据已在，保持不变。")
            return
        now = clock.now()
        # Months of deliveries in a few seconds: their log lines would bury the one that matters.
        logging.disable(logging.INFO)
        try:
            with transaction.atomic():
                story = Story(now=now)
                story.play(CHAPTERS)
        finally:
            logging.disable(logging.NOTSET)
        self.stdout.write(
            f"演示数据已生成，截至 {now:%Y-%m-%d %H:%M}：{story.people} 个账号，"
            f"{story.submitted} 份月报，{story.closed} 项销号。进展均为虚构。"
        )
