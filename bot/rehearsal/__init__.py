"""A seeded cohort of personas: people who take part in demos, rehearsals and under load.

Here live who they are, what they write, when they act, and how they do it on a platform.
They use the doors that everybody uses; no rule of a lesson and no page lives here.
"""
