from django.apps import AppConfig


class EfficacyConfig(AppConfig):
    name = "efficacy"
