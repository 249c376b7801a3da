"""What holds of duties and working days whatever the case: found out by trying."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from tasks_app.lib.dates import is_workday, shift_workdays
from tasks_app.schedule import rules
from tasks_app.schedule.choices import FreeDayPolicy

KINDS = ["county_government", "park_committee", "municipal_department"]
COUNTIES = [101, 102, 103]
# Six units: three county governments, a park, two departments.
PARTIES = [
    *(rules.Party(n, KINDS[0], county) for n, county in enumerate(COUNTIES, start=1)),
    rules.Party(4, KINDS[1], None),
    rules.Party(5, KINDS[2], None),
    rules.Party(6, KINDS[2], None),
]
ASSIGNED = st.builds(
    lambda role, parties, group: rules.AssignedPart(role, parties if group else parties[:1], group),
    role=st.sampled_from(["lead", "assist"]),
    parties=st.lists(st.sampled_from(PARTIES), min_size=1, max_size=6, unique_by=lambda party: party.unit_id),
    group=st.booleans(),
)
PARTS = st.lists(ASSIGNED, max_size=5)
NAMED = st.frozensets(st.sampled_from(COUNTIES))
OWING = st.lists(st.sampled_from(KINDS), unique=True)


def duty(party, parts, named, kinds):
    """The same question asked of one unit, in the words of domain §4: the role in which it owes, or None."""
    roles = set()
    for part in parts:
        if party not in part.parties:
            continue
        elsewhere = part.is_group and named and party.county_id is not None and party.county_id not in named
        if not elsewhere and (part.role == "lead" or party.kind in kinds):
            roles.add(part.role)
    return "lead" if "lead" in roles else "assist" if roles else None


@given(PARTS, NAMED, OWING)
def test_each_unit_owes_what_it_would_owe_if_asked_alone(parts, named, kinds):
    owed = rules.obligations(parts, named_county_ids=named, assisting_kinds=kinds)
    alone = {party.unit_id: duty(party, parts, named, kinds) for party in PARTIES}
    assert owed == {unit_id: role for unit_id, role in alone.items() if role}


@given(PARTS, NAMED, OWING, st.randoms())
def test_the_order_in_which_units_are_named_says_nothing(parts, named, kinds, random):
    shuffled = list(parts)
    random.shuffle(shuffled)
    first = rules.obligations(parts, named_county_ids=named, assisting_kinds=kinds)
    assert rules.obligations(shuffled, named_county_ids=named, assisting_kinds=kinds) == first


@given(PARTS, NAMED, OWING)
def test_every_unit_named_has_one_claim_and_a_reason(parts, named, kinds):
    found = rules.claims(parts, named_county_ids=named, assisting_kinds=kinds)
    assert set(found) == {party.unit_id for part in parts for party in part.parties}
    for unit_id, claim in found.items():
        assert claim.unit_id == unit_id
        assert claim.owes == (claim.why not in ("kind", "elsewhere"))


DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2026, 12, 31))
CALENDAR = st.dictionaries(DAYS, st.booleans(), max_size=30)


@given(DAYS, st.integers(-25, 25).filter(bool), CALENDAR)
def test_so_many_working_days_lie_between_and_the_last_is_one(day, count, exceptions):
    end = shift_workdays(day, count, exceptions)
    first, last = (day + dt.timedelta(days=1), end) if count > 0 else (end, day - dt.timedelta(days=1))
    between = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    assert is_workday(end, exceptions)
    assert sum(is_workday(one, exceptions) for one in between) == abs(count)


@given(st.integers(2024, 2026), st.integers(1, 12), st.integers(1, 31), CALENDAR)
def test_a_due_day_stays_or_moves_to_the_nearest_working_day_on_the_side_that_was_chosen(year, month, day, exceptions):
    stays, earlier, later = (
        rules.due_day(year, month, day, policy, exceptions)
        for policy in (FreeDayPolicy.KEEP, FreeDayPolicy.EARLIER, FreeDayPolicy.LATER)
    )
    assert (stays.year, stays.month) == (year, month)
    assert stays.day == day or (stays.day < day and (stays + dt.timedelta(days=1)).day == 1)
    if is_workday(stays, exceptions):
        assert earlier == stays == later
    else:
        assert earlier < stays < later
        assert is_workday(earlier, exceptions)
        assert is_workday(later, exceptions)
        free = [earlier + dt.timedelta(days=n) for n in range(1, (later - earlier).days)]
        assert not any(is_workday(one, exceptions) for one in free)
