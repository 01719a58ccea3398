"""Slack as a world to test in: an emulator of its Web API behind a gateway, and its people.

`world` puts it together. What the bot itself does stands in ``bot/platforms/slack``, not here.
"""
