"""Text, streams, typed answers, images, and where an answer came from."""

import pydantic

from gateway import client, user

# A PNG of one pixel.
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def a_text_is_answered(route):
    answer = client().chat.completions.create(
        model=route,
        messages=[{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello there"}],
        temperature=0.2,
        max_completion_tokens=200,
    )
    assert answer.object == "chat.completion" and answer.id and answer.created > 1_700_000_000
    assert answer.choices[0].message.role == "assistant"
    assert answer.choices[0].message.content.endswith("heard: Hello there"), answer
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.prompt_tokens > 0 and answer.usage.completion_tokens > 0
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


def a_stream_is_answered(route):
    chunks = list(
        client().chat.completions.create(
            model=route, messages=user("Hello there"), stream=True, stream_options={"include_usage": True}
        )
    )
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text.endswith("heard: Hello there"), text
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [c.choices[0].finish_reason for c in chunks if c.choices and c.choices[0].finish_reason] == ["stop"]
    assert len({chunk.id for chunk in chunks}) == 1
    assert all(chunk.object == "chat.completion.chunk" for chunk in chunks)
    assert chunks[-1].choices == [] and chunks[-1].usage.total_tokens > 0
    assert all(chunk.usage is None for chunk in chunks[:-1])


def usage_comes_in_a_stream_only_when_asked(route):
    chunks = list(client().chat.completions.create(model=route, messages=user("Hello"), stream=True))
    assert all(chunk.usage is None and chunk.choices for chunk in chunks)


def a_limit_ends_the_answer_with_length(route):
    answer = client().chat.completions.create(model=route, messages=user("one two three four"), max_tokens=3)
    assert answer.choices[0].finish_reason == "length", answer
    assert answer.usage.completion_tokens == 3


class Step(pydantic.BaseModel):
    explanation: str
    output: int


class Working(pydantic.BaseModel):
    steps: list[Step]
    final_answer: str
    certain: bool


def a_schema_gives_a_typed_answer(route):
    parsed = client().chat.completions.parse(model=route, messages=user("2 + 2?"), response_format=Working)
    working = parsed.choices[0].message.parsed
    assert isinstance(working, Working) and isinstance(working.steps[0].output, int), parsed


def a_schema_gives_a_typed_answer_from_a_stream(route):
    with client().chat.completions.stream(model=route, messages=user("2 + 2?"), response_format=Working) as stream:
        for _ in stream:
            pass
        final = stream.get_final_completion()
    assert isinstance(final.choices[0].message.parsed, Working), final


def an_image_arrives(route):
    parts = [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": PIXEL}}]
    answer = client().chat.completions.create(model=route, messages=[{"role": "user", "content": parts}])
    assert answer.choices[0].message.content.endswith("heard: What is it? (and 1 image)"), answer


def an_image_arrives_by_its_address(route):
    parts = [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}]
    answer = client().chat.completions.create(model=route, messages=[{"role": "user", "content": parts}])
    assert answer.choices[0].message.content.endswith("heard: What is it? (and 1 image)"), answer


def a_stop_word_ends_the_answer(route):
    answer = client().chat.completions.create(model=route, messages=user("one two three"), stop=["two"])
    assert answer.choices[0].message.content.endswith("heard: one "), answer
    assert answer.choices[0].finish_reason == "stop"


def a_conversation_goes_on(route):
    turns = [
        {"role": "user", "content": "First"},
        {"role": "assistant", "content": "An answer"},
        {"role": "user", "content": "Second"},
    ]
    answer = client().chat.completions.create(model=route, messages=turns)
    assert answer.choices[0].message.content.endswith("heard: Second"), answer


def the_headers_say_who_answered():
    raw = client().chat.completions.with_raw_response.create(model="after-failure", messages=user("Hi"))
    assert raw.headers["x-maig-served-by"] == "anthropic/claude-sonnet-4-5"
    assert raw.headers["x-maig-fallback"] == "true"
    assert raw.headers["x-maig-route"] == "after-failure"
    assert raw.parse()._request_id == raw.headers["x-maig-request-id"] == raw.headers["x-request-id"]
    raw = client().chat.completions.with_raw_response.create(model="on-openai", messages=user("Hi"))
    assert raw.headers["x-maig-served-by"] == "openai/gpt-4o"
    assert (raw.headers["x-maig-fallback"], raw.headers["x-maig-attempts"]) == ("false", "1")


def a_hint_that_a_target_lacks_is_dropped_and_named():
    raw = client().chat.completions.with_raw_response.create(model="on-anthropic", messages=user("Hi"), seed=7)
    assert "seed" in raw.headers["x-maig-dropped"].split(","), raw.headers["x-maig-dropped"]
    raw = client().chat.completions.with_raw_response.create(model="on-openai", messages=user("Hi"), seed=7)
    assert "x-maig-dropped" not in raw.headers


def several_choices_come_from_a_target_that_has_them():
    answer = client().chat.completions.create(model="on-openai", messages=user("Hi"), n=2)
    assert [choice.index for choice in answer.choices] == [0, 1]
    stream = client().chat.completions.create(model="on-openai", messages=user("Hi"), n=2, stream=True)
    texts = ["", ""]
    for chunk in stream:
        for choice in chunk.choices:
            texts[choice.index] += choice.delta.content or ""
    assert texts == ["gpt-4o heard: Hi"] * 2, texts


def failover_can_be_asked_for_in_the_request():
    raw = client().chat.completions.with_raw_response.create(
        model="openai/gpt-4o+503",
        messages=user("Hi"),
        extra_body={"fallback_models": ["gemini/gemini-2.5-pro"], "fallback_on": ["server_error"]},
    )
    assert raw.headers["x-maig-served-by"] == "gemini/gemini-2.5-pro"
    assert raw.parse().choices[0].message.content.endswith("heard: Hi")


def a_stream_that_breaks_before_content_is_rescued():
    stream = client().chat.completions.create(model="after-broken-stream", messages=user("Hi"), stream=True)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
    assert text == "gemini-2.5-pro heard: Hi", text


def the_models_are_listed():
    names = [model.id for model in client().models.list()]
    assert "on-openai" in names and "after-failure" in names, names


def a_test_key_reaches_the_simulator_alone():
    raw = client("MAIG_TEST_KEY").chat.completions.with_raw_response.create(model="on-openai", messages=user("Hi"))
    assert raw.headers["x-maig-served-by"] == "simulator/gpt-4o", raw.headers["x-maig-served-by"]
    assert raw.parse().choices[0].message.content == "gpt-4o heard: Hi"
