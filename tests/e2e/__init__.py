"""The whole of Fivefold, started as people start it."""
