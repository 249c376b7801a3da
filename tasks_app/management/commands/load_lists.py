"""Load the units, the calendar and the lists of fixtures/. Running it twice changes nothing."""

import csv
import datetime as dt
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from tasks_app import clock
from tasks_app.catalogue.actions import apply_items, save_list
from tasks_app.catalogue.items import from_json
from tasks_app.catalogue.models import TaskList
from tasks_app.reminders.actions import save_ladder
from tasks_app.reminders.occasions import DEFAULT_LADDER
from tasks_app.reporting.actions import refresh_standings
from tasks_app.schedule.actions import derive_obligations, save_rule
from tasks_app.units.actions import sync_units
from tasks_app.units.models import Jurisdiction
from tasks_app.units.queries import NameBook
from tasks_app.workdays.actions import sync_days


class Command(BaseCommand):
    help = "装入单位名录、节假日和任务清单（fixtures/），可重复执行。"

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        root = settings.FIXTURES_ROOT
        at = clock.now()
        units = sync_units(
            jurisdictions=read_rows(root / "jurisdictions.csv"),
            units=read_rows(root / "units.csv"),
            aliases=read_rows(root / "unit_aliases.csv"),
            groups=read_rows(root / "unit_groups.csv"),
            tiles=read_rows(root / "unit_tiles.csv"),
            by=None,
            at=at,
        )
        days = sync_days(rows=read_rows(root / "holidays.csv"), by=None, at=at)
        self.stdout.write(f"单位名录：写入 {units} 行；节假日：新增 {days} 天")
        for order, path in enumerate(sorted((root / "lists").glob("*.json"), reverse=True)):
            self._load_list(json.loads(path.read_text(encoding="utf-8")), order, at)
        refresh_standings(today=at.date())

    def _load_list(self, data: dict[str, Any], order: int, at: dt.datetime) -> None:
        task_list = load_list(data, order=order, at=at)
        changes = apply_items(task_list=task_list, items=[from_json(item) for item in data["items"]], by=None, at=at)
        derive_obligations(task_list=task_list, by=None, at=at)
        self.stdout.write(
            f"{task_list.document.number}：新增 {len(changes.added)} 项，变更 {len(changes.changed)} 项，"
            f"未变 {len(changes.unchanged)} 项"
        )


def load_list(data: dict[str, Any], *, order: int, at: dt.datetime) -> TaskList:
    """The list of a data file with its document, reporting rule and ladder; its items aside."""
    jurisdiction = Jurisdiction.objects.get(code=data["jurisdiction_code"])
    default_due = data["default_due"] or {}
    document = data["document"]
    task_list = save_list(
        slug=data["slug"],
        document={
            "number": document["number"],
            "title": document["title"],
            "issuer": document["issuer"],
            "issued_on": dt.date.fromisoformat(document["issue_date"]),
            "source_file": document.get("source_file") or "",
            "note": document.get("note") or "",
        },
        values={
            "title": data["list_title"],
            "jurisdiction": jurisdiction,
            "coordinating_unit": NameBook(jurisdiction).find(data["coordinating_unit"]),
            "year": data["year"],
            "starts_on": dt.date.fromisoformat(data["starts_on"]),
            "default_due_on": dt.date.fromisoformat(default_due["date"]) if default_due else None,
            "default_due_text": default_due.get("text", ""),
            "order": order,
        },
        by=None,
        at=at,
    )
    if rule := data["reporting_rule"]:
        save_rule(
            task_list=task_list,
            values={
                "frequency": rule["frequency"],
                "day": rule["day"],
                "time": dt.time.fromisoformat(rule["time"]),
                "free_day_policy": rule["free_day_policy"],
                "first_due_at": dt.datetime.fromisoformat(rule["first_due_at"]),
                "assisting_kinds": rule["assisting_kinds"],
                "text": rule["text"],
            },
            by=None,
            at=at,
        )
        save_ladder(task_list=task_list, steps=DEFAULT_LADDER, by=None, at=at)
    return task_list


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
