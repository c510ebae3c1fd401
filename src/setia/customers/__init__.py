"""The party model: customers (persons and companies), how to reach them, and what happened with them.

This room owns who a customer *is* and their timeline. It never knows what they bought or what Setia makes of it:
orders and portraits point down to it.
"""
