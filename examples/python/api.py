"""The API as these programs use it: where it is, who calls, and what becomes of problems."""

import os
from typing import Any, NoReturn, TypeVar
from uuid import uuid4

from ordervault_client import AuthenticatedClient, Client
from ordervault_client.models import KnownProblemCode, Problem
from ordervault_client.types import Response

URL = os.environ.get("API_URL", "http://127.0.0.1:8080")

everybody = Client(URL)

T = TypeVar("T")


def somebody(token: str) -> AuthenticatedClient:
    """The API for whoever has this access token."""
    return AuthenticatedClient(URL, token)


class Refused(Exception):
    """An answer of 400 or above: `problem.code` says which, `problem.remedies` what can be done."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.code}: {problem.detail} (request {problem.request_id})")
        self.problem = problem


def ok(kind: type[T], response: Response[Any]) -> T:
    """What was asked for; raises what was refused."""
    if isinstance(response.parsed, Problem):
        raise Refused(response.parsed)
    if not isinstance(response.parsed, kind):
        fail(f"{response.status_code} without a {kind.__name__}")
    return response.parsed


def refused(code: KnownProblemCode, response: Response[Any]) -> Problem:
    """The problem that is expected to be in the way."""
    if not isinstance(response.parsed, Problem) or response.parsed.code != code:
        fail(f"expected {code}, not {response.parsed}")
    return response.parsed


def new_key() -> str:
    """For one change: new for each, and the same when it is sent again."""
    return str(uuid4())


def check(is_so: bool, what: str) -> None:
    """Ends the program if something is not as its next step needs it."""
    if not is_so:
        fail(what)
    print(f"ok  {what}")


def fail(what: str) -> NoReturn:
    raise SystemExit(f"not so: {what}")
