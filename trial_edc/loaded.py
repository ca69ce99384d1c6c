"""What a process has loaded stays for its life: the garbage collector need not look at it again and again."""

from __future__ import annotations

import gc
from importlib import import_module

from django.conf import settings

#: New objects before the youngest are looked through; a page makes some ten thousand and leaves almost none.
YOUNG_OBJECTS = 10_000


def keep_what_is_loaded() -> None:
    """Load the addresses with their views, then take everything loaded out of the garbage collector's rounds.

    Call it once, when the process is ready to work; where it forks, before that. A full round otherwise visits every
    class, function and template of the product, which takes longer than most pages do.
    """
    import_module(settings.ROOT_URLCONF)
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)
