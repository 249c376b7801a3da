"""The registry: no occasion lacks a part, and each is played from its first announcement to its end."""

import datetime as dt
import pkgutil
import re
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test import Client
from django.utils import translation

from tasks_app.outbox.actions import deliver_waiting
from tasks_app.outbox.models import Message
from tasks_app.reminders import occasions, wording
from tasks_app.reminders.actions import make_round, save_template, start_reminding
from tasks_app.reminders.chasing import send_now
from tasks_app.reminders.choices import Audience, DayKind, ReminderState, Why
from tasks_app.reminders.facts import Candidate, read
from tasks_app.reminders.models import Reminder
from tasks_app.reminders.occasions import ALL, DEFAULT_LADDER, Occasion
from tasks_app.reminders.queries import chase_of, forecast, open_cases
from tasks_app.reminders.rounds import lines_of
from tasks_app.web.reminders.ladder import StepForm
from tests.factories import beijing
from tests.reminders.plays import PLAYS

CODES = [occasion.code for occasion in ALL]
HAN = re.compile(r"[\u4e00-\u9fff]")


def each(missing) -> str:
    """What a failing test says: the occasions by name."""
    return "、".join(sorted(missing))


def test_every_module_of_the_folder_is_in_the_registry():
    modules = {name for _finder, name, _package in pkgutil.iter_modules(occasions.__path__)} - {"base"}
    assert modules == set(CODES), f"not in occasions.ALL: {each(modules ^ set(CODES))}"


def test_every_occasion_is_played_below():
    assert set(PLAYS) == set(CODES), f"no play: {each(set(PLAYS) ^ set(CODES))}"


def test_no_two_share_a_code_an_urgency_a_label_or_a_template():
    for part in ("code", "urgency", "label"):
        twice = [value for value, count in Counter(getattr(one, part) for one in ALL).items() if count > 1]
        assert not twice, f"{part} {twice}"
    templates = Counter(code for one in ALL for code in one.words)
    assert max(templates.values()) == 1
    assert wording.ESCALATION not in templates


@pytest.mark.parametrize("occasion", ALL, ids=CODES)
def test_its_code_fits_its_label_is_translated_and_its_words_name_only_what_it_offers(occasion: Occasion):
    longest = Reminder._meta.get_field("occasion").max_length
    assert re.fullmatch(rf"[a-z]{{1,{longest}}}", occasion.code)
    with translation.override("en"):
        assert not HAN.search(str(occasion.label)), f"{occasion.code}: the label has no English"
    assert occasion.words, occasion.code
    assert all(example.strip() for example in occasion.placeholders.values()), occasion.code
    for code, words in occasion.words.items():
        assert wording.placeholders_of(code) == occasion.placeholders
        named = set(wording.PLACEHOLDER.findall(words.title + words.text))
        assert named <= set(occasion.placeholders), f"{code}: {each(named - set(occasion.placeholders))}"
        assert str(words.label).strip()


@pytest.mark.parametrize("occasion", ALL, ids=CODES)
def test_it_has_default_steps_that_can_be(occasion: Occasion):
    assert occasion.steps, f"{occasion.code} has no default step"
    assert set(occasion.ladder) <= set(DEFAULT_LADDER)
    for rung in occasion.ladder:
        assert rung.occasion == occasion.code
        assert rung.audience in Audience.values
        assert rung.day_kind in DayKind.values
        assert rung.offset >= 0 or (occasion.from_deadline and not rung.repeat_days)
    # The ladder of a list has one step for a day and an audience.
    same = Counter((rung.offset, rung.day_kind, rung.audience) for rung in occasion.steps)
    assert max(same.values()) == 1


def test_the_choices_of_tables_and_forms_are_the_registry():
    from tasks_app.reminders.models import ReminderStep
    from tasks_app.web.reminders.forecast import ForecastChoice
    from tasks_app.web.reminders.sent import SentFilter

    chosen = {
        "ReminderStep": ReminderStep._meta.get_field("occasion").choices,
        "Reminder": Reminder._meta.get_field("occasion").choices,
        "StepForm": StepForm.base_fields["occasion"].choices,
        "ForecastChoice": ForecastChoice({}, lists=[]).fields["occasion"].choices[1:],
        "SentFilter": SentFilter.base_filters["occasion"].field.choices,
    }
    for where, choices in chosen.items():
        offered = [code for code, _label in choices if code]
        assert offered == CODES, f"{where} lacks {each(set(CODES) - set(offered))}"


@pytest.fixture
def played(staffed, now):
    """`played(code)` is the play, its case open."""

    def start(code: str):
        PLAYS[code].start(staffed)
        return PLAYS[code]

    return start


def nine(day: str) -> dt.datetime:
    return beijing(f"2024-{day} 09:00")


