"""A bounded dictionary of things made on demand, safe from several threads."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import RLock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Cache(Generic[K, V]):
    """Remembers the values last used, at most `bound` of them."""

    def __init__(self, bound: int, dropped: Callable[[V], object] = lambda _: None) -> None:
        self.bound = bound
        self._dropped = dropped
        self._values: dict[K, V] = {}  # the one used longest ago comes first
        self._lock = RLock()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: K, make: Callable[[], V]) -> V:
        """The value of `key`, made at the first call, by one thread while others wait."""
        with self._lock:
            value = self._values.pop(key) if key in self._values else make()
            self._values[key] = value
            while len(self._values) > self.bound:
                self._dropped(self._values.pop(next(iter(self._values))))
            return value
