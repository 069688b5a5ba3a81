// The playground: real requests over /v1, streamed, with the way that each of them took.
import assert from "node:assert/strict";
import { audit, shots } from "./look.mjs";

async function furnished(ana, sim) {
  const key = (name, provider, base_url) => ana.api("POST", "projects/shop/provider-keys", { name, provider, api_key: `sk-of-${name}`, base_url });
  await key("openai-main", "openai", sim.base + "/v1");
  await key("anthropic-main", "anthropic", sim.base);
  const targets = [
    { model: "gpt-4o-mini", provider_key: "openai-main" },
    { model: "claude-haiku-4-5", provider_key: "anthropic-main" },
  ];
  await ana.api("PUT", "projects/shop/routes/production-chat", { spec: { name: "production-chat", targets } });
}
const answer = (page, of) => page.getByRole("region", { name: `Answer of ${of}` });

story("a route is asked with a key of ten minutes, and its fallback is seen attempt by attempt", async ({ page, gateway, sim, owner }) => {
  const ana = await owner();
  await furnished(ana, sim);
  await sim.script("gpt-4o-mini", { always: "503" });
  await page.goto(gateway.url + "/playground");
  await page.waitForFunction(() => document.querySelector("[name=model]")?.value === "production-chat");
  await audit(page);
  await shots(page, "playground-empty");

  // Wrong as one types.
  await page.getByText("Instructions and bounds").click();
  await page.getByLabel("Message").fill(" ");
  await page.getByLabel("Temperature").fill("hot");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("Write what an app would ask.").waitFor();
  await page.getByText("Write a number from 0 to 2.").waitFor();
  await audit(page);
  await page.getByLabel("Temperature").fill("0.5");
  await page.getByLabel("Message").fill("Tell me about fallbacks.");

  const asked = page.waitForRequest((request) => request.url().endsWith("/v1/chat/completions"));
  await page.getByRole("button", { name: "Send" }).click();
  const headers = await (await asked).allHeaders();
  assert.match(headers.authorization, /^Bearer maig_live_/);
  assert.equal(headers.cookie, undefined, "the session is not for apps");
  const lane = answer(page, "production-chat");
  await lane.getByText("answered", { exact: true }).first().waitFor();
  await lane.getByText("Tell me about fallbacks.").waitFor();
  await lane.getByText("fallback", { exact: true }).waitFor();
  await lane.getByText("2 attempts").waitFor();
  await lane.getByRole("heading", { name: "Attempts" }).waitFor();
  await lane.getByText("openai/gpt-4o-mini").waitFor();
  await lane.getByText(/503/).first().waitFor();
  await audit(page);
  await shots(page, "playground");

  // The key is in no list, and the request stands in the log.
  assert.deepEqual((await ana.api("GET", "projects/shop/keys")).data, []);
  await lane.getByRole("link", { name: "Open in Logs" }).click();
  await page.getByRole("dialog").getByText("anthropic/claude-haiku-4-5").first().waitFor();
});

story("two models answer side by side, one of them can fail, and both can be stopped", async ({ page, gateway, sim, owner }) => {
  const ana = await owner();
  await furnished(ana, sim);
  let made = 0;
  page.on("request", (request) => (made += request.url().endsWith("/playground-key") ? 1 : 0));
  await page.goto(gateway.url + "/playground?model=gpt-4o-mini&with=anthropic/claude-haiku-4-5");
  await page.getByLabel("Message").fill("Which of you is faster?");
  await page.getByLabel("Message").press("Control+Enter");
  for (const model of ["gpt-4o-mini", "anthropic/claude-haiku-4-5"]) {
    await answer(page, model).getByText("answered", { exact: true }).first().waitFor();
    await answer(page, model).getByText("Which of you is faster?").waitFor();
    await answer(page, model).getByRole("heading", { name: "Attempts" }).waitFor();
  }
  await audit(page);
  await shots(page, "playground-two");

  // Wrong for the gateway: its words, and what was typed stays.
  await page.getByRole("combobox", { name: "Route or model" }).fill("no-such-route");
  await sim.script("claude-haiku-4-5", { always: "stall=2" });
  await page.getByRole("button", { name: "Send" }).click();
  await answer(page, "no-such-route").getByText("route_not_found").waitFor();
  assert.equal(await page.getByLabel("Message").inputValue(), "Which of you is faster?");
  const other = answer(page, "anthropic/claude-haiku-4-5");
  await other.getByText("answering").waitFor();
  await page.waitForFunction(() => document.querySelectorAll(".playground-text")[1]?.textContent.length > 0);
  await audit(page);
  await shots(page, "playground-streaming");
  await page.getByRole("button", { name: "Stop" }).click();
  await other.getByText("stopped", { exact: true }).waitFor();
  assert.equal(made, 1, "one key serves until it is over");
});

story("a viewer has no playground, and the gateway gives a viewer no key", async ({ page, gateway, owner }) => {
  const ana = await owner();
  const vic = await ana.colleague("viewer");
  await vic.signIn(page);
  await page.goto(gateway.url + "/playground");
  await page.getByRole("heading", { name: "Editors try routes out here" }).waitFor();
  assert.equal(await page.getByRole("main").getByRole("button").count(), 0);
  await audit(page);
  await shots(page, "playground-viewer");
  await assert.rejects(vic.api("POST", "projects/shop/playground-key"), /403/);
});
