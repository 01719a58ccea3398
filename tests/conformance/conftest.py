"""A PostgreSQL server for those tests that ask for one."""

import pytest

from tests.conformance.postgres import Postgres, start_postgres


@pytest.fixture(scope="session")
def postgres() -> Postgres:
    """A server of this session's own; where none can be started, the test is skipped."""
    return start_postgres()
