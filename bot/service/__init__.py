"""The imperative shell: three straight lines from what is due, heard or commanded to what is kept.

Here decisions of `facilitation` meet the `Store` and the `Platform`; nothing is decided here
that a pure function could decide, and no SQL, SDK or web framework is known.
"""
