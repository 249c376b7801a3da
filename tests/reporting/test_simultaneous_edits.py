"""Two people save the same entry at the same moment: one of them is told, no word is lost unseen."""

import threading

import pytest
from django.db import close_old_connections, connection

from tasks_app.lib.errors import Conflict
from tasks_app.reporting.actions import EntryDraft, save_entries
from tasks_app.reporting.models import MonthlyReport, ReportEntry
from tests.factories import beijing, build_world

PAIRS = 200
AT = beijing("2024-08-02 10:00")


@pytest.mark.slow
@pytest.mark.concurrent
@pytest.mark.django_db(transaction=True)
def test_200_pairs_of_simultaneous_edits_overwrite_nothing_silently(now):
    world = build_world()
    world.open("2024-08-02 10:00")
    report, by = world.report("liaison"), world.people["liaison"]
    entry = report.entries.order_by("pk").first()
    for number in range(PAIRS):
        version = ReportEntry.objects.get(pk=entry.pk).version
        start, answers = threading.Barrier(2), {}

        def save(who, version=version, number=number, start=start, answers=answers):
            try:
                words = f"第 {number} 次，{who} 写的。"
                draft = EntryDraft(entry.pk, version, number % 101, words, "", "", False)
                fresh = MonthlyReport.objects.get(pk=report.pk)
                start.wait()
                save_entries(report=fresh, drafts=[draft], by=by, at=AT)
                answers[who] = "saved"
            except Conflict as conflict:
                answers[who] = conflict.theirs[entry.pk].done_text
            finally:
                close_old_connections()
                connection.close()

        threads = [threading.Thread(target=save, args=(who,)) for who in ("甲", "乙")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        stored = ReportEntry.objects.get(pk=entry.pk)
        winners = [who for who, answer in answers.items() if answer == "saved"]
        assert len(winners) == 1, answers
        assert stored.done_text == f"第 {number} 次，{winners[0]} 写的。"
        assert stored.version == version + 1
        assert answers["乙" if winners == ["甲"] else "甲"] == stored.done_text, "the loser is shown the other's words"
