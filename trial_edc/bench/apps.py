"""The bench as a Django application; clinical applications register their rules in their own `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class BenchConfig(AppConfig):
    """Holds the `evaluate` command."""

    name = "trial_edc.bench"
    label = "bench"
