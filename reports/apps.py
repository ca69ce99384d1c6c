from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from reports.casebook.actions import CASEBOOK
        from reports.course.actions import SUBJECT_ACTIONS, VISIT_ACTIONS
        from reports.tellings import failed_jobs
        from trial_edc.casebook import actions, notices

        notices.register(failed_jobs)
        for action in (*SUBJECT_ACTIONS, CASEBOOK):
            actions.register(action)
        for page in VISIT_ACTIONS:
            actions.register_visit(page)
