"""现场核查 as actions."""

import datetime as dt
from dataclasses import replace

import pytest

from tasks_app.accounts.permissions import viewer_of
from tasks_app.audit.models import Event
from tasks_app.inspection.actions import Seen, attach_to_spot_check, correct_spot_check, make_spot_check
from tasks_app.inspection.models import SpotCheck, SpotCheckFile
from tasks_app.inspection.queries import IS_FINDING
from tasks_app.lib.errors import Conflict, Refused
from tasks_app.outbox.models import Message
from tasks_app.progress.models import Standing
from tasks_app.reporting.actions import refresh_standings
from tests.factories import beijing

AT = beijing("2024-08-02 15:00")
SEEN = Seen(place="职教路工地", day=dt.date(2024, 8, 2), finding="已开工 800 套，与所报一致。", light="green")


def visit(world, seen=SEEN, *, no=1, unit="市住房建设局", at=AT):
    by = world.people["supervisor"]
    return make_spot_check(task=world.task(no), unit=world.units[unit], seen=seen, by=by, at=at)


def correct(world, check, seen, *, reason="写错了", version=0):
    by = world.people["supervisor"]
    return correct_spot_check(check=check, seen=seen, reason=reason, version=version, by=by, at=AT)


def standing(world, no=1):
    return Standing.objects.get(task=world.task(no))


def test_a_visit_becomes_the_verified_reading_and_is_told_to_lead_head_and_coordinator(world):
    check = visit(world)
    found = standing(world)
    assert (found.verified, found.verified_on, found.verified_by) == ("green", SEEN.day, world.people["supervisor"])
    told = set(Message.objects.filter(topic=f"spot-check:{check.pk}").values_list("recipient__username", flat=True))
    assert told == {"liaison", "head", "coordinator"}


def test_another_light_than_the_computed_one_is_a_finding_and_the_message_says_so(world):
    computed = standing(world).light
    check = visit(world, replace(SEEN, light="red" if computed != "red" else "green"))
    assert check.computed_light == computed
    assert check.is_finding
    apart = standing(world).disagreement
    refresh_standings(today=AT.date())
    assert standing(world).disagreement == apart > 0, "computing the light anew forgets no visit"
    assert "不一致" in Message.objects.filter(topic=f"spot-check:{check.pk}").first().body
    same = visit(world, replace(SEEN, light=computed), no=2)
    assert not same.is_finding
    assert list(SpotCheck.objects.filter(IS_FINDING)) == [check]
    assert list(SpotCheck.objects.filter(~IS_FINDING)) == [same]


@pytest.mark.parametrize("wrong", [{"day": dt.date(2024, 8, 3)}, {"place": " "}, {"finding": " "}])
def test_a_day_to_come_and_missing_words_are_refused(world, wrong):
    with pytest.raises(Refused):
        visit(world, replace(SEEN, **wrong))
    assert not SpotCheck.objects.exists()
    assert standing(world).verified == ""


def test_a_correction_keeps_what_stood_there_with_its_reason_and_moves_the_verified_reading(world):
    check = correct(world, visit(world), replace(SEEN, light="yellow", finding="只开工 80 套。"))
    version = check.versions.get()
    assert (check.light, version.light, version.finding, version.reason) == (
        "yellow", "green", SEEN.finding, "写错了",
    )  # fmt: skip
    assert standing(world).verified == "yellow"
    event = Event.objects.get(verb="inspection.correct_spot_check")
    assert (event.before["light"], event.after["light"], event.reason) == ("green", "yellow", "写错了")


def test_who_was_told_of_a_visit_is_told_of_its_correction(world):
    check = visit(world)
    first = Message.objects.filter(topic=f"spot-check:{check.pk}")
    people = set(first.values_list("recipient__username", flat=True))
    correct(world, check, replace(SEEN, light="red"))
    second = Message.objects.filter(topic=f"spot-check:{check.pk}", subject__startswith="更正现场核查")
    assert set(second.values_list("recipient__username", flat=True)) == people != set()
    words = second.first().body
    assert "核实状态：滞后" in words
    assert "更正理由：写错了" in words


def test_a_visit_moved_to_an_earlier_day_gives_way_to_the_one_that_is_now_the_newest(world):
    visit(world, replace(SEEN, day=dt.date(2024, 7, 30), light="red"))
    later = visit(world)
    correct(world, later, replace(SEEN, day=dt.date(2024, 7, 20)))
    found = standing(world)
    assert (found.verified, found.verified_on) == ("red", dt.date(2024, 7, 30))


def test_a_correction_without_reason_or_change_and_one_over_anothers_are_refused(world):
    check = visit(world)
    with pytest.raises(Refused, match="写明理由"):
        correct(world, check, replace(SEEN, light="red"), reason=" ")
    with pytest.raises(Refused, match="没有变化"):
        correct(world, check, SEEN)
    correct(world, check, replace(SEEN, light="red"))
    with pytest.raises(Conflict, match="别人刚刚更正过"):
        correct(world, check, replace(SEEN, light="yellow"))


@pytest.mark.parametrize(
    ("who", "reads"),
    [
        ("liaison", True), ("head", True), ("coordinator", True), ("supervisor", True), ("leader", True),
        ("administrator", True), ("colleague", False), ("school", False), ("stranger", False),
    ],
)  # fmt: skip
def test_it_is_read_by_who_oversees_or_coordinates_and_by_the_units_that_lead(world, settings, tmp_path, who, reads):
    settings.MEDIA_ROOT = tmp_path
    check, by = visit(world), world.people["supervisor"]
    attach_to_spot_check(check=check, name="现场.jpg", content=b"\xff\xd8\xff1", by=by, at=AT)
    viewer = viewer_of(world.people[who])
    assert SpotCheck.objects.readable_by(viewer).exists() is reads
    assert SpotCheckFile.objects.readable_by(viewer).exists() is reads


@pytest.mark.parametrize("wrong", [{"day": dt.date(2024, 8, 3)}, {"place": " "}, {"finding": " "}])
def test_a_correction_is_held_to_what_a_visit_is_held_to(world, wrong):
    check = visit(world)
    with pytest.raises(Refused):
        correct(world, check, replace(SEEN, **wrong))
