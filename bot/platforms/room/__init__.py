"""Fivefold's own browser room: channels, threads, forms and private messages, server-rendered.

`adapter` is the port, `routes` the pages and doors, `incoming` what a browser sends as events,
`draw` the renderer, and `board` what the room must remember.
Every page can be read and answered without JavaScript.
Here lives no lesson, no SQL and no answer of a learner other than what stands in a thread.
"""
