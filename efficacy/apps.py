from django.apps import AppConfig


class EfficacyConfig(AppConfig):
    name = "efficacy"

    def ready(self) -> None:
        from efficacy import bench, bench_endpoints, bench_kinetics

        bench.register()
        bench_endpoints.register()
        bench_kinetics.register()
