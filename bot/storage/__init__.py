"""The database: tables, and everything that reads and writes them.

Here every Protocol that others declare for what must outlive the process is implemented:
the service's `Store`, the platforms' `Records`. SQL lives nowhere else, and nothing is decided
here but what must be decided inside a transaction: what is newest, first, free or closed.
"""
