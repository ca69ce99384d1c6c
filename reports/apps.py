from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from reports.tellings import failed_jobs
        from trial_edc.casebook import notices

        notices.register(failed_jobs)
