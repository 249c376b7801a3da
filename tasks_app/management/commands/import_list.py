"""manage.py import_list FILE --list SLUG [--apply]: what a file would change in a list; with --apply, the change."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from tasks_app import clock
from tasks_app.catalogue.models import TaskList
from tasks_app.intake import actions, decisions, obstacles, queries
from tasks_app.intake.annotated import place_of, said_of
from tasks_app.intake.choices import RowChange
from tasks_app.intake.drafts import missing
from tasks_app.intake.models import ImportBatch
from tasks_app.lib.errors import Refused
from tasks_app.reminders.actions import start_reminding
from tasks_app.units.models import Jurisdiction

MOST_LINES = 200


class Command(BaseCommand):
    """Without --apply everything is rolled back. Exit code 1: something stands against it; 2: unreadable."""

    help = "把任务清单文件并入清单：默认只显示会有什么变化，加 --apply 才写入。清单不存在时新建。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="文件路径（.docx、.xlsx、.xls、.csv、.tsv、.txt）")
        parser.add_argument("--list", required=True, dest="slug", help="清单代号")
        parser.add_argument("--jurisdiction", help="新建清单所属辖区的行政区划代码；只有一个有单位的辖区时可不写")
        parser.add_argument("--part", type=int, help="文件里有几份清单时，取第几份（默认取文号相同的，或第一份）")
        parser.add_argument("--retire", action="store_true", help="文件里没有的任务一律停用（默认保留）")
        parser.add_argument("--accept-doubts", action="store_true", help="认可全部疑点")
        parser.add_argument("--apply", action="store_true", help="写入")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        try:
            content = path.read_bytes()
        except OSError:
            raise CommandError(_("打不开文件：%(path)s。请核对路径。") % {"path": path}, returncode=2) from None
        with transaction.atomic():
            batch = self._staged(path.name, content, options)
            self._show(batch)
            refusal = obstacles.obstacle(batch)
            # Nothing to do is no failure.
            nothing_to_do = refusal == str(obstacles.NOTHING_TO_DO)
            if not refusal and options["apply"]:
                self._apply(batch)
            elif not options["apply"]:
                transaction.set_rollback(True)
        if refusal and not nothing_to_do:
            raise CommandError(refusal, returncode=1)
        if refusal:
            self.stdout.write(refusal)
        elif not options["apply"]:
            self.stdout.write(_("没有写入。确认无误后加 --apply。"))

    def _staged(self, name: str, content: bytes, options: dict[str, Any]) -> ImportBatch:
        task_list = TaskList.objects.filter(slug=options["slug"]).select_related("jurisdiction", "document").first()
        place = task_list.jurisdiction if task_list else self._place(options["jurisdiction"])
        now = clock.now()
        try:
            first = actions.receive(
                content=content, file_name=name, jurisdiction=place, task_list=task_list, by=None, at=now
            )
            batches = actions.read(batch=first, by=None, at=now)
        except Refused as refusal:
            raise CommandError(f"{name}：{refusal}", returncode=2) from None
        batch = _part(batches, task_list, options["part"])
        if task_list is None:
            batch.task_list, batch.new_list = None, {**(batch.new_list or {}), "slug": options["slug"]}
            batch.save(update_fields=["task_list", "new_list"])
        elif number := obstacles.other_number(batch):
            self.stderr.write(_("注意：文件的文号“%(file)s”不是清单“%(list)s”的文号。") % {
                "file": number, "list": options["slug"],
            })  # fmt: skip
            batch = decisions.choose_list(batch=batch, task_list=task_list, by=None, at=now)
        if options["retire"]:
            decisions.leave_out(batch=batch, seqs=None, retire=True, by=None, at=now)
        if options["accept_doubts"]:
            decisions.accept_all_doubts(batch=batch, by=None, at=now)
        return batch

    def _place(self, code: str | None) -> Jurisdiction:
        places = Jurisdiction.objects.filter(code=code) if code else Jurisdiction.objects.exclude(units=None).distinct()
        found = list(places[:2])
        if len(found) != 1:
            raise CommandError(
                _("没有这个代号的清单。要新建，请用 --jurisdiction 指明辖区的行政区划代码。"), returncode=1
            )
        return found[0]

    def _show(self, batch: ImportBatch) -> None:
        counts = queries.filter_counts(batch)
        said = [f"{RowChange(name).label} {counts[name]}" for name in RowChange.values]
        self.stdout.write(f"{batch.file_name} → {batch.list_title}：{'，'.join(said)}，{_('有疑点')} {counts['doubt']}")
        for row in batch.rows.filter(queries.TODO).order_by("line")[:MOST_LINES]:
            row.batch = batch
            self.stdout.write(_("%(place)s（第 %(no)s 项）：%(said)s") % {
                "place": place_of(row), "no": row.no or "—", "said": said_of(row),
            })  # fmt: skip
        if batch.task_list is None and (lacking := missing(batch.new_list or {})):
            self.stdout.write(_("新清单还缺：%(names)s。请在导入页里填写。") % {"names": "、".join(lacking)})

    def _apply(self, batch: ImportBatch) -> None:
        now = clock.now()
        try:
            changes = actions.apply_batch(
                batch=batch, by=None, at=now, on_new_list=lambda new: start_reminding(task_list=new, by=None, at=now)
            )
        except Refused as refusal:
            raise CommandError(str(refusal), returncode=1) from None
        words = _("已写入：新增 %(added)d 项，变更 %(changed)d 项。")
        self.stdout.write(words % {"added": len(changes.added), "changed": len(changes.changed)})


def _part(batches: list[ImportBatch], task_list: TaskList | None, part: int | None) -> ImportBatch:
    if part is not None:
        if not 0 < part <= len(batches):
            raise CommandError(_("文件里只有 %(n)d 份清单。") % {"n": len(batches)}, returncode=1)
        return batches[part - 1]
    number = task_list.document.number if task_list else ""
    same = (one for one in batches if (one.facts.get("document") or {}).get("number") == number)
    return next(same, batches[0]) if number else batches[0]
