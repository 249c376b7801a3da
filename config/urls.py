"""The root of all addresses."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

urlpatterns = [
    path("admin/", admin.site.urls),
    # Not Django's own urls: the sign-in page offers the other language, too.
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("", include("tasks_app.urls")),
]

handler400 = "tasks_app.web.shared.errors.bad_request"
handler403 = "tasks_app.web.shared.errors.forbidden"
handler404 = "tasks_app.web.shared.errors.not_found"
handler500 = "tasks_app.web.shared.errors.server_error"
