#!/usr/bin/env bash
# Guess:    a sheet's total_height is how many rows it reaches down, empty ones above the first included, and height how
#           many of them there are from the first that holds something: never more. Intake was written by this guess.
# Happened: total_height and total_width are the numbers of the last row and column counted from 0, one less than there
#           are; height and width are counts. A list of one heading row has total_height 0, as an empty sheet has, and a
#           sheet of one column total_width 0, so that their product is 0 however long it is. Seen alike with .xls
#           and .ods of LibreOffice. Neither attribute has a word of documentation.
# Versions: python-calamine 0.9.1 (openpyxl 3.1.5 writes the input)
# Who:      whoever asks whether a sheet is empty, or how large it is, before taking its cells.
# Here:     intake asks for `end` and adds one; a test stands at the bound.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q openpyxl==3.1.5 python-calamine==0.9.1
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import sys

import openpyxl
from python_calamine import CalamineWorkbook

# What the sheet holds → total_height, total_width, height, width, and how many rows come out with those above.
STATED = {
    "nothing": ([], (0, 0, 0, 0, 0)),
    "a heading row": ([(1, 1, "序号"), (1, 2, "工作内容")], (0, 1, 1, 2, 1)),
    "a column of five": ([(row, 1, row) for row in range(1, 6)], (4, 0, 5, 1, 5)),
    "three rows by two": ([(row, column, row) for row in (1, 2, 3) for column in (1, 2)], (2, 1, 3, 2, 3)),
    "the same below two empty rows": ([(row, column, row) for row in (3, 4, 5) for column in (1, 2)], (4, 1, 3, 2, 5)),
}
as_stated = True
for name, (cells, stated) in STATED.items():
    book = openpyxl.Workbook()
    for row, column, value in cells:
        book.active.cell(row, column, value)
    book.save("list.xlsx")
    sheet = CalamineWorkbook.from_path("list.xlsx").get_sheet_by_index(0)
    rows = len(sheet.to_python(skip_empty_area=False))
    found = (sheet.total_height, sheet.total_width, sheet.height, sheet.width, rows)
    print("{}: total_height {}, total_width {}, height {}, width {}; rows read {}".format(name, *found))
    as_stated = as_stated and found == stated
print("as stated" if as_stated else "CHANGED")
sys.exit(not as_stated)
PY
