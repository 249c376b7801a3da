"""Who sees whose words: every page and every file with two lists in the city, asked by all of the cast.

On both lists there is one of everything that people write (`tests/support/everything.py`), each with a word of its
own. A cell of scope_table.csv says which of them stand on the page for that person: capitals are of the first list,
small letters of the neighbour's; with an apostrophe it is only the link; "-" is a page without any, a number is the
status where there is no page.

T task · A accepted · S handed in · D draft · R returned words · W why returned · X why excused · F file's name ·
C dispute of an assisting unit · N notice · Y its reply · E extension · G closure · V spot check · I instruction ·
P its answer · B bulletin's draft · O objection · M words of reminders · Q chat group · U import · L the list's title.
As links S, D and R are reports, A and X the rounds of July and August, M the list's reminders.

`DUBAN_UPDATE_SCOPES=1 pytest tests/web/test_scopes.py` writes the table anew: look at its diff, a letter more is
somebody who reads what he did not.
"""

import csv
import os
import re
from pathlib import Path
from urllib.parse import quote

from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.factories import CAST, beijing
from tests.support.everything import COMMON, fill, seen_in, tick
from tests.support.markup import content_of
from tests.support.neighbours import with_neighbours

TABLE = Path(__file__).with_name("scope_table.csv")
ROLES = [*CAST, "left", "twice"]


def overviews() -> dict[str, str]:
    """Pages and files about many things: name in the table → address."""
    names = [
        "desk", "ledger", "ledger_csv", "ledger_xlsx", "reports", "overdue", "overdue_csv", "progress", "requests",
        "spot_checks", "instructions", "confirmations", "notices", "notices_csv", "notice_proposals", "bulletins",
        "scores", "scores_csv", "objections", "leader", "leader_matrix", "leader_changes", "imports", "messages",
        "reminders", "reminders_sent", "reminders_failed", "reminder_lists", "my_reminders", "overdue_filters",
    ]  # fmt: skip
    found = {name: reverse(name) for name in names}
    found["search"] = f"{reverse('search')}?q={quote(COMMON)}"
    found["ledger of the other list"] = f"{reverse('ledger')}?list=other-2024"
    found["overdue of the other list"] = f"{reverse('overdue')}?saved=all&list=other-2024"
    found["leader of the other list"] = f"{reverse('leader')}?list=other-2024"
    found["progress of the other list"] = f"{reverse('progress')}?list=other-2024"
    found["reports of the other list"] = f"{reverse('reports')}?list=other-2024"
    return found


def single(made: dict[str, int], slug: str, list_pk: int) -> dict[str, str]:
    """Pages and files about one thing of a list."""
    arguments = {
        "task": [made["task"]], "closure_request": [made["task"]], "extension_request": [made["task"]],
        "spot_check_make": [made["task"]], "instruction_issue": [made["task"]], "task_milestones": [made["task"]],
        "report": [made["report"]], "report_receipt": [made["report"]], "report_form": [made["report"]],
        "report_scan": [made["report"]], "report_workbook": [made["report"]], "file": [made["file"]],
        "closure_decide": [made["closure"]], "closure_file": [made["closure_file"]], "extension": [made["extension"]],
        "spot_check": [made["check"]], "spot_check_correct": [made["check"]], "spot_check_file": [made["check_file"]],
        "instruction": [made["instruction"]], "notice": [made["notice"]], "notice_docx": [made["notice"]],
        "notice_file": [made["notice_file"]], "bulletin": [made["bulletin"]], "bulletin_docx": [made["bulletin"]],
        "bulletin_edit": [made["bulletin"]], "score_object": [made["line"]], "objection": [made["objection"]],
        "import_batch": [made["batch"]], "import_annotated": [made["batch"]], "import_original": [made["batch"]],
        "period": [made["august"]], "period_figures": [made["july"]], "period_figures_csv": [made["july"]],
        "period_changes": [made["july"]], "score_period": [made["july"]], "score_lines": [made["july"]],
        "score_lines_csv": [made["july"]], "reminder_list": [list_pk], "reminder_chase": [list_pk],
        "reminder_words": [list_pk, "report-before"], "reminder_step": [list_pk, made["step"]],
        "reminder_robot": [list_pk, made["robot"]], "thresholds": [list_pk], "reporting_rule": [slug],
        "duties": [slug], "roster": [slug], "roster_csv": [slug], "notice_setting": [slug], "bulletin_style": [slug],
        "score_rules": [slug],
    }  # fmt: skip
    found = {name: reverse(name, args=args) for name, args in arguments.items()}
    for what in ("draft", "back"):
        found[f"report {what}"] = reverse("report", args=[made[what]])
        found[f"report_form {what}"] = reverse("report_form", args=[made[what]])
    return found


def cell(browser: Client, address: str, lists) -> str:
    with transaction.atomic():
        response = browser.get(address)
        text = content_of(response)
        transaction.set_rollback(True)
    if response.status_code != 200:
        assert not re.search(f"{COMMON}[^{COMMON}&]", text), address
        return str(response.status_code)
    return seen_in(text, lists) or "-"


def test_everybody_reads_what_the_table_says_of_both_lists_and_nothing_else(world, now, settings):
    settings.ROBOT_HOSTS = ["robots.example.test"]
    other = with_neighbours(world)
    first, second = fill(world, "甲"), fill(other, "乙")
    lists = [("甲", world, first), ("乙", other, second)]
    tick()
    now.move_to(beijing("2024-08-06 10:00"))
    addresses = overviews()
    for name, address in single(first, world.task_list.slug, world.task_list.pk).items():
        addresses[f"{name} 1"] = address
    for name, address in single(second, other.task_list.slug, other.task_list.pk).items():
        addresses[f"{name} 2"] = address
    found = {name: {} for name in addresses}
    for role in ROLES:
        browser = Client(raise_request_exception=False)
        browser.force_login(world.people[role], backend="django.contrib.auth.backends.ModelBackend")
        for name, address in addresses.items():
            found[name][role] = cell(browser, address, lists)
    if os.environ.get("DUBAN_UPDATE_SCOPES"):
        write(found)
    expected = read()
    assert set(found) == set(expected)
    wrong = [
        f"{name} as {role}: {seen}, the table says {expected[name][role]}"
        for name, cells in found.items()
        for role, seen in cells.items()
        if seen != expected[name][role]
    ]
    assert not wrong, "\n".join(wrong)


def read() -> dict[str, dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row.pop("page"): row for row in csv.DictReader(file)}


def write(found: dict[str, dict[str, str]]) -> None:
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["page", *ROLES])
        writer.writerows([name, *cells.values()] for name, cells in found.items())
