"""Tests of the service: the three straight lines, on real databases and a platform in memory."""
