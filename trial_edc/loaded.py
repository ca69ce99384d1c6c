"""What a process has loaded stays for its life: the garbage collector need not look at it again and again."""

from __future__ import annotations

import gc

from django.urls import get_resolver

#: New objects before the youngest are looked through; a page makes some ten thousand and leaves almost none.
YOUNG_OBJECTS = 10_000


def keep_what_is_loaded() -> None:
    """Load the addresses with their views, then take everything loaded out of the garbage collector's rounds.

    Call it once, when the process is ready to work and before it forks. A full round otherwise visits every class,
    function and template of the product, which takes longer than most pages do.
    """
    assert get_resolver().url_patterns
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)
