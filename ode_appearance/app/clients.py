"""Who asks: a browser tab or a program, and the address that it comes from."""

import secrets
from typing import Any

import gradio as gr


class Client(str):
    """A session's name that also knows the `address` of its request. Equal to the name alone: an address may change."""

    address: str

    def __new__(cls, session: str, address: str = ""):
        client = super().__new__(cls, session)
        client.address = address
        return client


def client_of(request: gr.Request) -> Client:
    """Who asks by a request; a call without a session is a session of its own.

    Behind a proxy the address is the proxy's, unless uvicorn is told to trust it (FORWARDED_ALLOW_IPS).
    """
    session: Any = getattr(request, "session_hash", None)
    address = getattr(request.client, "host", None)
    return Client(str(session or secrets.token_hex(8)), str(address or ""))


def address_of(client: str) -> str:
    """The address of a client; of one without an address, its name."""
    return getattr(client, "address", "") or client
