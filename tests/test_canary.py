"""A canary in one unit's draft is found nowhere else: not on a page, in a file, a plot, a search, a mail."""

import pytest
from django.contrib import admin
from django.core import mail
from django.urls import reverse

from tasks_app.audit.actions import first_broken, record
from tasks_app.audit.models import Event
from tasks_app.closing.actions import close_period
from tasks_app.evidence.actions import attach, remove
from tasks_app.outbox.actions import deliver_waiting
from tasks_app.outbox.models import Message
from tasks_app.reminders.actions import make_round
from tasks_app.reporting.actions import EntryDraft, save_entries
from tasks_app.reporting.choices import SignState
from tasks_app.signing.actions import refuse_signature
from tests.factories import beijing
from tests.support.markup import content_of

CANARY = "金丝雀七七四"
VALUE = 774
OUTSIDERS = ["colleague", "school", "coordinator", "supervisor", "leader", "administrator", "stranger"]


@pytest.fixture
def planted(world):
    """The canary in every word of a draft of 市住房建设局, and a round closed over it."""
    report, by = world.report("liaison"), world.people["liaison"]
    drafts = [
        EntryDraft(
            e.pk, e.version, 74, CANARY, CANARY, CANARY, False, help_text=CANARY,
            values={row.pk: VALUE for row in e.task.indicators.filter(county=None)},
        )
        for e in report.entries.select_related("task")
    ]  # fmt: skip
    save_entries(report=report, drafts=drafts, by=by, at=beijing("2024-08-02 10:00"))
    entry = report.entries.first()
    words = {"content": b"%PDF-1.4 x", "name": f"{CANARY}.pdf", "by": by, "at": beijing("2024-08-02 10:01")}
    remove(evidence=attach(report=report, entry=entry, **words), by=by, at=beijing("2024-08-02 10:02"))
    attach(report=report, entry=entry, **words)
    make_round(at=beijing("2024-08-05 09:00"))
    deliver_waiting(at=beijing("2024-08-05 09:01"))
    return report


def addresses(world, report):
    tasks = [f"/tasks/{task.pk}/{more}" for task in world.task_list.tasks.all() for more in ("", "?all=1")]
    period = f"/periods/{report.period_id}/"
    return [
        "/", "/tasks/", "/tasks.csv", "/tasks.xlsx", *tasks,
        "/reports/", f"/reports/{report.pk}/", f"/reports/{report.pk}/receipt/", f"/reports/{report.pk}/submit/",
        f"/reports/{report.pk}/form/", f"/reports/{report.pk}/workbook.xlsx",
        "/overdue/", "/overdue.csv", f"/search/?q={CANARY[:3]}", "/progress/",
        *(f"/progress/{name}.csv" for name in ("counties", "leads", "chapters", "trend", "reports")),
        period, f"{period}figures/", f"{period}figures.csv", f"{period}changes/", f"{period}changes.csv",
        "/lists/test-2024/rule/", "/lists/test-2024/duties/", "/lists/test-2024/roster/", "/lists/test-2024/roster.csv",
        "/messages/", "/imports/", "/admin/", *back_office(), "/requests/", "/spot-checks/", "/instructions/",
    ]  # fmt: skip


def back_office():
    """Every list of the back office, and the page of every row that it has."""
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        yield from (reverse(f"{name}_change", args=[pk]) for pk in model.objects.values_list("pk", flat=True))


@pytest.mark.parametrize("who", OUTSIDERS)
def test_nobody_outside_the_unit_finds_the_draft(world, planted, signed_in, now, who):
    close_period(period=planted.period, by=world.people["coordinator"], at=beijing("2024-08-06 09:00"))
    now.move_to(beijing("2024-08-06 09:30"))
    client = signed_in(who)
    for address in addresses(world, planted):
        response = client.get(address)
        if response.status_code == 200:
            text = content_of(response)
            assert CANARY not in text, address
            assert f">{VALUE}<" not in text, address
            assert "74%" not in text, address


