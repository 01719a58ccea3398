"""Tests of the whole house; what several of them share stands here and in `conftest`."""
