"""Evidence: added and removed by the unit while it writes, read by whoever may read the words."""

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tasks_app.audit.models import Event
from tasks_app.evidence.actions import attach, remove
from tasks_app.evidence.models import Evidence
from tasks_app.files import rules
from tasks_app.lib.errors import Refused
from tasks_app.reporting.actions import accept_entries, return_entries
from tests.factories import beijing

AT = "2024-08-02 10:00"
PDF = b"%PDF-1.4 canary-bytes"
CANARY = "外人不得见的附件"
OTHERS = ["colleague", "school", "stranger", "coordinator", "supervisor", "leader", "administrator"]


@pytest.fixture
def entry(world):
    return world.report("liaison").entries.get(task__seq=1)


@pytest.fixture
def kept(world, entry):
    by = world.people["liaison"]
    return attach(report=entry.report, entry=entry, name=f"{CANARY}.pdf", content=PDF, by=by, at=beijing(AT))


def address(entry):
    return reverse("entry_files", args=[entry.report_id, entry.pk])


def upload(client, entry, *files):
    return client.post(address(entry), {"file": [SimpleUploadedFile(name, content) for name, content in files]})


def test_a_file_is_uploaded_listed_and_downloaded_as_a_download(entry, signed_in):
    client = signed_in("liaison")
    assert upload(client, entry, ("验收单.pdf", PDF)).status_code == 302
    assert "验收单.pdf" in client.get(address(entry)).text
    assert "验收单.pdf" in client.get(reverse("report", args=[entry.report_id])).text
    evidence = Evidence.objects.get()
    answer = client.get(reverse("file", args=[evidence.pk]))
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/pdf"
    assert "验收单" not in evidence.stored_name
    assert {e.verb for e in Event.objects.filter(verb__startswith="evidence")} == {"evidence.attach"}


def test_what_is_not_taken_is_named_and_the_others_are_kept(entry, signed_in):
    answer = upload(signed_in("liaison"), entry, ("木马.pdf", b"MZ\x90\x00"), ("好.pdf", PDF), ("空.pdf", b""))
    assert answer.status_code == 422
    assert "“木马.pdf”不是 PDF、JPG、PNG、DOCX 或 XLSX" in answer.text
    assert "“空.pdf”是空的" in answer.text
    assert [e.name for e in Evidence.objects.all()] == ["好.pdf"]


def test_a_file_over_the_limit_and_one_file_too_many_are_refused(world, entry, monkeypatch):
    by = world.people["liaison"]

    def add(number, content):
        return attach(report=entry.report, entry=entry, name=f"{number}.pdf", content=content, by=by, at=beijing(AT))

    with pytest.raises(Refused, match="超过 10 MB"):
        add(0, PDF + b" " * rules.MAX_BYTES)
    for number in range(rules.MAX_FILES):
        add(number, PDF + bytes([number]))
    with pytest.raises(Refused, match="已有 6 个文件"):
        add(9, PDF + b"nine")


def test_the_same_file_is_not_kept_twice(world, entry, kept):
    with pytest.raises(Refused, match="已经上传过"):
        attach(report=entry.report, entry=entry, name="b.pdf", content=PDF, by=world.people["liaison"], at=beijing(AT))


