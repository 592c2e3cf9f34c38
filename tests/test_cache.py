"""The bounded cache: the last used stay, each is made once."""

from __future__ import annotations

import threading
import time

from einc.cache import Cache


def test_what_was_used_last_stays():
    dropped = []
    cache = Cache(2, dropped.append)
    assert cache.get("a", lambda: 1) == 1
    assert cache.get("b", lambda: 2) == 2
    assert cache.get("a", lambda: 3) == 1  # used again
    assert cache.get("c", lambda: 4) == 4
    assert dropped == [2]
    assert len(cache) == 2
    assert cache.get("b", lambda: 5) == 5


def test_a_failure_leaves_nothing_behind():
    cache = Cache(2)
    for _ in range(2):
        try:
            cache.get("a", lambda: 1 / 0)
        except ZeroDivisionError:
            continue
        raise AssertionError
    assert len(cache) == 0


def test_others_go_on_while_one_is_made():
    cache = Cache(8)
    cache.get("known", lambda: 1)
    started, finish = threading.Event(), threading.Event()

    def slow():
        started.set()
        assert finish.wait(10)
        return 2

    maker = threading.Thread(target=lambda: cache.get("slow", slow))
    maker.start()
    assert started.wait(10)
    assert cache.get("known", lambda: 3) == 1
    assert cache.get("other", lambda: 4) == 4
    finish.set()
    maker.join()
    assert cache.get("slow", lambda: 5) == 2


def test_threads_that_wait_for_the_same_get_the_same():
    cache, made, seen = Cache(8), [], []

    def make():
        time.sleep(0.01)
        made.append(object())
        return made[-1]

    threads = [threading.Thread(target=lambda: seen.append(cache.get("a", make))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert seen == made * 8


def test_a_cleared_cache_makes_anew():
    dropped = []
    cache = Cache(2, dropped.append)
    cache.get("a", lambda: 1)
    cache.clear()
    assert dropped == [1]
    assert len(cache) == 0
    assert cache.get("a", lambda: 2) == 2
