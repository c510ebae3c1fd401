"""Know-how for who sells: answers about products, how to speak with whom, how we stand against other brands, and new
ways of selling tried as experiments.

Of customers it knows only who was drawn for an experiment: who is before you is looked up by the pages that show its
words, and what became of those drawn is counted by the room that sells.
"""
