"""Tools over two turns, whole and streamed, one call and three at once."""

import json

from gateway import client, user

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "unit": {"type": ["string", "null"], "enum": ["c", "f", None]}},
            "required": ["city", "unit"],
            "additionalProperties": False,
        },
        "strict": True,
    },
}
NOW = {"type": "function", "function": {"name": "now", "description": "The time.", "parameters": {"type": "object", "properties": {}}}}
QUESTION = "How is the weather in Paris?"


def _answered(route, calls):
    """The second turn: the calls go back as a careful client sends them, with what it was given and no more."""
    asked = [{"id": c["id"], "type": "function", "function": {"name": c["name"], "arguments": c["arguments"]}} for c in calls]
    results = [
        {"role": "tool", "tool_call_id": call["id"], "content": f"{18 + nth} degrees"} for nth, call in enumerate(calls)
    ]
    return client().chat.completions.create(
        model=route,
        messages=[*user(QUESTION), {"role": "assistant", "content": None, "tool_calls": asked}, *results],
        tools=[WEATHER],
    )


def _of_message(message):
    return [{"id": c.id, "name": c.function.name, "arguments": c.function.arguments} for c in message.tool_calls]


def _of_stream(stream):
    calls, finish = {}, None
    for chunk in stream:
        for choice in chunk.choices:
            finish = choice.finish_reason or finish
            for delta in choice.delta.tool_calls or []:
                if delta.id:
                    assert delta.index not in calls, "one call has two beginnings"
                    calls[delta.index] = {"id": delta.id, "name": delta.function.name, "arguments": ""}
                calls[delta.index]["arguments"] += delta.function.arguments or ""
    assert finish == "tool_calls", finish
    assert sorted(calls) == list(range(len(calls))), sorted(calls)
    return [calls[index] for index in sorted(calls)]


def a_tool_is_called_and_its_result_is_answered(route):
    first = client().chat.completions.create(model=route, messages=user(QUESTION), tools=[WEATHER], tool_choice="auto")
    assert first.choices[0].finish_reason == "tool_calls"
    calls = _of_message(first.choices[0].message)
    assert [call["name"] for call in calls] == ["get_weather"]
    assert json.loads(calls[0]["arguments"])["city"] == "some city"
    second = _answered(route, calls)
    assert "was told: " in second.choices[0].message.content and "18 degrees" in second.choices[0].message.content


def three_tools_are_called_at_once(route):
    route = f"three-{route}"
    first = client().chat.completions.create(model=route, messages=user(QUESTION), tools=[WEATHER])
    calls = _of_message(first.choices[0].message)
    assert [json.loads(c["arguments"])["city"] for c in calls] == ["some city", "some city 2", "some city 3"]
    assert len({call["id"] for call in calls}) == 3
    told = _answered(route, calls).choices[0].message.content
    assert told.index("18 degrees") < told.index("19 degrees") < told.index("20 degrees"), told


def three_tools_are_called_at_once_in_a_stream(route):
    route = f"three-{route}"
    stream = client().chat.completions.create(model=route, messages=user(QUESTION), tools=[WEATHER], stream=True)
    calls = _of_stream(stream)
    assert [json.loads(c["arguments"])["city"] for c in calls] == ["some city", "some city 2", "some city 3"]
    told = _answered(route, calls).choices[0].message.content
    assert told.index("18 degrees") < told.index("19 degrees") < told.index("20 degrees"), told


def the_clients_own_stream_helper_gathers_the_calls(route):
    with client().chat.completions.stream(model=f"three-{route}", messages=user(QUESTION), tools=[WEATHER]) as stream:
        for _ in stream:
            pass
        final = stream.get_final_completion()
    parsed = [call.function.parsed_arguments["city"] for call in final.choices[0].message.tool_calls]
    assert parsed == ["some city", "some city 2", "some city 3"], parsed


def a_tool_without_arguments_gets_an_object(route):
    answer = client().chat.completions.create(model=route, messages=user("When?"), tools=[NOW])
    assert json.loads(answer.choices[0].message.tool_calls[0].function.arguments) == {}
    calls = _of_stream(client().chat.completions.create(model=route, messages=user("When?"), tools=[NOW], stream=True))
    assert json.loads(calls[0]["arguments"]) == {}


def a_named_tool_is_the_one_that_is_called(route):
    choice = {"type": "function", "function": {"name": "now"}}
    answer = client().chat.completions.create(
        model=route, messages=user("?"), tools=[WEATHER, NOW], tool_choice=choice, parallel_tool_calls=False
    )
    assert [call.function.name for call in answer.choices[0].message.tool_calls] == ["now"]


def tools_that_are_off_are_not_called(route):
    answer = client().chat.completions.create(model=route, messages=user("Hi"), tools=[NOW], tool_choice="none")
    assert answer.choices[0].message.tool_calls is None
    assert answer.choices[0].message.content.endswith("heard: Hi")
