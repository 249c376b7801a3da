#!/usr/bin/env bash
# Guess:    a library of public holidays does not answer for a Chinese year before the State Council has published it
#           (it does so each autumn), or marks its answer as an estimate.
# Happened: chinesecalendar refuses 2027. holidays answers for 2027 as for any other year (and up to 2100): 19 days, not one
#           marked as estimated, and no make-up working day, although every year since 2008 has had some.
# Versions: holidays 0.109, chinesecalendar 1.11.0
# Who:      whoever counts working days into the next year, e.g. "three working days before 5 February 2027".
# Here:     holidays and make-up days are rows that a city edits; a year that is missing is warned of, never guessed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q holidays==0.109 chinesecalendar==1.11.0
"$folder/venv/bin/python" - <<'PY'
import datetime as dt
import sys

import chinese_calendar
import holidays

china = holidays.country_holidays("CN", years=[2026, 2027])
answered = sorted(day for day in china if day.year == 2027)
estimated = [day for day in answered if "estimated" in china[day].lower()]


def made_up(year: int) -> list[dt.date]:
    """Saturdays and Sundays that are worked."""
    days = (dt.date(year, 1, 1) + dt.timedelta(n) for n in range(365))
    return [day for day in days if day.weekday() >= 5 and china.is_working_day(day)]


try:
    refused = not isinstance(chinese_calendar.is_workday(dt.date(2027, 2, 8)), bool)
except NotImplementedError as error:
    print(f"chinesecalendar: {error}")
    refused = True
print(f"holidays: {len(answered)} days in 2027, {len(estimated)} marked as estimated")
print(f"holidays: weekend days worked: {len(made_up(2026))} in 2026, {len(made_up(2027))} in 2027")
as_stated = refused and len(answered) == 19 and not estimated and made_up(2026) and not made_up(2027)
print("as stated" if as_stated else "CHANGED")
sys.exit(not as_stated)
PY
