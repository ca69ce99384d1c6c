from django.apps import AppConfig


class EfficacyConfig(AppConfig):
    name = "efficacy"

    def ready(self) -> None:
        from efficacy import bench_endpoints, bench_kinetics

        bench_endpoints.register()
        bench_kinetics.register()
