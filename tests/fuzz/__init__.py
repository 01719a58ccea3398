"""Fuzzers of what reads strangers' files: run by hand, with Atheris, for as long as one likes.

    python -m tests.fuzz.fuzz_reader -max_total_time=600
    python -m tests.fuzz.fuzz_script -max_total_time=600

They need `pip install atheris` and are no part of the test run; pytest's own soups are. A file that
one of them writes is read again by naming it: `python -m tests.fuzz.fuzz_script FILE`.
"""
