"""A simulated shop with named people, for `make demo`, tests and the benchmark. Removable in one go."""
