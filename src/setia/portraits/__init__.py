"""What Setia knows about each customer: stage, base, traits, value, risk, next purchase, each with its evidence.

This room runs `setia_insight` on the firm's orders and keeps the answers. It never changes a customer or an order.
"""
