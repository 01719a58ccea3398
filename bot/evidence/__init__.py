"""The evidence pack of a run: a lossless JSON file, tables for spreadsheets, a page to read.

Here lives what is written from a `RunReport`, by `bot.evidence.pack`.
Here lives no kind of activity by name, no clock and no database: the same report gives the same
bytes, and nothing that a person wrote is cut or altered.
"""
