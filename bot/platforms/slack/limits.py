"""Slack's limits, as its reference documents them; characters are counted in UTF-16 units."""

MESSAGE_BLOCKS = 50
MODAL_BLOCKS = 100
MOST_IN_FORM = MODAL_BLOCKS - 1
"""Blocks of a form, so that a note on what became of it has room."""

MODAL_BYTES = 250_000
MODAL_TITLE = 24
HEADER = 150
TEXT = 3000
"""A section's limit; rich text, which documents none, is held to it too."""

INPUT = 3000
LABEL = 2000
BUTTON_LABEL = 75
OPTION_LABEL = 75
BUTTONS_IN_ROW = 25
BUTTON_OPTIONS = 5
"""How many single choices are drawn as buttons; our taste, not Slack's limit."""

LISTED_OPTIONS = 10
"""Radio buttons and checkboxes."""

SELECT_OPTIONS = 100
"""Options in a select, and in each of at most as many groups of one."""

OPTIONS = 500
"""The most options one question may have here: more would not fit a whole message."""

TABLE_ROWS = 100
TABLE_COLUMNS = 20
TABLE_WEIGHT = 8000
URL = 2000
"""Slack takes 3000 characters; a longer one than ours is shown as text."""

MESSAGE_WEIGHT = 13_000
BLOCK_WEIGHT = 125
"""A whole message may weigh about 13,400: its text, and about 125 for each block.

Slack documents neither figure; they were inferred from messages that it refused.
"""

FALLBACK = 500
LONGEST_TEXT = 40_000
"""No learner's text below this length is refused."""
