"""The daily work of who brings customers in: prospects until their first purchase, opportunities on a pipeline,
activities planned, done and late, targets, and what each person did today.

A prospect is a customer before the first purchase, never a second record of the same person. This room sends nothing to
customers, and counts no money that the orders have not counted.
"""
