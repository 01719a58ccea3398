"""Files become lessons, or problems with line numbers.

Here: what an author writes (`plan`), the reading of it (`markdown`, `minutes`), what the bot
runs (`script`, read by `read_script`, described by `schema`, made by `derive`), both together
(`lesson`), what a facilitator fills in (`places`), and the files they come from (`files`).
Not here: times of day, people, platforms, and what an activity does once it is open.
"""
