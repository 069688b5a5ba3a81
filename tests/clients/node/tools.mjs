// Tools over two turns, whole and streamed, one call and three at once.

import assert from "node:assert/strict";
import { client, user } from "./gateway.mjs";

const WEATHER = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather of a city.",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};
const QUESTION = "How is the weather in Paris?";
const THREE = ["some city", "some city 2", "some city 3"];

/** The second turn: the calls go back with what a client is bound to send, and no more. */
async function answered(route, calls) {
  const tool_calls = calls.map(({ id, function: { name, arguments: text } }) => ({
    id,
    type: "function",
    function: { name, arguments: text },
  }));
  const results = calls.map((call, nth) => ({
    role: "tool",
    tool_call_id: call.id,
    content: `${18 + nth} degrees`,
  }));
  const messages = [...user(QUESTION), { role: "assistant", content: null, tool_calls }, ...results];
  const answer = await client().chat.completions.create({ model: route, messages, tools: [WEATHER] });
  return answer.choices[0].message.content;
}

function cities(calls) {
  return calls.map((call) => JSON.parse(call.function.arguments).city);
}

function assertToldInOrder(told) {
  const places = [18, 19, 20].map((degrees) => told.indexOf(`${degrees} degrees`));
  assert.ok(places[0] >= 0 && places[0] < places[1] && places[1] < places[2], told);
}

export async function a_tool_is_called_and_its_result_is_answered(route) {
  const first = await client().chat.completions.create({ model: route, messages: user(QUESTION), tools: [WEATHER] });
  assert.equal(first.choices[0].finish_reason, "tool_calls");
  const calls = first.choices[0].message.tool_calls;
  assert.deepEqual(cities(calls), ["some city"]);
  const told = await answered(route, calls);
  assert.match(told, /was told: .*18 degrees/);
}

export async function three_tools_are_called_at_once(route) {
  const request = { model: `three-${route}`, messages: user(QUESTION), tools: [WEATHER] };
  const first = await client().chat.completions.create(request);
  const calls = first.choices[0].message.tool_calls;
  assert.deepEqual(cities(calls), THREE);
  assert.equal(new Set(calls.map((call) => call.id)).size, 3);
  assertToldInOrder(await answered(request.model, calls));
}

export async function three_tools_are_called_at_once_in_a_stream(route) {
  const model = `three-${route}`;
  const stream = client().chat.completions.stream({ model, messages: user(QUESTION), tools: [WEATHER] });
  const final = await stream.finalChatCompletion();
  assert.equal(final.choices[0].finish_reason, "tool_calls");
  const calls = final.choices[0].message.tool_calls;
  assert.deepEqual(cities(calls), THREE);
  assertToldInOrder(await answered(model, calls));
}

export async function the_clients_own_runner_walks_both_turns(route) {
  const asked = [];
  const get_weather = ({ city }) => {
    asked.push(city);
    return "18 degrees";
  };
  const runner = client().chat.completions.runTools({
    model: route,
    messages: user(QUESTION),
    tools: [{ type: "function", function: { ...WEATHER.function, function: get_weather, parse: JSON.parse } }],
  });
  const told = await runner.finalContent();
  assert.deepEqual(asked, ["some city"]);
  assert.match(told, /18 degrees/);
}
