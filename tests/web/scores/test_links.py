"""Whatever the pages of the scores link to opens for whoever reads them: each page as each role, each link."""

import datetime as dt
import re
from html import unescape
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.urls import resolve, reverse

from tasks_app.accounts.choices import Role
from tasks_app.inspection.actions import Seen, make_spot_check
from tasks_app.notices.actions import issue_notices
from tasks_app.notices.choices import NoticeLevel
from tasks_app.notices.issuing import NoticeDraft
from tasks_app.reporting.actions import EntryDraft, refresh_standings, return_entries, save_entries, submit_report
from tasks_app.scores.actions import file_objection
from tasks_app.scores.models import Objection, ScoreLine
from tasks_app.supervision.actions import decide_closure, request_closure
from tests.factories import CAST, beijing
from tests.scores.conftest import DURING, LATER, scorer

__all__ = ["scorer"]
# Every role, two units, and somebody of another city.
READERS = ("liaison", "head", "school", "coordinator", "supervisor", "leader", "administrator", "stranger")


@pytest.fixture
def two_rounds(world, scorer, now):
    """July and August closed, not scored: nobody reported in July; in August something of every kind happened."""
    world.task_list.red_misses = 1
    world.task_list.save()
    people, unit = scorer.people, world.units["市住房建设局"]
    draft = NoticeDraft(unit, NoticeLevel.ORDER, (world.task(1),), "请倒排工期。")
    by = people["supervisor"]
    issue_notices(task_list=world.task_list, drafts=[draft], by=by, at=beijing("2024-07-22 10:00"))
    july = world.task_list.periods.earliest("opens_at")
    scorer.close(july, at="2024-08-02 10:00")
    _reported(world, scorer)
    closed = request_closure(
        task=world.task(2), unit=unit, evidence_text="已验收。", by=people["liaison"], at=beijing(DURING)
    )
    decide_closure(closure=closed, granted=True, decision_text="", by=by, at=beijing(DURING))
    seen = Seen("乐都区碾伯街道", dt.date(2024, 8, 4), "两栋楼尚未进场。", "red")
    make_spot_check(task=world.task(1), unit=unit, seen=seen, by=by, at=beijing("2024-08-04 15:00"))
    refresh_standings(today=dt.date(2024, 8, 6))
    scorer.close()
    scorer.scheme()
    now.move_to(beijing(LATER))
    return july, scorer.period


def _reported(world, scorer):
    """August of 市住房建设局 in time, once returned; of 市教育局 late. The park hands in nothing."""
    report, by = world.report("liaison"), scorer.people["liaison"]
    drafts = [
        EntryDraft(e.pk, e.version, 30, "完成招标。", "", "", False, own_light="green") for e in report.entries.all()
    ]
    save_entries(report=report, drafts=drafts, by=by, at=beijing(DURING))
    submit_report(report=report, by=by, at=beijing(DURING))
    coordinator = scorer.people["coordinator"]
    first = report.entries.earliest("pk")
    return_entries(report=report, entry_ids=[first.pk], reason="数字不实", by=coordinator, at=beijing(DURING))
    again = EntryDraft(first.pk, first.version, 25, "完成招标一半。", "", "", False, own_light="green")
    save_entries(report=report, drafts=[again], by=by, at=beijing(DURING))
    submit_report(report=report, by=by, at=beijing(DURING))
    scorer.accept(report)
    scorer.accept(world.submit("school", percent=20, at="2024-08-05 20:00"), at="2024-08-05 21:00")


@pytest.fixture
def scored(two_rounds, scorer):
    """Both rounds published; 市住房建设局 objects to having been missing in July, 市教育局 to having been late."""
    july, now = two_rounds
    scorer.publish(july)
    scorer.publish(now)
    for kind, period, who, unit in (
        ("missing", july, "liaison", "市住房建设局"), ("late", now, "school", "市教育局"),
    ):  # fmt: skip
        line = ScoreLine.objects.select_related("sheet").get(kind=kind, sheet__period=period, unit__name=unit)
        file_objection(line=line, text="不实", by=scorer.people[who], at=beijing(LATER))
    return two_rounds


def pages(world, periods):
    """Every page of the scores, to be asked for by whoever it is."""
    yield from (reverse(name) for name in ("scores", "objections"))
    for period in periods:
        yield from (reverse(name, args=[period.pk]) for name in ("score_period", "score_lines"))
    slug = world.task_list.slug
    yield reverse("score_rules", args=[slug])
    yield from (
        reverse("score_unit", args=[slug, unit])
        for unit in ScoreLine.objects.order_by().values_list("unit", flat=True).distinct()
    )
    yield from (reverse("score_object", args=[line.pk]) for line in ScoreLine.objects.all())
    yield from (reverse("objection", args=[one.pk]) for one in Objection.objects.all())


def links(address, html):
    for href in re.findall(r'<a\b[^>]*?href="([^"]*)"', html[html.index("<main") :]):
        yield urldefrag(urljoin(address, unescape(href)))[0]


def answered(client, address):
    """The status, and the page that was read."""
    response = client.get(address)
    return response.status_code, "" if response.streaming else response.text


def followed(client, starts):
    """(page, link) → status of every link on those of the pages that open."""
    found, known = {}, {}
    for address in starts:
        status, html = answered(client, address)
        known[address] = status
        for link in links(address, html) if status == 200 else ():
            if link not in known:
                known[link] = answered(client, link)[0]
            found[address, link] = known[link]
    return found


def names(found):
    return {resolve(urlsplit(link).path).url_name for _page, link in found}


def test_every_link_opens_for_whoever_reads_the_page(world, scored, signed_in):
    seen = set()
    assert {role for who in READERS for role in CAST[who][0]} == set(Role)
    for who in READERS:
        found = followed(signed_in(who), pages(world, scored))
        assert {place: status for place, status in found.items() if status != 200} == {}, who
        seen |= names(found)
    assert {"report", "task", "closure_decide", "notice", "spot_check", "objection", "score_unit"} <= seen


def test_what_a_supervisor_is_about_to_publish_links_to_what_opens(world, two_rounds, signed_in):
    found = followed(signed_in("supervisor"), [reverse("score_period", args=[period.pk]) for period in two_rounds])
    assert {place: status for place, status in found.items() if status != 200} == {}
    assert {"report", "task"} <= names(found)


def test_a_month_that_was_never_handed_in_is_a_link_for_the_unit_and_words_for_the_others(world, scored, signed_in):
    july, _august = scored
    line = ScoreLine.objects.get(kind="missing", sheet__period=july, unit__name="市住房建设局")
    shown = {
        who: signed_in(who).get(reverse("score_unit", args=[world.task_list.slug, line.unit_id])).text
        for who in ("liaison", "head", "coordinator", "supervisor", "leader", "administrator")
    }
    assert all(line.text in html for html in shown.values())
    assert {who for who, html in shown.items() if f'href="{line.path}"' in html} == {"liaison", "head"}
