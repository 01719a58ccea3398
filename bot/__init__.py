"""Fivefold: runs a 5E lesson plan for a cohort in a chat room, and keeps the evidence.

Each package here is one layer or one neighbour of the house; the contracts in
`.importlinter` say who may know whom. The words people read live in `bot.words`,
lessons themselves in `lesson_content/`, and neither is written in here.
"""

__version__ = "0.1.0"
