"""The gateway under test, and a client that counts the requests that it sends."""

import os

import openai

# One wire each, and one whose primary is down.
ROUTES = ["on-openai", "on-anthropic", "on-gemini", "on-gemini-3", "after-failure"]


def client(key="MAIG_KEY", **options):
    return openai.OpenAI(base_url=os.environ["MAIG_BASE_URL"], api_key=os.environ[key], timeout=20, **options)


def counting_client():
    """A client with its retries on, and the list that each request it sends is added to."""
    sent = []
    http = openai.DefaultHttpxClient(event_hooks={"request": [sent.append]})
    return client(http_client=http), sent


def user(text):
    return [{"role": "user", "content": text}]


def raised(kind, call):
    """The exception of that exact type that `call` raises."""
    try:
        call()
    except kind as error:
        assert type(error) is kind, f"{type(error).__name__} is not exactly {kind.__name__}"
        return error
    raise AssertionError(f"no {kind.__name__} was raised")
