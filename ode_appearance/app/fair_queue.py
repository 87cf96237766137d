"""A queue in which clients take turns: first the addresses, then the sessions of an address, then what a session asked for."""

import collections
from collections.abc import Iterator
from typing import Generic, TypeVar

from .clients import address_of

Item = TypeVar("Item")


class FairQueue(Generic[Item]):
    """Round robin on two levels, so that neither many requests of a session nor many sessions of an address delay others.

    Not safe between threads: its user holds a lock.
    """

    def __init__(self):
        # address -> session -> items; the next one of each is the first.
        self._addresses: dict[str, dict[str, collections.deque[Item]]] = {}

    def __len__(self) -> int:
        return sum(len(items) for sessions in self._addresses.values() for items in sessions.values())

    def __iter__(self) -> Iterator[Item]:
        for sessions in self._addresses.values():
            for items in sessions.values():
                yield from items

    def push(self, client: str, item: Item) -> None:
        """Add an item behind the others of its client."""
        self._addresses.setdefault(address_of(client), {}).setdefault(client, collections.deque()).append(item)

    def pop(self) -> Item:
        """Take the item whose turn it is; raises IndexError where there is none."""
        if not self._addresses:
            raise IndexError("The queue is empty.")
        address = next(iter(self._addresses))
        sessions = self._addresses.pop(address)
        client = next(iter(sessions))
        items = sessions.pop(client)
        item = items.popleft()
        if items:
            sessions[client] = items  # behind the other sessions
        if sessions:
            self._addresses[address] = sessions  # behind the other addresses
        return item

    def remove(self, client: str, item: Item) -> bool:
        """Take an item out of its turn; whether it was there."""
        sessions = self._addresses.get(address_of(client), {})
        items = sessions.get(client, ())
        if item not in items:
            return False
        items.remove(item)
        if not items:
            del sessions[client]
        if not sessions:
            del self._addresses[address_of(client)]
        return True