def test_a_file_is_removed_with_its_bytes_and_the_log_keeps_its_digest(
    entry, kept, signed_in, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        answer = signed_in("liaison").post(reverse("file_remove", args=[kept.pk]), follow=True)
        assert default_storage.exists(kept.stored_name), "what is not committed may still be rolled back"
    assert "已删去" in answer.text
    assert not default_storage.exists(kept.stored_name)
    assert Event.objects.get(verb="evidence.remove").before["sha256"] == kept.sha256


def test_what_is_with_the_coordinator_can_neither_be_added_to_nor_removed(world, entry, kept, signed_in):
    world.submit("liaison", percent=30, at=AT)
    client = signed_in("liaison")
    assert "附件不能再增减" in upload(client, entry, ("晚.pdf", PDF + b"2")).text
    assert "附件不能再增减" in client.post(reverse("file_remove", args=[kept.pk]), follow=True).text
    assert Evidence.objects.count() == 1


@pytest.mark.parametrize("who", OTHERS)
def test_the_evidence_of_a_draft_is_nowhere_for_anyone_else(world, entry, kept, signed_in, who):
    client = signed_in(who)
    missing = client.get(reverse("file", args=[99999]))
    assert client.get(reverse("file", args=[kept.pk])).status_code == missing.status_code == 404
    assert client.post(reverse("file_remove", args=[kept.pk])).status_code == 404
    assert client.get(address(entry)).status_code == 404
    pages = [reverse(name) for name in ("desk", "reports", "confirmations", "ledger", "messages", "ledger_csv")]
    pages += [reverse("task", args=[entry.task_id]), reverse("verify")]
    for url in pages:
        answer = client.get(url)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert CANARY.encode() not in body, url


def test_evidence_opens_with_the_words_and_closes_again_when_they_are_returned(world, entry, kept, signed_in):
    file = reverse("file", args=[kept.pk])
    report = world.submit("liaison", percent=30, at=AT)
    coordinator = world.people["coordinator"]

    def answers():
        return [signed_in(who).get(file).status_code for who in ("coordinator", "leader", "colleague", "stranger")]

    assert answers() == [200, 200, 404, 404]
    return_entries(report=report, entry_ids=[entry.pk], reason="请补", by=coordinator, at=beijing(AT))
    assert answers() == [404, 404, 404, 404]
    world.submit("liaison", percent=30, at=AT)
    accept_entries(report=report, entry_ids=[entry.pk], by=coordinator, at=beijing(AT))
    assert answers() == [200, 200, 200, 404]


@pytest.fixture
def taken_back(world, entry, kept, now):
    """The file was handed in, the entry returned, and the unit put another file in its place."""
    report = world.submit("liaison", percent=30, at=AT)
    by = world.people["liaison"]
    coordinator = world.people["coordinator"]
    return_entries(report=report, entry_ids=[entry.pk], reason="请换", by=coordinator, at=beijing("2024-08-02 11:00"))
    later = beijing("2024-08-02 12:00")
    entry = report.entries.get(pk=entry.pk)
    attach(report=report, entry=entry, name="新的验收单.pdf", content=PDF + b"2", by=by, at=later)
    remove(evidence=kept, by=by, at=later)
    kept.refresh_from_db()
    return kept


def test_a_file_that_was_handed_in_stays_with_that_version(world, entry, taken_back, signed_in):
    assert taken_back.removed_at == beijing("2024-08-02 12:00")
    assert default_storage.exists(taken_back.stored_name)
    unit = signed_in("liaison")
    listed = unit.get(address(entry)).text
    assert listed.index("新的验收单.pdf") < listed.index("已撤下的") < listed.index(CANARY)
    month = unit.get(reverse("report", args=[entry.report_id])).text
    assert "与第 1 次报送" in month
    assert month.count(CANARY) == 1  # beside the words of that time, and there alone
    assert "已经撤下" in unit.post(reverse("file_remove", args=[taken_back.pk]), follow=True).text


def test_what_was_taken_back_may_be_put_there_again(world, entry, taken_back):
    entry = entry.report.entries.get(pk=entry.pk)
    by = world.people["liaison"]
    again = attach(report=entry.report, entry=entry, name="原件.pdf", content=PDF, by=by, at=beijing(AT))
    assert Evidence.objects.in_place().filter(entry=entry).count() == 2
    assert again.sha256 == taken_back.sha256


def test_what_was_taken_back_is_read_with_the_words_it_went_with(world, entry, taken_back, signed_in):
    file = reverse("file", args=[taken_back.pk])

    def answers():
        people = ("liaison", "coordinator", "supervisor", "leader", "colleague", "school", "stranger")
        return {who for who in people if signed_in(who).get(file).status_code == 200}

    assert answers() == {"liaison"}
    report = world.submit("liaison", percent=30, at="2024-08-02 13:00")
    assert answers() == {"liaison", "coordinator", "supervisor", "leader"}
    accept_entries(report=report, entry_ids=[entry.pk], by=world.people["coordinator"], at=beijing("2024-08-02 14:00"))
    assert answers() == {"liaison", "coordinator", "supervisor", "leader"}
    review = signed_in("coordinator").get(reverse("report", args=[report.pk])).text
    assert CANARY in review
    assert CANARY not in signed_in("colleague").get(reverse("task", args=[entry.task_id])).text


def test_a_file_that_no_version_holds_is_deleted_although_the_entry_was_handed_in(world, entry, taken_back):
    newer = Evidence.objects.in_place().get(entry=entry)
    remove(evidence=newer, by=world.people["liaison"], at=beijing("2024-08-02 12:30"))
    assert not Evidence.objects.filter(pk=newer.pk).exists()
    assert list(Evidence.objects.filter(entry=entry)) == [taken_back]


def test_the_stamped_scan_belongs_to_a_report_that_was_handed_in(world, signed_in):
    report, client = world.report("liaison"), signed_in("liaison")
    scan = reverse("report_scan", args=[report.pk])
    assert client.get(scan).status_code == 404
    world.submit("liaison", percent=30, at=AT)
    file = SimpleUploadedFile("盖章.jpg", b"\xff\xd8\xff scan")
    assert "已上传 1 个文件" in client.post(scan, {"file": file}, follow=True).text
    assert "盖章.jpg" in signed_in("coordinator").get(scan).text
    assert signed_in("colleague").get(scan).status_code == 404


@pytest.mark.parametrize("who", ["coordinator", "supervisor", "leader", "administrator", "head"])
def test_who_may_read_a_stamped_scan_may_not_take_it_away(world, signed_in, who):
    report = world.submit("liaison", percent=30, at=AT)
    by = world.people["liaison"]
    scan = attach(report=report, entry=None, name="盖章.pdf", content=PDF, by=by, at=beijing(AT))
    reader = signed_in(who)
    assert reader.get(reverse("file", args=[scan.pk])).status_code == 200
    assert reader.post(reverse("file_remove", args=[scan.pk])).status_code == 403
    assert Evidence.objects.get(pk=scan.pk).removed_at is None


def test_a_scan_is_added_and_taken_away_until_all_is_accepted(world):
    report, by, at = world.submit("liaison", percent=30, at=AT), world.people["liaison"], beijing(AT)
    scan = attach(report=report, entry=None, name="盖章.pdf", content=PDF, by=by, at=at)
    ids = list(report.entries.values_list("pk", flat=True))
    accept_entries(report=report, entry_ids=ids[:1], by=world.people["coordinator"], at=at)
    remove(evidence=scan, by=by, at=at)
    scan = attach(report=report, entry=None, name="盖章.pdf", content=PDF, by=by, at=at)
    accept_entries(report=report, entry_ids=ids[1:], by=world.people["coordinator"], at=at)
    with pytest.raises(Refused, match="不能再增减"):
        remove(evidence=scan, by=by, at=at)
    with pytest.raises(Refused, match="不能再增减"):
        attach(report=report, entry=None, name="另一份.pdf", content=PDF + b"2", by=by, at=at)
