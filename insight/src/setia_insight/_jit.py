"""How hot loops are compiled.

Numba compiles a loop the first time it runs and keeps the machine code beside the module, in `NUMBA_CACHE_DIR` when
that is set, or else in the user's cache folder. Where none of these can be written (a read-only container with no
home), Numba raises while the module is imported; we then compile in memory: the same results, but each new process
pays a few seconds once. Set `NUMBA_CACHE_DIR` to a writable folder to get the cache back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])

log = logging.getLogger(__name__)


def compiled(function: Function) -> Function:
    """Compile `function` to machine code that releases the interpreter lock, cached on disk where that is possible."""
    try:
        return cast(Function, numba.njit(cache=True, nogil=True)(function))
    except RuntimeError as problem:
        # Numba says "no locator available" when it finds no folder to cache in; anything else is not ours to hide.
        if "no locator available" not in str(problem):
            raise
        log.info("no writable folder for compiled code (%s); set NUMBA_CACHE_DIR to have one", function.__name__)
        return cast(Function, numba.njit(nogil=True)(function))
