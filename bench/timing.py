"""How long a piece of work takes the processor."""

import statistics
import time
from collections.abc import Callable


def median(work: Callable[[], object], repeat: int) -> float:
    """The middle of at least three times, in seconds of this process over all its threads."""
    seconds = []
    for _turn in range(max(repeat, 3)):
        begun = time.process_time()
        work()
        seconds.append(time.process_time() - begun)
    return statistics.median(seconds)
