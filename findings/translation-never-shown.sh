#!/usr/bin/env bash
# Guess:    a Django package that ships a Chinese translation shows it on a site whose LANGUAGE_CODE is zh-hans, the code that
#           Django itself uses for simplified Chinese.
# Happened: django-filter's Chinese lies in locale/zh_CN. Under zh-hans Django looks into zh_Hans alone, so every word of the
#           package stays English; under zh-cn, which Django lists nowhere as a language, it is Chinese. No warning.
# Versions: django-filter 26.2, Django 5.2.8
# Who:      every Chinese site that follows Django's own language code and uses a package that follows the older one.
# Here:     filters get Chinese labels of their own.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q django-filter==26.2 Django==5.2.8
"$folder/venv/bin/python" - <<'PY'
import sys
from pathlib import Path

import django
from django.conf import settings

settings.configure(INSTALLED_APPS=["django_filters"], LANGUAGE_CODE="zh-hans", USE_I18N=True)
django.setup()

import django_filters
from django.utils import translation

chinese = [each.name for each in (Path(django_filters.__file__).parent / "locale").iterdir() if each.name[:2] == "zh"]
shown = {}
for code in ("zh-hans", "zh-cn"):
    with translation.override(code):
        shown[code] = translation.gettext("Past 7 days")
listed = [code for code, _name in settings.LANGUAGES if code.startswith("zh")]
print(f"shipped: {chinese}; Django's languages: {listed}; shown: {shown}")
as_stated = chinese == ["zh_CN"] and "zh-cn" not in listed and shown == {"zh-hans": "Past 7 days", "zh-cn": "过去 7 日"}
print("as stated" if as_stated else "CHANGED")
sys.exit(not as_stated)
PY
