from django.apps import AppConfig


class EfficacyConfig(AppConfig):
    name = "efficacy"

    def ready(self) -> None:
        from efficacy import bench

        bench.register()
