"""The root of all addresses."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("tasks_app.urls")),
]

handler400 = "tasks_app.web.shared.errors.bad_request"
handler403 = "tasks_app.web.shared.errors.forbidden"
handler404 = "tasks_app.web.shared.errors.not_found"
handler500 = "tasks_app.web.shared.errors.server_error"
