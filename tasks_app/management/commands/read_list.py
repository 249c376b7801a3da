"""manage.py read_list FILE: print what is understood of an official document; nothing is written."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from tasks_app.audit.language import in_the_language_of_the_house
from tasks_app.intake.readers import Unreadable, guarded
from tasks_app.intake.readers.reasons import explain
from tasks_app.intake.understanding.columns import column_of
from tasks_app.intake.understanding.lists import understand
from tasks_app.intake.understanding.results import Item, TaskList, Understood

_UNREADABLE = 2
_BASIS = {"explicit": "", "inferred": "（推断）", "default": "（默认）"}


class Command(BaseCommand):
    """Reads a .docx, .xlsx, .xls, .csv, .tsv or .txt without touching the database. Exit code 2: unreadable."""

    help = "读一份任务清单文件（.docx、.xlsx、.xls、.csv、.tsv、.txt），显示读懂的内容，不写入任何数据。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="文件路径")
        parser.add_argument("--json", action="store_true", dest="as_json", help="按 JSON 输出")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        try:
            content = path.read_bytes()
        except OSError:
            raise CommandError(
                _("打不开文件：%(path)s。请核对路径。") % {"path": path}, returncode=_UNREADABLE
            ) from None
        try:
            document = guarded.read(path.name, content, column_of=column_of)
        except Unreadable as error:
            problem = explain(error.problem)
            said = f"{path.name}：{problem['reason']}{problem['remedy']}"
            raise CommandError(said, returncode=_UNREADABLE) from None
        understood = understand(document)
        if options["as_json"]:
            data = understood.as_json()
            for one in data.get("lists", [data]):
                for item in one["items"]:
                    item["source"] = {"file": path.name, **item["source"]}
            self.stdout.write(json.dumps(data, ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(_summary(path.name, understood)))


# Doubts are in the language of the documents; what is said around them is too.
@in_the_language_of_the_house
def _summary(name: str, understood: Understood) -> list[str]:
    lines = [_("文件：%(name)s，读出 %(n)s 份清单") % {"name": name, "n": len(understood.lists)}, *understood.notes]
    for one in understood.lists:
        lines += ["", *_about(one), *(line for item in one.items for line in _item(item))]
    return lines


def _about(one: TaskList) -> list[str]:
    document, rule = one.document, one.reporting_rule
    doubtful = sum(bool(item.doubts) for item in one.items)
    head = " · ".join(filter(None, (document.number, document.issuer, document.issue_date)))
    lines = [document.list_title or document.title or _("（没有标题）"), head]
    if document.title and document.title != document.list_title:
        lines.insert(0, document.title)
    lines.append(_("任务 %(n)s 项，其中 %(doubtful)s 项有疑点") % {"n": len(one.items), "doubtful": doubtful})
    if rule:
        lines.append(_("报送规则（建议）：%(text)s") % {"text": rule.text})
    return [line for line in [*lines, *(f"！{doubt}" for doubt in one.doubts)] if line]


def _item(item: Item) -> list[str]:
    lines = [f"{item.no} {' / '.join(item.path)}", f"    {item.content}"]
    roles = ((_("牵头"), item.lead_units), (_("配合"), item.assist_units), (_("责任"), item.responsible_units))
    units = "；".join(f"{role}：{'、'.join(names)}" for role, names in roles if names)
    deadline = item.deadline
    due = f"{deadline.date or deadline.text}{_BASIS[deadline.basis]}" if deadline else _("无")
    lines.append("    " + _("%(units)s。时限：%(due)s") % {"units": units or _("没有单位"), "due": due})
    return lines + [f"    ！{doubt}" for doubt in item.doubts]
