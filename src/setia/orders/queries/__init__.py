"""Questions about orders: pages ask `pages`, the analytics read whole columns through `arrow`."""
