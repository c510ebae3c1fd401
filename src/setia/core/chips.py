"""Filters of a list as a person sees them: one chip each under the title. They live in the address of the page."""

from typing import NamedTuple


class Chip(NamedTuple):
    """One filter at work: what it is about, the value in words, and the key in the address that carries it."""

    label: str
    value: str
    key: str
