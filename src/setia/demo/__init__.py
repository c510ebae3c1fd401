"""A simulated shop, Kopi Nusantara, with named people: for `make demo`, for tests and for the benchmark.

`actions.load` writes it straight into the tables of the other rooms and keeps, in a row of its own, which rows it made;
`actions.remove` takes away exactly those. How the customers behave is in `truth` (the model and its parameters) and
`seasons` (the calendar); who they are in `people` and `places`; what they buy in `shop`. Nothing here is copied from a
real firm, person or data set.
"""
