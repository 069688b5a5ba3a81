// The gateway under test, and a client that counts the requests that it sends.

import assert from "node:assert/strict";
import OpenAI from "openai";

// One wire each, and one whose primary is down.
export const ROUTES = ["on-openai", "on-anthropic", "on-gemini", "on-gemini-3", "after-failure"];

export function client(key = "MAIG_KEY", options = {}) {
  return new OpenAI({ baseURL: process.env.MAIG_BASE_URL, apiKey: process.env[key], timeout: 20_000, ...options });
}

/** A client with its retries on, and the list that each request it sends is added to. */
export function countingClient() {
  const sent = [];
  const counted = (url, init) => {
    sent.push(url);
    return fetch(url, init);
  };
  return [client("MAIG_KEY", { fetch: counted }), sent];
}

export function user(text) {
  return [{ role: "user", content: text }];
}

/** The error of exactly that class that `call` throws. */
export async function thrown(kind, call) {
  try {
    await call();
  } catch (error) {
    assert.equal(error.constructor.name, kind.name, error.stack);
    return error;
  }
  assert.fail(`no ${kind.name} was thrown`);
}
