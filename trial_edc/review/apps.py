from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "trial_edc.review"
    label = "review"
