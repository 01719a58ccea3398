"""Records for tests: in memory, in clear."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class MemoryRecords:
    """Records that are kept in memory, in clear."""

    kept: dict[tuple[str, str], bytes] = field(default_factory=dict)

    async def get(self, kind: str, key: str) -> bytes | None:
        """The value, or ``None``."""
        return self.kept.get((kind, key))

    async def keys(self, kind: str) -> tuple[str, ...]:
        """The keys of this kind, in order."""
        return tuple(sorted(key for of, key in self.kept if of == kind))

    async def put(self, kind: str, key: str, value: bytes) -> None:
        """Keep the value."""
        self.kept[kind, key] = value

    async def delete(self, kind: str, key: str) -> bool:
        """Forget the value; whether there was one."""
        return self.kept.pop((kind, key), None) is not None
