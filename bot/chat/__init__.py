"""What can be said in a chat and heard from one, on any platform.

Here live addresses, messages, events, answers, callbacks and the port that every platform fills.
Here lives no lesson, no rule of facilitation, no input or output and no SDK.
"""
