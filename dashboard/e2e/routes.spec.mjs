// Routes: made by keyboard alone, put in another order both ways, refused, explained, brought back, forced, and edited by
// two at once.
import assert from "node:assert/strict";
import { audit, shots } from "./look.mjs";
import { logged, makeShop } from "./traffic.mjs";

/** Keys for three vendors, all answered by the scripted provider. */
async function keys(api, sim) {
  for (const [name, provider, base_url] of [
    ["openai-main", "openai", `${sim.base}/v1`],
    ["anthropic-main", "anthropic", sim.base],
    ["gemini-main", "gemini", sim.base],
  ]) {
    await api("POST", "projects/shop/provider-keys", { name, provider, api_key: "sk-of-the-story", base_url });
  }
}

const chat = (more = {}) => ({ spec: { name: "production-chat", targets: [{ model: "gpt-5.4" }, { model: "claude-sonnet-4-6" }], ...more } });
const put = (owner, body = chat()) => owner.api("PUT", `projects/shop/routes/${body.spec.name}`, body);
const stored = async (owner, name = "production-chat") => (await owner.api("GET", `projects/shop/routes/${name}`)).spec;
const order = (page) => page.getByRole("combobox", { name: "Model" }).evaluateAll((inputs) => inputs.map((input) => input.value));

story("an empty list offers routes to start from, and a template is one click from being saved", async ({ page, gateway, sim, owner }) => {
  const made = await owner();
  await keys(made.api, sim);
  await page.goto(gateway.url + "/routes");
  await page.getByRole("heading", { name: "No route yet" }).waitFor();
  await audit(page);
  await shots(page, "routes-empty");
  await page.getByRole("link", { name: "Chat with fallback" }).click();
  await page.getByRole("heading", { name: "New route" }).waitFor();
  assert.equal(await page.getByLabel("Name").inputValue(), "production-chat");
  assert.deepEqual(await order(page), ["gpt-6.1-terra", "claude-sonnet-5-5"]);
  await audit(page);
  await shots(page, "route-new");
  await page.getByRole("button", { name: "Create the route" }).click();
  await page.getByRole("heading", { name: "production-chat", level: 1 }).waitFor();
  assert.equal((await stored(made)).targets[1].model, "claude-sonnet-5-5");
  await page.getByRole("link", { name: "Routes" }).first().click();
  await page.getByRole("link", { name: "production-chat" }).waitFor();
});

