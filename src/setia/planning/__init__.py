"""Know-how for who sells: answers about products, how to speak with whom, how we stand against other brands, and new
ways of selling tried as experiments.

This room knows products and no customer: who is before you is looked up by the pages that show its words.
"""
