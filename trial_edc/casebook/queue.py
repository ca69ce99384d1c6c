"""Hand work to the queue after a save. A queue that is down never harms the save: the timetable finds the work."""

from __future__ import annotations

import logging
from typing import Any

from celery import Task
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def enqueue(task: Task[Any, Any], *args: Any) -> bool:
    """Send a task; return False, and say so in the log, when the queue does not answer."""
    try:
        task.apply_async(args=args, retry=False)
    except (OperationalError, RedisError, OSError):
        logger.warning("the queue did not take %s%s; the timetable will find it", task.name, args)
        return False
    return True
