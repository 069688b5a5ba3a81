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
const talk = (page, of) => page.getByRole("region", { name: `Conversation with ${of}` });
const turn = (page, of, number = 1) => talk(page, of).getByRole("listitem", { name: `Turn ${number}` });

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
  const lane = turn(page, "production-chat");
  await lane.getByText("answered", { exact: true }).first().waitFor();
  await lane.locator(".playground-text").getByText("Tell me about fallbacks.").waitFor();
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
    await turn(page, model).getByText("answered", { exact: true }).first().waitFor();
    await turn(page, model).locator(".playground-text").getByText("Which of you is faster?").waitFor();
    await turn(page, model).getByRole("heading", { name: "Attempts" }).waitFor();
  }
  await audit(page);
  await shots(page, "playground-two");

  // Wrong for the gateway: its words, and what was typed stays.
  await page.getByRole("combobox", { name: "Route or model" }).fill("no-such-route");
  await page.getByLabel("Message").fill("And now?");
  await sim.script("claude-haiku-4-5", { always: "stall=2" });
  await page.getByRole("button", { name: "Send" }).click();
  await turn(page, "no-such-route", 2).getByText("route_not_found").waitFor();
  const other = turn(page, "anthropic/claude-haiku-4-5", 2);
  await other.getByText("answering").waitFor();
  await page.waitForFunction(() => [...document.querySelectorAll(".playground-text")].at(-1)?.textContent.length > 0);
  await audit(page);
  await shots(page, "playground-streaming");
  await page.getByRole("button", { name: "Stop" }).click();
  await other.getByText("stopped", { exact: true }).waitFor();
  // Nobody has answered: what was typed is there again.
  await page.waitForFunction(() => document.querySelector("[name=message]").value === "And now?");
  assert.equal(made, 1, "one key serves until it is over");
});

story("each side keeps its own conversation: earlier turns go along, a failed one does not, and clearing forgets them", async ({ page, gateway, sim, owner, witness }) => {
  witness.expect(/status of 502/);
  const ana = await owner();
  await furnished(ana, sim);
  const bodies = [];
  page.on("request", (request) => request.url().endsWith("/v1/chat/completions") && bodies.push(request.postDataJSON()));
  const roles = (body) => body.messages.map(({ role }) => role).join(" ");
  const of = (model) => bodies.filter((body) => body.model === model).at(-1);
  const [left, right] = ["production-chat", "gpt-4o-mini"];
  await page.goto(`${gateway.url}/playground?model=${left}&with=${right}`);
  const message = page.getByLabel("Message");
  const say = async (text, number) => {
    await message.fill(text);
    await message.press("Control+Enter");
    for (const model of [left, right]) await turn(page, model, number).getByText(text).first().waitFor();
  };
  const answered = (model, number) => turn(page, model, number).getByText("answered", { exact: true }).waitFor();
  await page.getByText("Instructions and bounds").click();
  await page.getByLabel("Instructions").fill("Be brief.");
  await say("My name is Ana.", 1);
  await answered(left, 1);
  await answered(right, 1);
  assert.equal(await message.inputValue(), "", "what was sent stands in the conversation");
  assert.equal(await page.getByText("Write what an app would ask.").isVisible(), false, "an empty box is no fault after sending");
  assert.equal(roles(of(left)), "system user");

  // The second turn fails on one side only: the third goes there without it.
  await sim.script("gpt-4o-mini", { always: "503" });
  await say("What is my name?", 2);
  await answered(left, 2);
  await turn(page, left, 2).getByText("fallback", { exact: true }).waitFor();
  await turn(page, left, 2).getByRole("heading", { name: "Attempts" }).waitFor();
  await turn(page, right, 2).getByText("The next message goes without this one.").waitFor();
  assert.equal(roles(of(left)), "system user assistant user");
  assert.equal(of(left).messages[2].content, await turn(page, left, 1).locator(".playground-text").textContent());
  await sim.script("gpt-4o-mini", { always: "ok" });
  await say("And once more?", 3);
  await answered(left, 3);
  await answered(right, 3);
  assert.equal(roles(of(left)), "system user assistant user assistant user");
  assert.equal(roles(of(right)), "system user assistant user");
  assert.deepEqual(of(right).messages.filter(({ role }) => role === "user").map(({ content }) => content), ["My name is Ana.", "And once more?"]);
  // Each turn has its own way; those before the newest are folded.
  assert.equal(await turn(page, left, 1).getByRole("heading", { name: "Attempts" }).isVisible(), false);
  await turn(page, left, 3).getByRole("heading", { name: "Attempts" }).waitFor();
  await turn(page, right, 3).getByRole("heading", { name: "Attempts" }).waitFor();
  await audit(page);
  await shots(page, "playground-talk");

  await page.getByRole("button", { name: "Clear the conversation" }).click();
  await talk(page, left).waitFor({ state: "detached" });
  await say("Who am I?", 1);
  await answered(left, 1);
  assert.equal(roles(of(left)), "system user");
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
