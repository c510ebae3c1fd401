"""How each kind of customer is served: price lists for who sells, offers by need for who uses, contracts and the
revisions and complaints of work agreed one by one, warranties of what was bought off the shelf; and how far a
customer's word reaches, which may earn them extra service.

This room stands above the portraits, since what a customer gets hangs on their role. It sends nothing to anybody.
"""
