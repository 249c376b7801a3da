"""Addresses of the month: the list, a report, its entries, submission, receipt, review."""

from django.urls import path

from tasks_app.web.reporting import (
    buttons,
    confirming,
    files,
    forms_on_paper,
    listing,
    review,
    signing,
    views,
    workbook,
)

urlpatterns = [
    path("reports/", listing.reports, name="reports"),
    path("reports/<int:pk>/", views.report, name="report"),
    path("reports/<int:pk>/entries/<int:entry_pk>/", views.entry_save, name="entry_save"),
    path("reports/<int:pk>/entries/<int:entry_pk>/form/", views.entry_form, name="entry_form"),
    # The buttons of the month's form.
    path("reports/<int:pk>/check/", buttons.report_check, name="report_check"),
    path("reports/<int:pk>/ask/", buttons.report_ask, name="report_ask"),
    path("reports/<int:pk>/show/", buttons.report_show, name="report_show"),
    path("reports/<int:pk>/same/", buttons.report_same, name="report_same"),
    path("reports/<int:pk>/none/", buttons.report_none, name="report_none"),
    path("reports/<int:pk>/entries/<int:entry_pk>/same/", buttons.entry_same, name="entry_same"),
    path("reports/<int:pk>/entries/<int:entry_pk>/open/", buttons.entry_open, name="entry_open"),
    path("reports/<int:pk>/entries/<int:entry_pk>/fold/", buttons.entry_fold, name="entry_fold"),
    path("reports/<int:pk>/entries/<int:entry_pk>/to-files/", buttons.entry_to_files, name="entry_to_files"),
    path("reports/<int:pk>/submit/", views.report_submit, name="report_submit"),
    path("reports/<int:pk>/receipt/", views.report_receipt, name="report_receipt"),
    path("reports/<int:pk>/entries/<int:entry_pk>/files/", files.entry_files, name="entry_files"),
    path("reports/<int:pk>/scan/", files.report_scan, name="report_scan"),
    path("files/<int:pk>/", files.file, name="file"),
    path("files/<int:pk>/remove/", files.file_remove, name="file_remove"),
    path("reports/<int:pk>/sign/", signing.report_sign, name="report_sign"),
    path("reports/<int:pk>/form/", forms_on_paper.report_form, name="report_form"),
    path("verify/", forms_on_paper.verify, name="verify"),
    path("reports/<int:pk>/workbook.xlsx", workbook.download, name="report_workbook"),
    path("reports/<int:pk>/workbook/", workbook.upload, name="workbook_upload"),
    path("workbooks/<int:pk>/", workbook.preview, name="workbook"),
    path("confirmations/", confirming.confirmations, name="confirmations"),
    path("confirmations/<int:pk>/", confirming.confirmation, name="confirmation"),
    path("reports/<int:pk>/review/", review.report_review, name="report_review"),
]
