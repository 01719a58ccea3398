"""The web server: one application out of everybody's routes, and what surrounds each answer.

Here live the security headers, the error pages, the health check, and the links by which
facilitators get the evidence.
Here lives no page of the room and nothing about what a lesson asks.
"""
