"""A network in which packets are dropped."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager


@contextmanager
def a_hole() -> Iterator[str]:
    """An address where packets are dropped: connections wait there to be taken, for good."""
    with closing(socket.socket()) as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        yield "http://{}:{}/".format(*full.getsockname())
        for one in waiting:
            one.close()
