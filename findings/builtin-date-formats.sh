#!/usr/bin/env bash
# Guess:    two established readers of .xlsx agree on which cells are dates.
# Happened: not where a cell uses one of the number formats that only have a number. Excel and WPS in Chinese give dates
#           the formats 27-31 and 57-58 (2024年10月8日, 10月8日, 2024年10月) without spelling them out in styles.xml.
#           openpyxl returns the bare serial number with the format "General" and is_date False; python-calamine returns
#           a date. Neither says a word.
# Versions: openpyxl 3.1.5, python-calamine 0.9.1
# Who:      whoever reads deadlines from sheets that clerks made in a Chinese office suite: 45573 is either taken for a
#           number or, by a programme that knows better, for 2024-10-08.
# Here:     intake reads with calamine; openpyxl only writes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q openpyxl==3.1.5 python-calamine==0.9.1
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import datetime as dt
import re
import sys
import zipfile

import openpyxl
from python_calamine import CalamineWorkbook

FORMATS = [27, 31, 57, 58]
book = openpyxl.Workbook()
for row in range(1, len(FORMATS) + 1):
    book.active.cell(row, 1, 45573)
book.save("plain.xlsx")
# openpyxl cannot write a format that has only a number, so the styles are written by hand, as a Chinese Excel does.
plain = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
dated = "".join(plain.replace('"0"', f'"{n}"', 1).replace("/>", ' applyNumberFormat="1"/>') for n in FORMATS)
with zipfile.ZipFile("plain.xlsx") as source, zipfile.ZipFile("dates.xlsx", "w") as target:
    for name in source.namelist():
        text = source.read(name)
        if name == "xl/styles.xml":
            styles = f'<cellXfs count="{len(FORMATS) + 1}">{plain}{dated}</cellXfs>'
            text = re.sub("<cellXfs.*?</cellXfs>", styles, text.decode(), flags=re.S).encode()
        if name == "xl/worksheets/sheet1.xml":
            for row in range(1, len(FORMATS) + 1):
                text = text.replace(f'r="A{row}"'.encode(), f'r="A{row}" s="{row}"'.encode())
        target.writestr(name, text)

cells = [row[0] for row in openpyxl.load_workbook("dates.xlsx").active.iter_rows()]
by_openpyxl = [(cell.value, cell.number_format, cell.is_date) for cell in cells]
by_calamine = [row[0] for row in CalamineWorkbook.from_path("dates.xlsx").get_sheet_by_index(0).to_python()]
for number, one, other in zip(FORMATS, by_openpyxl, by_calamine):
    print(f"format {number}: openpyxl {one}, calamine {other!r}")
as_stated = by_openpyxl == [(45573, "General", False)] * 4 and by_calamine == [dt.date(2024, 10, 8)] * 4
print("as stated" if as_stated else "CHANGED")
sys.exit(not as_stated)
PY
