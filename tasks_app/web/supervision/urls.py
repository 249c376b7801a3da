"""What is late, and the closure of tasks."""

from django.urls import path

from tasks_app.web.supervision import bulk, closures, extensions, saved, views

urlpatterns = [
    path("overdue/", views.overdue, name="overdue"),
    path("overdue.csv", views.overdue_csv, name="overdue_csv"),
    path("overdue/act/", bulk.overdue_act, name="overdue_act"),
    path("overdue/chase/", bulk.overdue_chase, name="overdue_chase"),
    path("overdue/filters/", saved.overdue_filters, name="overdue_filters"),
    path("overdue/filters/<int:pk>/", saved.overdue_filter, name="overdue_filter"),
    path("overdue/filters/<int:pk>/act/", saved.overdue_filter_act, name="overdue_filter_act"),
    path("tasks/<int:pk>/closure/", closures.closure_request, name="closure_request"),
    path("closures/<int:pk>/", closures.closure_decide, name="closure_decide"),
    path("closures/<int:pk>/withdraw/", closures.closure_withdraw, name="closure_withdraw"),
    path("closures/<int:pk>/reopen/", closures.closure_reopen, name="closure_reopen"),
    path("closures/<int:pk>/opinion/", closures.closure_opinion, name="closure_opinion"),
    path("closures/<int:pk>/files/", closures.closure_files, name="closure_files"),
    path("closure-files/<int:pk>/", closures.closure_file, name="closure_file"),
    path("closure-files/<int:pk>/remove/", closures.closure_file_remove, name="closure_file_remove"),
    path("requests/", extensions.requests, name="requests"),
    path("tasks/<int:pk>/extension/", extensions.extension_request, name="extension_request"),
    path("extensions/<int:pk>/", extensions.extension, name="extension"),
    path("extensions/<int:pk>/withdraw/", extensions.extension_withdraw, name="extension_withdraw"),
]