@pytest.fixture
def at(now):
    """`at("08-05", hours=-1)` moves the clock there from nine o'clock on that day and says the moment."""

    def move(day: str, **later) -> dt.datetime:
        moment = nine(day) + dt.timedelta(**later)
        now.move_to(moment)
        return moment

    return move


@pytest.fixture
def page(staffed):
    def get(who: str, address: str) -> str:
        browser = Client()
        browser.force_login(staffed.people[who], backend="django.contrib.auth.backends.ModelBackend")
        answer = browser.get(address)
        assert answer.status_code == 200, address
        return answer.content.decode()

    return get


@pytest.mark.parametrize("code", CODES)
def test_it_offers_what_its_cases_have_and_its_cases_find_their_words(code, staffed, played, at):
    play = played(code)
    moment = at(play.first)
    cases = [case for case in read(at=moment).cases if case.occasion == code]
    assert cases, code
    for case in cases:
        assert set(occasions.BY_CODE[code].placeholders) <= set(case.words), case.key
        assert len(f"99999.999/{case.key}/u99999") <= Reminder._meta.get_field("key").max_length
        for when in (case.due_at - dt.timedelta(days=1), case.due_at + dt.timedelta(days=1)):
            assert case.code(when) in occasions.BY_CODE[code].words, case.key


@pytest.mark.parametrize("code", CODES)
def test_it_is_foreseen_planned_sent_and_kept(code, staffed, played, at, page):
    """case → forecast and the person's own page → message → ledger, with its name on each page."""
    play, label = played(code), str(occasions.BY_CODE[code].label)
    person, first = staffed.people[play.who], nine(play.first)
    evening = at(play.first, hours=-15)
    foreseen = [one for one in forecast(at=evening, until=first) if one.occasion == code]
    assert [one.moment for one in foreseen if one.recipient_id == person.pk] == [first], code
    assert label in page(play.who, f"/reminders/?days=7&occasion={code}").split("<tbody>")[1]
    own = Reminder.objects.filter(occasion=code, recipient=person, moment=first)
    make_round(at=at(play.first))
    deliver_waiting(at=first)
    make_round(at=at(play.first, minutes=1))
    assert [row.state for row in own.all()] == [ReminderState.SENT]
    line = own.get().line
    assert play.says in line.title + line.text
    assert not re.search(r"[{}]", line.title + line.text)
    assert Message.objects.filter(recipient=person, channel="site", digest=line.digest).count() == 1
    for who in (play.who, "coordinator"):
        ledger = page(who, f"/reminders/sent/?occasion={code}")
        assert label in ledger.split("<tbody>")[1], f"{code} is not in the ledger of {who}"


@pytest.mark.parametrize("code", CODES)
def test_once_settled_nothing_more_of_it_goes_out(code, staffed, played, at):
    play = played(code)
    person = staffed.people[play.who]
    make_round(at=at(play.first))
    deliver_waiting(at=at(play.first))
    moment = at(play.again)
    make_round(at=moment)
    own = Reminder.objects.filter(occasion=code, recipient=person, moment=moment)
    assert [row.state for row in own.all()] == [ReminderState.DUE], code
    play.settle(staffed, f"{moment:%Y-%m-%d %H:%M}")
    make_round(at=moment)
    assert [(row.state, row.why) for row in own.all()] == [(ReminderState.SUPPRESSED, Why.SETTLED)], code
    deliver_waiting(at=moment)
    assert not Message.objects.filter(
        digest=own.get().line.digest, channel="site", status="sent", body__contains=play.says
    )
    later = forecast(at=moment, until=moment + dt.timedelta(days=7))
    case = own.get().key.split("/")[1]
    assert case not in {one.case_key for one in later}


# Every name that some occasion offers: what a list may write into words of its own for common templates.
ALL_NAMES = "".join(f"{{{name}}}" for name in wording.placeholders_of(wording.ESCALATION))


@pytest.mark.parametrize("code", CODES)
def test_a_step_of_it_may_be_given_any_template_and_no_reader_sees_a_placeholder(code, staffed, played, at):
    play, coordinator = played(code), staffed.people["coordinator"]
    moment = at(play.first)
    own = {"title": f"请办：{ALL_NAMES}", "text": f"请办：{ALL_NAMES}。"}
    save_template(task_list=staffed.task_list, code=wording.ESCALATION, **own, by=coordinator, at=moment)
    facts = read(at=moment)
    cases = [case for case in facts.cases if case.occasion == code]
    offered = [name for name, _label in StepForm(task_list=staffed.task_list).fields["template"].choices]
    assert {"", wording.ESCALATION, *(name for one in ALL for name in one.words)} <= set(offered)
    for case in cases:
        for template in offered:
            step = replace(chase_of(case), template=template)
            for escalated in (False, True):
                told = Candidate(case, step, 0, moment, user=coordinator, escalated=escalated)
                ((said,), _rows) = lines_of([(Reminder(moment=moment), told)], facts, moment)
                assert not re.search(r"[{}]", said.line.title + said.line.text), f"{case.key} {template}"
    assert not facts.troubles.broken


