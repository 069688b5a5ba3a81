// Text, streams, answers by a schema, images, and where an answer came from.

import assert from "node:assert/strict";
import { client, user } from "./gateway.mjs";

// A PNG of one pixel.
const PIXEL =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

export async function a_text_is_answered(route) {
  const answer = await client().chat.completions.create({
    model: route,
    messages: [{ role: "developer", content: "Be brief." }, ...user("Hello there")],
    temperature: 0.2,
    max_completion_tokens: 200,
  });
  const [choice] = answer.choices;
  assert.equal(answer.object, "chat.completion");
  assert.ok(choice.message.content.endsWith("heard: Hello there"), choice.message.content);
  assert.equal(choice.finish_reason, "stop");
  assert.ok(answer.usage.prompt_tokens > 0 && answer.usage.completion_tokens > 0);
  assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
}

export async function a_stream_is_answered(route) {
  const stream = await client().chat.completions.create({
    model: route,
    messages: user("Hello there"),
    stream: true,
    stream_options: { include_usage: true },
  });
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("");
  assert.ok(text.endsWith("heard: Hello there"), text);
  const finishes = chunks.map((chunk) => chunk.choices[0]?.finish_reason).filter(Boolean);
  assert.deepEqual(finishes, ["stop"]);
  assert.deepEqual(chunks.at(-1).choices, []);
  assert.ok(chunks.at(-1).usage.total_tokens > 0);
}

export async function the_clients_own_stream_helper_gathers_the_text(route) {
  const stream = client().chat.completions.stream({ model: route, messages: user("Hello there") });
  let events = 0;
  stream.on("content", () => (events += 1));
  const final = await stream.finalChatCompletion();
  assert.ok(final.choices[0].message.content.endsWith("heard: Hello there"));
  assert.ok(events > 1, `${events} events`);
}

export async function a_schema_gives_an_answer_that_parses(route) {
  const schema = {
    type: "object",
    properties: {
      steps: {
        type: "array",
        items: {
          type: "object",
          properties: { explanation: { type: "string" }, output: { type: "integer" } },
          required: ["explanation", "output"],
          additionalProperties: false,
        },
      },
      certain: { type: "boolean" },
    },
    required: ["steps", "certain"],
    additionalProperties: false,
  };
  const answer = await client().chat.completions.parse({
    model: route,
    messages: user("2 + 2?"),
    response_format: { type: "json_schema", json_schema: { name: "working", strict: true, schema } },
  });
  const working = JSON.parse(answer.choices[0].message.content);
  assert.deepEqual(working, { steps: [{ explanation: "some explanation", output: 1 }], certain: true });
}

export async function an_image_arrives(route) {
  const content = [
    { type: "text", text: "What is it?" },
    { type: "image_url", image_url: { url: PIXEL } },
  ];
  const answer = await client().chat.completions.create({ model: route, messages: [{ role: "user", content }] });
  assert.ok(answer.choices[0].message.content.endsWith("heard: What is it? (and 1 image)"));
}

export async function the_headers_say_who_answered() {
  const { response, request_id } = await client()
    .chat.completions.create({ model: "after-failure", messages: user("Hi") })
    .withResponse();
  assert.equal(response.headers.get("x-maig-served-by"), "anthropic/claude-sonnet-4-5");
  assert.equal(response.headers.get("x-maig-fallback"), "true");
  assert.equal(request_id, response.headers.get("x-maig-request-id"));
}

export async function failover_can_be_asked_for_in_the_request() {
  const { data, response } = await client()
    .chat.completions.create({
      model: "openai/gpt-4o+503",
      messages: user("Hi"),
      fallback_models: ["gemini/gemini-2.5-pro"],
    })
    .withResponse();
  assert.equal(response.headers.get("x-maig-served-by"), "gemini/gemini-2.5-pro");
  assert.ok(data.choices[0].message.content.endsWith("heard: Hi"));
}

export async function a_stream_that_breaks_before_content_is_rescued() {
  const request = { model: "after-broken-stream", messages: user("Hi"), stream: true };
  let text = "";
  for await (const chunk of await client().chat.completions.create(request)) {
    text += chunk.choices[0]?.delta.content ?? "";
  }
  assert.equal(text, "gemini-2.5-pro heard: Hi");
}

export async function a_stream_can_be_left() {
  const request = { model: "on-openai", messages: user("Hello there"), stream: true };
  const stream = await client().chat.completions.create(request);
  for await (const chunk of stream) {
    assert.ok(chunk.id);
    break;
  }
  assert.ok(stream.controller.signal.aborted);
}

export async function the_models_are_listed() {
  const names = [];
  for await (const model of client().models.list()) names.push(model.id);
  assert.ok(names.includes("on-openai") && names.includes("after-failure"), names.join());
}

export async function a_test_key_reaches_the_simulator_alone() {
  const { response } = await client("MAIG_TEST_KEY")
    .chat.completions.create({ model: "on-anthropic", messages: user("Hi") })
    .withResponse();
  assert.equal(response.headers.get("x-maig-served-by"), "simulator/claude-sonnet-4-5");
}