def test_the_units_own_liaison_finds_it(world, planted, signed_in):
    assert CANARY in signed_in("liaison").get(f"/reports/{planted.pk}/").text


def test_no_message_and_no_mail_carries_the_draft(planted):
    assert Message.objects.exists()
    assert not [m for m in Message.objects.all() if CANARY in m.subject + m.body]
    assert mail.outbox
    assert not [m for m in mail.outbox if CANARY in m.subject + str(m.body) + str(m.alternatives)]


@pytest.mark.parametrize("who", OUTSIDERS)
@pytest.mark.parametrize("address", ["/tasks/", "/search/"])
def test_searching_for_the_draft_counts_nothing(world, planted, signed_in, who, address):
    assert "没有" in signed_in(who).get(f"{address}?q={CANARY}").text


def test_no_event_holds_a_word_of_the_draft_but_which_fields_and_a_mark(planted):
    assert {"reporting.save", "evidence.attach", "evidence.remove"} <= {event.verb for event in Event.objects.all()}
    assert [event.verb for event in Event.objects.all() if CANARY in str(vars(event))] == []
    after = Event.objects.get(verb="reporting.save").after[str(planted.entries.first().pk)]
    assert after["fields"] == ["done_text", "help_text", "next_text", "percent", "problem_text", "values"]
    assert len(after["digest"]) == 64


def test_what_a_head_says_of_a_draft_is_in_no_event(world, planted):
    planted.sign_state = SignState.ASKED
    planted.save()
    refuse_signature(report=planted, note=CANARY, by=world.people["head"], at=beijing("2024-08-05 10:00"))
    assert [event.verb for event in Event.objects.all() if CANARY in str(vars(event))] == []


def test_what_a_head_says_of_a_draft_is_read_by_the_liaison_and_in_no_ledger_of_messages(world, planted, signed_in):
    planted.sign_state = SignState.ASKED
    planted.save()
    refuse_signature(report=planted, note=CANARY, by=world.people["head"], at=beijing("2024-08-05 10:00"))
    deliver_waiting(at=beijing("2024-08-05 10:01"))
    told = Message.objects.get(body__contains=CANARY, channel="site")
    assert CANARY in signed_in("liaison").get(reverse("message", args=[told.pk])).text
    client = signed_in("administrator")
    row = client.get(reverse("admin:tasks_app_message_change", args=[told.pk])).text
    assert told.subject in row
    assert "正文只有收件人能看" in row
    ledgers = [
        *back_office(),
        *(reverse(name) for name in ("reminders_sent", "reminders_failed", "reminders", "messages")),
    ]
    assert [address for address in ledgers if CANARY in client.get(address).text] == []
    found = client.get(reverse("admin:tasks_app_message_changelist"), {"q": CANARY})
    assert told.subject not in found.text.partition('id="result_list"')[2]


def test_words_in_events_of_before_are_not_shown_and_their_chain_holds(world, planted, signed_in):
    """They were written when the log still held them, and can't be rewritten."""
    at, by = beijing("2024-08-02 11:00"), world.people["liaison"]
    words = {"done_text": CANARY, "percent": 774_774_774, "values": {"1": CANARY}}
    olds = [
        record(by=by, at=at, verb="reporting.save", target=planted, before={"12": words}, after={"12": words}),
        record(by=by, at=at, verb="signing.refuse", target=planted, reason=CANARY),
        record(by=by, at=at, verb="evidence.attach", target=planted, after={"file": CANARY, "entry": "5", "size": 7}),
    ]
    client = signed_in("administrator")
    pages = {address: client.get(address).text for address in back_office()}
    assert [address for address, page in pages.items() if CANARY in page or "774774774" in page] == []
    shown = pages[reverse("admin:tasks_app_event_change", args=[olds[0].pk])]
    assert "done_text" in shown
    assert "percent" in shown
    found = client.get(reverse("admin:tasks_app_event_changelist"), {"q": CANARY})
    assert "signing.refuse" not in found.text.partition('id="result_list"')[2]
    assert first_broken() is None
