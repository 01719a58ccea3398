"""One suite for each port, run against everything that fills it."""
