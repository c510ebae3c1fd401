"""Setia's speed and memory, measured beside the programs people use today: `make bench`.

Every figure is taken from outside: the command `setia` is run as a firm runs it, pages are asked for over HTTP, memory
is what the kernel says the process tree holds. A peer is measured in the same run on the same machine, so that the
ratio means something where the seconds do not; one that cannot run here is left out with the reason. All of it happens
under `var/bench`, in a home of its own.
"""