def test_a_name_that_nobody_knows_stays_as_it_stands():
    assert wording.fill("{单位}{阶段目标}{无此名}", {"单位": "市住房建设局"}) == "市住房建设局{无此名}"


@pytest.mark.parametrize("code", CODES)
def test_it_is_set_in_the_lists_settings_and_its_words_can_be_changed(code, staffed, page):
    occasion = occasions.BY_CODE[code]
    base = f"/reminders/lists/{staffed.task_list.pk}/"
    settings = page("coordinator", base)
    assert f"<h3>{occasion.label}</h3>" in settings, f"{code} has no steps in the settings"
    assert f'<option value="{code}"' in page("coordinator", f"{base}steps/add/")
    for name, words in occasion.words.items():
        assert str(words.label) in settings, name
        form = page("coordinator", f"{base}words/{name}/")
        for placeholder in occasion.placeholders:
            assert f"<code>{{{placeholder}}}</code>" in form, f"{name} does not offer {placeholder}"


@pytest.mark.parametrize("code", CODES)
def test_it_is_chased_by_hand_while_it_is_open(code, staffed, played, at, page):
    play, label = played(code), str(occasions.BY_CODE[code].label)
    moment = at(play.chased, hours=1)
    chase = page("coordinator", f"/reminders/lists/{staffed.task_list.pk}/chase/")
    assert re.search(rf'scope="rowgroup" colspan="6">\s*{label}', chase), f"{code} is not on the page of chases"
    keys = [case.key for case in open_cases(staffed.task_list, at=moment) if case.occasion == code]
    assert keys, f"{code} is not offered"
    by = staffed.people["coordinator"]
    assert send_now(task_list=staffed.task_list, case_keys=keys, by=by, at=moment) >= 1
    rows = Reminder.objects.filter(occasion=code, key__startswith="now.", moment=moment)
    told = rows.filter(recipient=staffed.people[play.who]).latest("pk")
    assert told.line is not None
    play.settle(staffed, f"{moment:%Y-%m-%d %H:%M}")
    case = told.key.split("/")[1]
    assert case in keys
    assert case not in {case.key for case in open_cases(staffed.task_list, at=moment)}


# --- lists that exist ------------------------------------------------------------------------------


class Migrations:
    """What migrations later than the first one give to the lists of the database at hand."""

    def __init__(self) -> None:
        self.loader = MigrationLoader(None)
        first = self.loader.project_state(("tasks_app", "0001_initial")).apps.get_model("tasks_app", "ReminderStep")
        # Lists of the first release have steps of these: they came with the lists.
        self.landed = {code for code, _label in first._meta.get_field("occasion").choices}

    def run(self) -> None:
        for (app, _name), migration in sorted(self.loader.disk_migrations.items()):
            for operation in migration.operations if app == "tasks_app" else ():
                if getattr(getattr(operation, "code", None), "__name__", "") == "give_steps":
                    operation.code(apps, SimpleNamespace(connection=connection))


def ladder_of(task_list) -> set[tuple[object, ...]]:
    names = ("occasion", "offset", "day_kind", "time", "audience", "repeat_days", "active")
    return set(task_list.reminder_steps.values_list(*names))


def test_every_occasion_that_came_later_is_given_to_the_lists_that_exist_and_no_step_twice(staffed):
    migrations, whole = Migrations(), ladder_of(staffed.task_list)
    later = set(CODES) - migrations.landed
    assert later
    staffed.task_list.reminder_steps.filter(occasion__in=later).delete()
    for _time in range(2):
        migrations.run()
        given = {step[0] for step in ladder_of(staffed.task_list)}
        assert later <= given, f"lists that exist got no step of: {each(later - given)}"
    assert ladder_of(staffed.task_list) == whole


def test_a_step_that_was_deleted_or_switched_off_does_not_come_back(staffed):
    """Migrations run once; what runs in each round, and each time the lists are loaded, gives nothing."""
    steps = staffed.task_list.reminder_steps
    steps.filter(occasion="milestone", offset=-5).delete()
    steps.filter(occasion="milestone", offset=-1).update(active=False)
    kept = ladder_of(staffed.task_list)
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    make_round(at=nine("08-05"))
    start_reminding(task_list=staffed.task_list, by=None, at=nine("08-05"))
    Migrations().run()
    assert ladder_of(staffed.task_list) == kept


def test_a_list_without_a_step_is_silent_on_purpose_and_stays_so(staffed):
    staffed.task_list.reminder_steps.all().delete()
    Migrations().run()
    assert not staffed.task_list.reminder_steps.exists()
