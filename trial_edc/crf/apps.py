from django.apps import AppConfig


class CrfConfig(AppConfig):
    name = "trial_edc.crf"
    label = "crf"

    def ready(self) -> None:
        from trial_edc.crf import system_checks  # noqa: F401  registers the checks
