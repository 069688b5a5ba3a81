// Errors: the client's own error classes, the codes, and whether the client tries again.

import assert from "node:assert/strict";
import OpenAI from "openai";
import { client, countingClient, thrown, user } from "./gateway.mjs";

function ask(on, route, more = {}) {
  return on.chat.completions.create({ model: route, messages: user("Hi"), ...more });
}

/** The refusal of a route, and that the client, with its two retries on, asked once. */
async function check(route, kind, status, code, more) {
  const [asking, sent] = countingClient();
  const error = await thrown(kind, () => ask(asking, route, more));
  assert.deepEqual([error.status, error.code], [status, code]);
  assert.equal(error.headers.get("x-should-retry"), "false");
  assert.equal(sent.length, 1, `${sent.length} requests were sent`);
  assert.equal(error.requestID, error.headers.get("x-maig-request-id"));
  return error;
}

export async function an_unknown_key_is_an_authentication_error() {
  const error = await thrown(OpenAI.AuthenticationError, () => ask(client("MAIG_KEY", { apiKey: "maig_live_nonsense" }), "on-openai"));
  assert.deepEqual([error.status, error.code], [401, "invalid_api_key"]);
}

export async function an_unknown_route_is_not_found() {
  const error = await thrown(OpenAI.NotFoundError, () => ask(client(), "on-openay"));
  assert.deepEqual([error.status, error.code], [404, "route_not_found"]);
  assert.match(error.message, /on-openai/);
}

export async function a_prompt_that_is_too_long_is_a_bad_request() {
  const error = await thrown(OpenAI.BadRequestError, () => ask(client(), "too-long"));
  assert.deepEqual([error.status, error.code], [400, "context_length_exceeded"]);
}

export async function an_exhausted_chain_is_not_asked_again() {
  const error = await check("down", OpenAI.InternalServerError, 502, "all_targets_failed");
  assert.ok(error.error.attempts.every((attempt) => attempt.kind === "server_error"));
}

export async function an_exhausted_chain_is_not_asked_again_for_a_stream() {
  await check("down", OpenAI.InternalServerError, 502, "all_targets_failed", { stream: true });
}

export async function a_busy_chain_is_a_rate_limit_error() {
  const error = await check("busy", OpenAI.RateLimitError, 429, "all_targets_rate_limited");
  assert.ok(Number(error.headers.get("retry-after")) >= 1);
}

export async function a_bad_provider_key_is_not_the_apps_fault() {
  await check("bad-provider-key", OpenAI.InternalServerError, 502, "provider_auth_failed");
}

export async function a_limit_of_ours_tells_how_long_to_wait() {
  const on = client("MAIG_LIMITED_KEY", { maxRetries: 0 });
  // The other suite may have spent the one request already.
  await ask(on, "on-openai").catch((error) => assert.equal(error.status, 429));
  const error = await thrown(OpenAI.RateLimitError, () => ask(on, "on-openai"));
  assert.deepEqual([error.status, error.code], [429, "rate_limited"]);
  assert.equal(error.headers.get("x-should-retry"), "true");
}

export async function a_stream_that_is_cut_after_content_throws_in_the_loop() {
  let text = "";
  const error = await thrown(OpenAI.APIError, async () => {
    for await (const chunk of await ask(client(), "cut", { stream: true })) {
      text += chunk.choices[0]?.delta.content ?? "";
    }
  });
  assert.equal(text, "gpt-4o heard:");
  assert.equal(error.code, "stream_interrupted");
}
