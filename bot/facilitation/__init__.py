"""The pure core: how a run changes, and what each kind of activity says and hears.

Time, seed and state are arguments; what comes out is `Changes` for the service to store.
No clock, no randomness but a given seed, no input or output, no SDK.
"""
