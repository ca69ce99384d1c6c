from django.apps import AppConfig


class CasebookConfig(AppConfig):
    name = "trial_edc.casebook"
    label = "casebook"

    def ready(self) -> None:
        from trial_edc import celery  # noqa: F401  the web process needs the queue to enqueue
