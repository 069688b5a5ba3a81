"""Errors: the client's own exception types, the codes, and whether the client tries again."""

import os

import openai

from gateway import client, counting_client, raised, user


def _ask(on, route, **more):
    return on.chat.completions.create(model=route, messages=user("Hi"), **more)


def _check(route, kind, status, code, **more):
    """The refusal of a route, and that the client, with its two retries on, asked once."""
    asking, sent = counting_client()
    error = raised(kind, lambda: _ask(asking, route, **more))
    assert (error.status_code, error.code) == (status, code), error
    assert error.response.headers["x-should-retry"] == "false", error.response.headers
    assert len(sent) == 1, f"{len(sent)} requests were sent"
    assert error.request_id == error.response.headers["x-maig-request-id"]
    return error


def an_unknown_key_is_an_authentication_error():
    asking = openai.OpenAI(base_url=os.environ["MAIG_BASE_URL"], api_key="maig_live_nonsense")
    error = raised(openai.AuthenticationError, lambda: _ask(asking, "on-openai"))
    assert (error.status_code, error.code) == (401, "invalid_api_key")


def an_unknown_route_is_not_found_and_the_nearest_is_named():
    error = raised(openai.NotFoundError, lambda: _ask(client(), "on-openay"))
    assert (error.status_code, error.code) == (404, "route_not_found")
    assert "on-openai" in error.message, error.message


def a_body_without_messages_is_a_bad_request():
    error = raised(openai.BadRequestError, lambda: client().chat.completions.create(model="on-openai", messages=None))
    assert error.status_code == 400


def a_prompt_that_is_too_long_is_a_bad_request_with_its_code():
    error = raised(openai.BadRequestError, lambda: _ask(client(), "too-long"))
    assert (error.status_code, error.code) == (400, "context_length_exceeded"), error


def several_choices_are_refused_where_no_target_has_them():
    error = raised(openai.BadRequestError, lambda: _ask(client(), "on-anthropic", n=2))
    assert (error.status_code, error.code, error.param) == (400, "unsupported_parameter", "n"), error


def an_exhausted_chain_is_not_asked_again():
    error = _check("down", openai.InternalServerError, 502, "all_targets_failed")
    kinds = [attempt["kind"] for attempt in error.body["attempts"]]
    assert kinds and set(kinds) == {"server_error"}, error.body


def an_exhausted_chain_is_not_asked_again_for_a_stream():
    _check("down", openai.InternalServerError, 502, "all_targets_failed", stream=True)


def a_busy_chain_is_a_rate_limit_error():
    error = _check("busy", openai.RateLimitError, 429, "all_targets_rate_limited")
    assert int(error.response.headers["retry-after"]) >= 1


def a_bad_provider_key_is_not_the_apps_fault():
    error = _check("bad-provider-key", openai.InternalServerError, 502, "provider_auth_failed")
    assert "sk-" not in str(error.body), "a provider's key shows"


def a_limit_of_ours_tells_how_long_to_wait():
    on = client("MAIG_LIMITED_KEY", max_retries=0)
    # The other suite may have spent the one request already.
    try:
        _ask(on, "on-openai")
    except openai.RateLimitError:
        pass
    error = raised(openai.RateLimitError, lambda: _ask(on, "on-openai"))
    assert (error.status_code, error.code) == (429, "rate_limited"), error
    assert error.response.headers["x-should-retry"] == "true"
    assert 1 <= int(error.response.headers["retry-after"]) <= 60


def a_stream_that_is_cut_after_content_raises_in_the_loop():
    text = ""

    def read():
        nonlocal text
        for chunk in _ask(client(), "cut", stream=True):
            text += chunk.choices[0].delta.content or ""

    error = raised(openai.APIError, read)
    assert text == "gpt-4o heard:", text
    assert error.code == "stream_interrupted", error
