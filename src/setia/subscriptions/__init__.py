"""Subscriptions and the installed base: who pays by the period, for what, since when; and which units stand where.

A subscription's terms and state change only by dated steps, which are kept; money that comes in every month is counted
from those steps. This room bills nobody and takes no payments, and an order is never made by it.
"""
