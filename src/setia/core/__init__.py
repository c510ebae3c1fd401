"""What every room stands on: the firm's own settings, the outbox, stamps on imported rows, system mail, jobs.

Core knows no customer, no order and no page.
"""
