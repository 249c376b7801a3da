"""Addresses of the month: the list, a report, its entries, submission, receipt, review."""

from django.urls import path

from tasks_app.web.reporting import listing, review, views

urlpatterns = [
    path("reports/", listing.reports, name="reports"),
    path("reports/<int:pk>/", views.report, name="report"),
    path("reports/<int:pk>/entries/<int:entry_pk>/", views.entry_save, name="entry_save"),
    path("reports/<int:pk>/submit/", views.report_submit, name="report_submit"),
    path("reports/<int:pk>/receipt/", views.report_receipt, name="report_receipt"),
    path("reports/<int:pk>/review/", review.report_review, name="report_review"),
]
