"""The web server: one application out of everybody's routes, and what surrounds each answer.

Here live the security headers, the error pages and the health check.
Here lives no page of the room or the facilitator and nothing about lessons.
"""
