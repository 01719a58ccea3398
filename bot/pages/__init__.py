"""What every page of ours shares, whoever serves it.

Here live templates and the base page, signatures, the session cookie with its form tokens,
the reading of posted forms, live streams and the static files.
Here lives no route of the room or the facilitator, and no database.
"""
