"""Teams as a world to test in: what signs its requests, what answers the bot, and its people.

What the bot itself does stands in ``bot/platforms/teams``, not here.
"""