/** Tab until what has the focus is called so; the mouse is never touched. */
async function reach(page, name) {
  for (let n = 0; n < 80; n += 1) {
    const at = await page.evaluate(() => {
      const active = document.activeElement;
      return active.getAttribute("aria-label") ?? active.labels?.[0]?.textContent.trim() ?? active.textContent.trim();
    });
    if (at.startsWith(name)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab never reaches ${name}`);
}

story("the list says of each route who answers, how it fares and who is not well, and finds one by a model", async ({ page, gateway, sim, owner }) => {
  const made = await owner();
  const shop = await makeShop(made, gateway, sim);
  await put(made, { spec: { name: "moderation", targets: [{ model: "gpt-4o-mini" }, { model: "mistral-small-latest" }], retry_on: ["server_error", "timeout"] } });
  await put(made, { spec: { name: "all-hands", targets: [{ model: "route:production-chat" }, { model: "route:summarize" }] } });
  for (let n = 0; n < 12; n += 1) await shop.send();
  await shop.script({ "gpt-4o": { always: "503" } });
  for (let n = 0; n < 7; n += 1) await shop.send();
  for (let n = 0; n < 5; n += 1) await shop.send({ route: "summarize" });
  await made.api("PUT", "projects/shop/routes/summarize/force-fallback", { on: true, until: new Date(Date.now() + 3_600_000).toISOString() });
  await logged(made, 24);
  await page.goto(gateway.url + "/routes");
  const row = (name) => page.getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) });
  await row("production-chat").getByText("gpt-4o is down").waitFor();
  await row("production-chat").getByRole("cell", { name: "37 %" }).waitFor();
  await row("moderation").getByText("mistral-small-latest: no key").waitFor();
  await row("summarize").getByText("skipped").waitFor();
  await audit(page);
  await shots(page, "routes");
  await row("production-chat").getByRole("link").click();
  await page.getByText("In the last 24 hours 19 requests: the primary answered 12, a fallback 7, 0 failed.").waitFor();
  await page.getByRole("link", { name: "See its requests" }).click();
  await page.waitForURL("**/logs?route=production-chat");
  // With many there is a field to find one; the address keeps what was sought.
  for (let n = 1; n < 7; n += 1) await put(made, { spec: { name: `beta-${n}`, targets: [{ model: n === 3 ? "o3" : "gpt-4o" }] } });
  await page.goto(gateway.url + "/routes");
  const find = page.getByRole("searchbox", { name: "Find a route" });
  await find.pressSequentially("O3");
  await row("beta-3").waitFor();
  assert.equal(await page.getByRole("row").count(), 2);
  assert.equal(new URL(page.url()).search, "?q=O3");
  await page.reload();
  await row("beta-3").waitFor();
  assert.equal(await find.inputValue(), "O3");
  await find.fill("nowhere");
  await page.getByText("No route has that").waitFor();
  await shots(page, "routes-no-match");
});

story("a route is made by keyboard alone", async ({ page, gateway, sim, owner }) => {
  const made = await owner();
  await keys(made.api, sim);
  await page.goto(gateway.url + "/routes/new");
  await page.getByLabel("Name").waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute("name") === "name");
  await page.keyboard.type("summaries");
  await reach(page, "Add the primary");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.getAttribute("role") === "combobox");
  await page.keyboard.type("gpt-5.4");
  await page.keyboard.press("Enter");
  await reach(page, "Add a fallback");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.getAttribute("role") === "combobox" && document.activeElement.value === "");
  await page.keyboard.type("claude-sonnet-4");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Alt+ArrowUp");
  await page.getByText("claude-sonnet-4-6 is now 1 of 2: Primary.").waitFor({ state: "attached" });
  await reach(page, "Create the route");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "summaries", level: 1 }).waitFor();
  assert.deepEqual((await stored(made, "summaries")).targets.map((target) => target.model), ["claude-sonnet-4-6", "gpt-5.4"]);
});

story("a route is put in another order, changed and saved by keyboard alone", async ({ page, gateway, sim, owner }) => {
  const made = await owner();
  await keys(made.api, sim);
  await put(made);
  await page.goto(gateway.url + "/routes/production-chat");
  await page.getByRole("combobox", { name: "Model" }).first().waitFor();
  await reach(page, "Move gpt-5.4 down");
  await page.keyboard.press("Enter");
  await page.getByText("gpt-5.4 is now 2 of 2: Fallback 1.").waitFor({ state: "attached" });
  // The button that was pressed has come to the end of its way; the focus is on its sister, not lost.
  await page.waitForFunction(() => document.activeElement?.getAttribute("aria-label") === "Move gpt-5.4 up");
  await reach(page, "Key, retries, parameters, timeouts");
  await page.keyboard.press("Enter");
  await reach(page, "Retries");
  await page.keyboard.type("2");
  await reach(page, "Prompts that are too long");
  await page.keyboard.press("Space");
  await page.keyboard.press("Control+s");
  await page.getByText("Everything is saved.").waitFor();
  const spec = await stored(made);
  assert.deepEqual(spec.targets, [{ model: "claude-sonnet-4-6" }, { model: "gpt-5.4", retries: 2 }]);
  assert.ok(spec.retry_on.includes("context_window"));
  // Explain too: the select takes arrows, the story follows.
  await reach(page, "claude-sonnet-4-6");
  await page.keyboard.press("Home");
  await page.locator(".explain-headline").getByText("first words of anthropic/claude-sonnet-4-6").waitFor();
});

story("models are searched for with their prices and windows, and any other name may be written", async ({ page, gateway, sim, owner }) => {
  const made = await owner();
  await keys(made.api, sim);
  await put(made, { spec: { name: "outer", targets: [{ model: "gpt-5.4" }] } });
  await page.goto(gateway.url + "/routes/new");
  await page.getByLabel("Name").fill("assistant");
  await page.getByRole("button", { name: "Add the primary" }).click();
  const model = page.getByRole("combobox", { name: "Model" }).first();
  await model.fill("sonnet 4-6");
  await page.getByText("Nobody answers yet: choose a model.").waitFor();
  await page.getByText("Name a target, and see here").waitFor();
  const option = page.getByRole("option").filter({ hasText: "claude-sonnet-4-6" }).first();
  await option.getByText("$3.00 / $15.00 · 1M").waitFor();
  await audit(page);
  await shots(page, "route-models");
  await model.fill("sonnet 4-6");
  await option.click();
  await page.getByText("$3.00 in, $15.00 out").waitFor();
  await page.getByText("Nobody takes over when it fails.").waitFor();
  // Another route, and a name that only its provider knows.
  await page.getByRole("button", { name: "Add a fallback" }).click();
  await page.getByRole("combobox", { name: "Model" }).nth(1).fill("route:outer");
  await page.keyboard.press("Tab");
  await page.getByText("Goes through the route").waitFor();
  await page.getByRole("button", { name: "Add a fallback" }).click();
  await page.getByRole("combobox", { name: "Model" }).nth(2).fill("openai/ft:gpt-4o:acme");
  await page.keyboard.press("Tab");
  await page.getByRole("button", { name: "Create the route" }).click();
  await page.getByRole("heading", { name: "assistant", level: 1 }).waitFor();
  const spec = await stored(made, "assistant");
  assert.deepEqual(spec.targets.map((target) => target.model), ["claude-sonnet-4-6", "route:outer", "openai/ft:gpt-4o:acme"]);
});

story("a viewer sees a route and can rehearse it, and has nothing to change it with", async ({ page, gateway, sim, owner }) => {
  const made = await owner();
  await keys(made.api, sim);
  await put(made);
  await put(made, chat({ timeouts: { idle_ms: 7000 } }));
  const vic = await made.colleague("viewer");
  await vic.signIn(page);
  await page.goto(gateway.url + "/routes");
  await page.getByRole("link", { name: "production-chat" }).waitFor();
  assert.equal(await page.getByRole("link", { name: "New route" }).count(), 0);
  await page.getByRole("link", { name: "production-chat" }).click();
  await page.getByText("Your role may look at routes").waitFor();
  const main = page.getByRole("main");
  for (const name of [/^Move/, /^Remove/, /^Add a/, "Save", "Delete", "Discard"]) {
    assert.equal(await main.getByRole("button", { name }).count(), 0, String(name));
  }
  assert.ok(await page.getByRole("combobox", { name: "Model" }).first().isDisabled());
  assert.ok(await page.getByRole("checkbox", { name: "Server errors" }).isDisabled());
  assert.ok(await page.getByRole("switch", { name: "Force Fallback" }).isDisabled());
  // Keys that move a target do nothing either.
  await page.locator(".route-more summary").first().focus();
  await page.keyboard.press("Alt+ArrowDown");
  assert.deepEqual(await order(page), ["gpt-5.4", "claude-sonnet-4-6"]);
  await page.getByLabel(/^gpt-5\.4/).selectOption("policy");
  await page.locator(".explain-headline").getByText("the provider's own error").waitFor();
  await page.getByRole("heading", { name: "Versions" }).click();
  await page.getByText("The first version.").waitFor();
  assert.equal(await main.getByRole("button", { name: "Bring back" }).count(), 0);
  await audit(page);
  await shots(page, "route-viewer");
  await assert.rejects(vic.api("PUT", "projects/shop/routes/production-chat", chat()), /403/);
});

story("what was typed survives a gateway that is away and a route that somebody deleted meanwhile", async ({ page, gateway, sim, owner, witness }) => {
  // Parts of the program may be under way too.
  witness.expect(/ERR_CONNECTION_REFUSED|TypeError: Failed to fetch/);
  const made = await owner();
  await keys(made.api, sim);
  await put(made);
  await page.goto(gateway.url + "/routes/production-chat");
  const silence = page.getByLabel("Silence").last();
  await silence.fill("9000");
  await gateway.stop();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("main").getByText("The gateway does not answer.").waitFor();
  assert.equal(await silence.inputValue(), "9000");
  await gateway.startAgain();
  await page.getByRole("status").getByText("The gateway does not answer.").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Everything is saved.").waitFor();
  assert.deepEqual((await stored(made)).timeouts, { idle_ms: 9000 });
  await silence.fill("8000");
  await made.api("DELETE", "projects/shop/routes/production-chat");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Somebody has deleted this route").waitFor();
  await audit(page);
  await shots(page, "route-gone");
  assert.equal(await silence.inputValue(), "8000");
  await page.getByRole("button", { name: "Make it anew" }).click();
  await page.getByText("Everything is saved.").waitFor();
  assert.deepEqual((await stored(made)).timeouts, { idle_ms: 8000 });
});

story("targets change places by button, by Alt with an arrow and by dragging, and each keeps what it has", async ({ page, gateway, sim, owner }) => {
  const made = await owner();
  await keys(made.api, sim);
  await put(made, chat({ targets: [{ model: "gpt-5.4", retries: 2 }, { model: "claude-sonnet-4-6" }, { model: "gemini-3.8-flash" }] }));
  await page.setViewportSize({ width: 1440, height: 1600 });
  await page.goto(gateway.url + "/routes/production-chat");
  await page.getByRole("button", { name: "Move gpt-5.4 down" }).click();
  assert.deepEqual(await order(page), ["claude-sonnet-4-6", "gpt-5.4", "gemini-3.8-flash"]);
  await page.getByText("gpt-5.4 is now 2 of 3: Fallback 1.").waitFor({ state: "attached" });
  await page.keyboard.press("Alt+ArrowDown");
  assert.deepEqual(await order(page), ["claude-sonnet-4-6", "gemini-3.8-flash", "gpt-5.4"]);
  // At the end of its way it stays where it is.
  await page.keyboard.press("Alt+ArrowDown");
  assert.deepEqual(await order(page), ["claude-sonnet-4-6", "gemini-3.8-flash", "gpt-5.4"]);
  const grips = page.locator(".route-grip");
  const from = await grips.nth(2).boundingBox();
  const to = await grips.nth(0).boundingBox();
  await page.mouse.move(from.x + 5, from.y + 5);
  await page.mouse.down();
  await page.mouse.move(to.x + 5, to.y + 30, { steps: 8 });
  await page.mouse.up();
  assert.deepEqual(await order(page), ["gpt-5.4", "claude-sonnet-4-6", "gemini-3.8-flash"]);
  await page.getByRole("button", { name: "Move claude-sonnet-4-6 up" }).click();
  await page.getByText("1 unsaved change").waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Everything is saved.").waitFor();
  const targets = (await stored(made)).targets;
  assert.deepEqual(targets.map((target) => target.model), ["claude-sonnet-4-6", "gpt-5.4", "gemini-3.8-flash"]);
  assert.equal(targets[1].retries, 2);
});

story("what is wrong is told at its field as one types, kept, and nothing is sent; warnings stand in words", async ({ page, gateway, sim, owner }) => {
  const made = await owner();
  await keys(made.api, sim);
  await put(made);
  await page.goto(gateway.url + "/routes/production-chat");
  const model = page.getByRole("combobox", { name: "Model" }).nth(1);
  await model.fill("gpt 5");
  await model.blur();
  await page.getByText("names no model").waitFor();
  await model.fill("mistral-large-latest");
  await model.blur();
  await page.getByText("no usable provider key for Mistral").waitFor();
  await page.getByText("Key, retries, parameters, timeouts").first().click();
  const retries = page.getByLabel("Retries").first();
  await retries.fill("9");
  await retries.blur();
  await page.getByText("At most 5 retries, not 9; add a target instead.").waitFor();
  const parameters = page.getByLabel("Parameters").first();
  await parameters.fill("{\"temperature\": ");
  await parameters.blur();
  await page.getByText("Not JSON").waitFor();
  await audit(page);
  await shots(page, "route-faults");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Something is wrong above").waitFor();
  assert.equal(await retries.inputValue(), "9");
  assert.equal(await parameters.inputValue(), "{\"temperature\": ");
  assert.equal((await stored(made)).targets[1].model, "claude-sonnet-4-6");
  // Leaving asks, and staying keeps all of it.
  await page.getByRole("link", { name: "Overview" }).click();
  await page.getByRole("heading", { name: "Leave without saving?" }).waitFor();
  await shots(page, "route-leave");
  await page.getByRole("button", { name: "Cancel" }).click();
  assert.equal(await retries.inputValue(), "9");
  await retries.fill("1");
  await parameters.fill("{\"temperature\": 0.2}");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Everything is saved.").waitFor();
  assert.deepEqual((await stored(made)).targets[0], { model: "gpt-5.4", retries: 1, parameters: { temperature: 0.2 } });
  await page.getByRole("link", { name: "Overview" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
});

story("what only the server knows is told at its field in its words", async ({ page, gateway, sim, owner }) => {
  const made = await owner();
  await keys(made.api, sim);
  await put(made);
  await page.goto(gateway.url + "/routes/new");
  await page.getByLabel("Name").fill("production-chat");
  await page.getByRole("button", { name: "Add the primary" }).click();
  await page.keyboard.type("gpt-5.4");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Create the route" }).click();
  await page.getByText("There is a route of this name already.").waitFor();
  assert.equal(await page.getByLabel("Name").inputValue(), "production-chat");
  // Gone between the look and the save: the gateway refuses in words, the page shows them where they belong.
  await page.goto(gateway.url + "/routes/production-chat");
  await page.getByText("Key, retries, parameters, timeouts").first().click();
  await page.getByLabel("Provider key").first().selectOption("openai-main");
  const gone = (await made.api("GET", "projects/shop/provider-keys")).data.find((key) => key.name === "openai-main");
  await made.api("DELETE", `projects/shop/provider-keys/${gone.id}?force=true`);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("there is no provider key openai-main").first().waitFor();
});

story("Explain rehearses each way to fail on the draft that nobody has saved", async ({ page, gateway, sim, owner }) => {
  const made = await owner();
  await keys(made.api, sim);
  await put(made);
  await page.goto(gateway.url + "/routes/production-chat");
  const primary = page.getByLabel(/^gpt-5\.4/);
  const fallback = page.getByLabel(/^claude-sonnet-4-6/);
  const gets = (text) => page.locator(".explain-headline").getByText(text).waitFor();
  // It opens with the primary down.
  await gets("Your app reads the first words of anthropic/claude-sonnet-4-6");
  await audit(page);
  await page.setViewportSize({ width: 360, height: 760 });
  await audit(page);
  await page.setViewportSize({ width: 1440, height: 900 });
  await shots(page, "route");
  for (const [word, text] of [
    ["answers", "first words of openai/gpt-5.4"],
    ["rate-limit", "first words of anthropic/claude-sonnet-4-6"],
    ["silent", "first words of anthropic/claude-sonnet-4-6 after 1 min"],
    ["refuses", "first words of anthropic/claude-sonnet-4-6"],
    ["context", "context_length_exceeded"],
    ["policy", "the provider's own error"],
    ["bad-key", "provider_auth_failed"],
    ["unknown", "first words of anthropic/claude-sonnet-4-6"],
    ["bad-request", "the provider's own error"],
    ["empty", "first words of anthropic/claude-sonnet-4-6"],
    ["cut", "then the error stream_interrupted"],
    ["held-back", "first words of anthropic/claude-sonnet-4-6"],
  ]) {
    await primary.selectOption(word);
    await gets(text);
  }
  await primary.selectOption("server-error");
  await fallback.selectOption("server-error");
  await gets("all_targets_failed");
  await page.getByText("No target is left that could be asked.").waitFor();
  // The draft, not what is stored: prompts that are too long go on once the box is ticked.
  await page.getByRole("button", { name: "Everybody answers" }).click();
  await page.getByRole("textbox", { name: "Prompt" }).fill("1,040,000");
  await gets("first words of openai/gpt-5.4");
  await page.getByRole("textbox", { name: "Prompt" }).fill("many");
  await page.getByText("Not a whole number").waitFor();
  await page.getByRole("textbox", { name: "Prompt" }).fill("2000000");
  await gets("context_length_exceeded");
  await page.getByRole("checkbox", { name: "Force Fallback" }).check();
  await page.getByText("Force Fallback passes over the primary.").waitFor();
});

story("an old version is compared, looked at and brought back", async ({ page, gateway, sim, owner }) => {
  const made = await owner();
  await keys(made.api, sim);
  await put(made);
  await put(made, chat({ retry_on: ["timeout"], timeouts: { idle_ms: 7000 } }));
  await page.goto(gateway.url + "/routes/production-chat");
  await page.getByRole("heading", { name: "Versions" }).click();
  await page.getByText("server errors, rate limits and timeouts").first().waitFor();
  await audit(page);
  await shots(page, "route-versions");
  await page.getByRole("button", { name: "Look at it" }).click();
  await page.getByText("unsaved changes").waitFor();
  await page.getByRole("button", { name: "Discard" }).click();
  await page.getByRole("button", { name: "Bring back" }).click();
  // What it changes in what is in force now; nothing has happened yet.
  const dialog = page.getByRole("dialog", { name: "Bring this version back?" });
  await dialog.getByText("What changes from version 2").waitFor();
  await dialog.getByText("7 s").waitFor();
  await audit(page);
  await shots(page, "route-bring-back");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  assert.equal((await made.api("GET", "projects/shop/routes/production-chat")).version, 2);
  await page.getByRole("button", { name: "Bring back" }).click();
  await dialog.getByRole("button", { name: "Bring version 1 back" }).click();
  await page.getByText("Version 1 is back, as version 3").waitFor();
  assert.deepEqual((await stored(made)).retry_on, ["server_error", "rate_limit", "timeout"]);
  // Many are shown in pieces; the oldest can be had back too.
  for (let n = 0; n < 55; n += 1) await put(made, chat({ timeouts: { idle_ms: 10_000 + n } }));
  await page.reload();
  await page.getByRole("heading", { name: "Versions" }).click();
  await page.getByText("Version 58", { exact: true }).waitFor();
  assert.equal(await page.getByText("Version 1", { exact: true }).count(), 0);
  await page.getByRole("button", { name: "Show older versions" }).click();
  await page.getByText("Version 1", { exact: true }).waitFor();
  await page.getByText("The first version.").waitFor();
});

story("a version that is brought back replaces nothing that was not on show, and drops unsaved work only with a word", async ({ page, gateway, sim, owner }) => {
  const made = await owner();
  await keys(made.api, sim);
  await put(made);
  await put(made, chat({ timeouts: { idle_ms: 7000 } }));
  await page.goto(gateway.url + "/routes/production-chat");
  await page.getByRole("checkbox", { name: "Prompts that are too long" }).check();
  await page.getByRole("heading", { name: "Versions" }).click();
  await page.getByRole("button", { name: "Bring back" }).press("Enter");
  const dialog = page.getByRole("dialog", { name: "Bring this version back?" });
  await dialog.getByText("What changes from version 2").waitFor();
  await dialog.getByText("What you have changed above and not saved is dropped.").waitFor();
  // A colleague is faster: the new difference is shown, and the same button asks again.
  await put(made, chat({ timeouts: { idle_ms: 8000 } }));
  await dialog.getByRole("button", { name: "Bring version 1 back" }).press("Enter");
  await dialog.getByText("What changes from version 3").waitFor();
  await dialog.getByText("8 s").waitFor();
  assert.equal((await stored(made)).timeouts.idle_ms, 8000, "nothing is overwritten in silence");
  await audit(page);
  await dialog.getByRole("button", { name: "Bring version 1 back" }).press("Enter");
  await page.getByText("Version 1 is back, as version 4").waitFor();
  assert.equal((await stored(made)).timeouts?.idle_ms, undefined);
  await page.getByText("Everything is saved.").waitFor();
});

story("of two who edit one route the second is shown the difference, and nothing is overwritten in silence", async ({ page, gateway, sim, owner }) => {
  const made = await owner();
  await keys(made.api, sim);
  await put(made);
  await page.goto(gateway.url + "/routes/production-chat");
  await page.getByRole("checkbox", { name: "Prompts that are too long" }).check();
  await page.getByLabel("Silence").last().fill("9000");
  await put(made, chat({ retry_on: ["server_error"], timeouts: { total_ms: 60000 } }));
  await page.getByRole("button", { name: "Save" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Version 2 was saved after you began.").waitFor();
  await dialog.getByText("both changed it").waitFor();
  await audit(page);
  await shots(page, "route-two-editors");
  assert.deepEqual((await stored(made)).retry_on, ["server_error"], "it was overwritten before anybody saw the difference");
  await dialog.getByRole("radio", { name: /^Theirs server errors$/ }).check();
  await dialog.getByRole("button", { name: "Put them together" }).click();
  assert.equal(await page.getByLabel("Silence").last().inputValue(), "9000");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Everything is saved.").waitFor();
  const spec = await stored(made);
  assert.deepEqual([spec.retry_on, spec.timeouts], [["server_error"], { idle_ms: 9000, total_ms: 60000 }]);
});

story("a colleague's switch of Force Fallback stays on, and disturbs nobody's draft", async ({ page, gateway, sim, owner }) => {
  const made = await owner();
  await keys(made.api, sim);
  await put(made);
  await page.goto(gateway.url + "/routes/production-chat");
  const silence = page.getByLabel("Silence").last();
  await silence.fill("9000");
  await made.api("PUT", "projects/shop/routes/production-chat/force-fallback", { on: true });
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Everything is saved.").waitFor();
  const spec = await stored(made);
  assert.deepEqual([spec.timeouts, spec.force_fallback], [{ idle_ms: 9000 }, true]);
  await page.locator(".banner").getByText("Force Fallback is on for production-chat").waitFor();
});

story("Force Fallback says what it affects, ends by itself, and stands over every page until it is off", async ({ page, gateway, sim, owner }) => {
  const made = await owner();
  await keys(made.api, sim);
  await put(made);
  const { key } = await made.api("POST", "projects/shop/keys", { name: "ios-app" });
  const ask = async () => {
    const answer = await fetch(`${gateway.origin}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({ model: "production-chat", messages: [{ role: "user", content: "Hello?" }] }),
    });
    await answer.text();
    return answer.headers.get("x-maig-served-by");
  };
  const follows = async (who) => {
    for (let n = 0; n < 100 && (await ask()) !== who; n += 1) await page.waitForTimeout(100);
    assert.equal(await ask(), who);
  };
  await follows("openai/gpt-5.4");
  await page.goto(gateway.url + "/routes/production-chat");
  const force = page.getByRole("switch", { name: "Force Fallback" });
  await force.click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("nothing stands behind claude-sonnet-4-6 then", { exact: false }).waitFor();
  await dialog.getByText("In the last hour").waitFor();
  await audit(page);
  await shots(page, "route-force");
  assert.equal((await stored(made)).force_fallback, false, "it was on before anybody agreed");
  // A time that has passed is refused at its field.
  await dialog.getByLabel("It ends").selectOption("at");
  await dialog.getByLabel("Time").fill("2020-01-01T10:00");
  await dialog.getByRole("button", { name: "Switch it on" }).click();
  await dialog.getByText("Choose a time in the future.").waitFor();
  await dialog.getByLabel("It ends").selectOption("1h");
  await dialog.getByRole("button", { name: "Switch it on" }).click();
  const banner = page.locator(".banner").getByText("Force Fallback is on for production-chat");
  await banner.waitFor();
  await page.getByText(/Ends in 59:\d\d/).waitFor();
  await follows("anthropic/claude-sonnet-4-6");
  await page.getByRole("link", { name: "Overview" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await banner.waitFor();
  await audit(page);
  await page.getByRole("link", { name: "Routes" }).first().click();
  await page.getByText("skipped").waitFor();
  await audit(page);
  await shots(page, "routes-forced");
  await page.locator(".banner").getByRole("link", { name: "production-chat" }).click();
  await page.getByRole("heading", { name: "production-chat", level: 1 }).waitFor();
  await shots(page, "route-forced");
  await page.getByRole("button", { name: "Switch off" }).click();
  await banner.waitFor({ state: "detached" });
  await page.waitForFunction(() => document.querySelector("[role=switch]").getAttribute("aria-checked") === "false");
  await follows("openai/gpt-5.4");
  // With an end in two seconds nobody has to do anything.
  const soon = new Date(Date.now() + 2500).toISOString();
  await made.api("PUT", "projects/shop/routes/production-chat/force-fallback", { on: true, until: soon });
  await page.goto(gateway.url + "/");
  await banner.waitFor();
  await banner.waitFor({ state: "detached" });
  await follows("openai/gpt-5.4");
});

story("deleting a route names what it breaks", async ({ page, gateway, sim, owner }) => {
  const made = await owner();
  await keys(made.api, sim);
  await put(made);
  await put(made, { spec: { name: "outer", targets: [{ model: "route:production-chat" }, { model: "gpt-5.4" }] } });
  await made.api("POST", "projects/shop/keys", { name: "ios-app", routes: ["production-chat"] });
  await page.goto(gateway.url + "/routes/production-chat");
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByText("the project keys ios-app").waitFor();
  await page.getByText("It is a target of outer").waitFor();
  await audit(page);
  await shots(page, "route-delete");
  await page.getByLabel("Type production-chat to go on").fill("production-chat");
  await page.getByRole("button", { name: "Delete the route" }).click();
  await page.getByText("production-chat is a target of outer; change that first.").waitFor();
  await page.goto(gateway.url + "/routes/outer");
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByLabel("Type outer to go on").fill("outer");
  await page.getByRole("button", { name: "Delete the route" }).click();
  await page.getByRole("heading", { name: "Routes", level: 1 }).waitFor();
  await page.getByRole("link", { name: "production-chat" }).waitFor();
  await page.getByRole("link", { name: "outer" }).waitFor({ state: "detached" });
});
