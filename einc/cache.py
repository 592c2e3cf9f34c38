"""A bounded dictionary of things made on demand, safe from several threads."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock, RLock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Cache(Generic[K, V]):
    """Remembers the values last used, at most `bound` of them."""

    def __init__(self, bound: int, dropped: Callable[[V], object] = lambda _: None) -> None:
        self.bound = bound
        self._dropped = dropped
        self._values: dict[K, V] = {}  # the one used longest ago comes first
        self._making: dict[K, RLock] = {}  # held by the thread that makes a value; others go on
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, key: K) -> bool:
        return key in self._values

    def get(self, key: K, make: Callable[[], V]) -> V:
        """The value of `key`, made at the first call; a thread that wants what another is making waits for it."""
        with self._lock:
            if key in self._values:
                return self._used(key, self._values.pop(key))
            making = self._making.setdefault(key, RLock())
        with making:
            with self._lock:
                if key in self._values:
                    return self._values[key]
            try:
                value = make()
            except BaseException:
                with self._lock:
                    self._making.pop(key, None)
                raise
            with self._lock:
                self._making.pop(key, None)
                return self._used(key, value)

    def clear(self) -> None:
        """Forget all values."""
        with self._lock:
            values, self._values = self._values, {}
        for value in values.values():
            self._dropped(value)

    def _used(self, key: K, value: V) -> V:
        self._values[key] = value
        while len(self._values) > self.bound:
            self._dropped(self._values.pop(next(iter(self._values))))
        return value
