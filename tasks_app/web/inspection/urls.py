"""Spot checks and instructions."""

from django.urls import path

from tasks_app.web.inspection import instructions, spot_checks

urlpatterns = [
    path("spot-checks/", spot_checks.spot_checks, name="spot_checks"),
    path("tasks/<int:pk>/spot-check/", spot_checks.spot_check_make, name="spot_check_make"),
    path("spot-checks/<int:pk>/", spot_checks.spot_check, name="spot_check"),
    path("spot-checks/<int:pk>/correction/", spot_checks.spot_check_correct, name="spot_check_correct"),
    path("spot-checks/<int:pk>/files/", spot_checks.spot_check_files, name="spot_check_files"),
    path("spot-check-files/<int:pk>/", spot_checks.spot_check_file, name="spot_check_file"),
    path("instructions/", instructions.instructions, name="instructions"),
    path("tasks/<int:pk>/instruction/", instructions.instruction_issue, name="instruction_issue"),
    path("instructions/<int:pk>/", instructions.instruction, name="instruction"),
    path("instructions/<int:pk>/reply/", instructions.instruction_reply, name="instruction_reply"),
    path("instructions/<int:pk>/close/", instructions.instruction_close, name="instruction_close"),
]
