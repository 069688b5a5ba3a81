// Provider keys: a live check that says what is wrong, states, rotation without a gap, deletion with its consequences.
import assert from "node:assert/strict";
import { audit, shots } from "./look.mjs";

const row = (page, name) => page.getByRole("row").filter({ hasText: name });
const more = async (page, name, item) => {
  await page.getByRole("button", { name: `More for ${name}` }).click();
  await page.getByRole("menuitem", { name: item }).click();
};

story("a provider key is checked before it is stored, and what is wrong is said in words", async ({ page, gateway, sim, owner }) => {
  const ana = await owner();
  await page.goto(gateway.url + "/provider-keys");
  await page.getByRole("heading", { name: "Whose account do you have?" }).waitFor();
  await audit(page);
  await shots(page, "provider-keys-empty");

  await page.getByRole("button", { name: "OpenAI", exact: true }).click();
  const drawer = page.getByRole("dialog", { name: "Add a provider key" });
  assert.equal(await drawer.getByLabel("Name").inputValue(), "openai-main");
  await shots(page, "provider-keys-add");
  await drawer.getByRole("button", { name: "Check and save" }).click();
  await drawer.getByText("Paste the OpenAI key.").waitFor();
  await drawer.getByText("Address and headers").click();
  await drawer.getByLabel("Base URL").fill("example.com");
  await drawer.getByText("An address begins with https:// or http://.").waitFor();
  await audit(page);

  // The provider refuses it: told in words, what was typed stays, and it can be stored all the same.
  await drawer.getByLabel("Base URL").fill(sim.base + "/v1");
  await drawer.getByRole("textbox", { name: "API key" }).fill("bad-0123456789-wxyz");
  await drawer.getByRole("button", { name: "Check and save" }).click();
  await drawer.getByText("OpenAI cannot be used").waitFor();
  assert.equal(await drawer.getByRole("textbox", { name: "API key" }).inputValue(), "bad-0123456789-wxyz");
  assert.equal((await ana.api("GET", "projects/shop/provider-keys")).data.length, 0, "stored although it was refused");
  await drawer.getByRole("button", { name: "Save all the same" }).waitFor();
  await audit(page);
  await shots(page, "provider-keys-refused");

  // Nobody listens there.
  await drawer.getByLabel("Base URL").fill("http://127.0.0.1:1/v1");
  await drawer.getByRole("button", { name: "Check again and save" }).click();
  await drawer.getByText(/could not be reached|refused|connect/i).first().waitFor();

  await drawer.getByLabel("Base URL").fill(sim.base + "/v1");
  await drawer.getByRole("textbox", { name: "API key" }).fill("sk-0123456789-abcd");
  await drawer.getByRole("button", { name: "Check again and save" }).click();
  await row(page, "openai-main").getByText("…abcd").waitFor();
  await row(page, "openai-main").getByText("Enabled").waitFor();
  assert.equal((await page.content()).includes("sk-0123456789"), false, "the secret is in the page");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
});

/** Two accounts, a route over both, and a key to call it. */
async function furnished(ana, sim) {
  const key = (name, provider, base_url) => ana.api("POST", "projects/shop/provider-keys", { name, provider, api_key: `sk-of-${name}`, base_url });
  await key("openai-main", "openai", sim.base + "/v1");
  await key("anthropic-main", "anthropic", sim.base);
  const targets = [
    { model: "gpt-4o-mini", provider_key: "openai-main" },
    { model: "claude-haiku-4-5", provider_key: "anthropic-main" },
  ];
  await ana.api("PUT", "projects/shop/routes/chat", { spec: { name: "chat", targets } });
  const made = await ana.api("POST", "projects/shop/keys", { name: "ios" });
  return async (gateway) =>
    fetch(`${gateway.origin}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${made.key}`, "content-type": "application/json" },
      body: JSON.stringify({ model: "chat", messages: [{ role: "user", content: "Say hello." }] }),
    });
}

story("the list says which key fails, which is refused, and which routes a deletion would break", async ({ page, gateway, sim, owner }) => {
  const ana = await owner();
  const call = await furnished(ana, sim);
  await ana.api("POST", "projects/shop/provider-keys", { name: "groq-old", provider: "groq", api_key: "bad-key-of-last-year", base_url: sim.base + "/v1" });
  await ana.api("POST", "projects/shop/provider-keys/groq-old/check");
  await sim.script("gpt-4o-mini", { always: "503" });
  for (let i = 0; i < 4; i++) assert.equal((await call(gateway)).status, 200);
  await page.goto(gateway.url + "/provider-keys");
  await row(page, "openai-main").getByText("Failing").waitFor();
  await row(page, "openai-main").getByText(/gpt-4o-mini is (skipped for|being tried again)/).waitFor();
  await row(page, "anthropic-main").getByText("Enabled").waitFor();
  await row(page, "groq-old").getByText("Refused").waitFor();
  await audit(page);
  await shots(page, "provider-keys");

  await page.getByRole("button", { name: "More for openai-main" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).waitFor();
  await audit(page);
  await shots(page, "provider-keys-menu");
  await page.keyboard.press("Escape");
  await more(page, "openai-main", "Delete");
  const dialog = page.getByRole("dialog", { name: "Delete openai-main?" });
  await dialog.getByText("these routes lose a target").waitFor();
  await dialog.getByText("chat", { exact: true }).waitFor();
  const button = dialog.getByRole("button", { name: "Delete the key" });
  assert.ok(await button.isDisabled(), "it must be typed first");
  await audit(page);
  await shots(page, "provider-keys-delete");
  await dialog.getByLabel("Type openai-main to go on").fill("openai-main");
  await button.click();
  await dialog.waitFor({ state: "hidden" });
  await row(page, "openai-main").waitFor({ state: "detached" });
  const answer = await call(gateway);
  assert.equal(answer.headers.get("x-maig-fallback"), "true");

  // One that nothing needs goes without typing.
  await more(page, "groq-old", "Delete");
  await page.getByText("No route needs it.").waitFor();
  await page.getByRole("button", { name: "Delete the key" }).click();
  await row(page, "groq-old").waitFor({ state: "detached" });
});

story("a secret is rotated without a gap: one that fails is not taken, one that passes is used at once", async ({ page, gateway, sim, owner }) => {
  const ana = await owner();
  const call = await furnished(ana, sim);
  await page.goto(gateway.url + "/provider-keys");
  await more(page, "openai-main", "Rotate the secret");
  const dialog = page.getByRole("dialog", { name: "Rotate the secret" });
  await dialog.getByRole("textbox", { name: "API key" }).fill("bad-0123456789-wxyz");
  await dialog.getByRole("button", { name: "Check and rotate" }).click();
  await dialog.getByText("The old secret serves on").waitFor();
  await dialog.getByRole("button", { name: "Take it all the same" }).waitFor();
  await audit(page);
  await shots(page, "provider-keys-rotate");
  assert.equal((await call(gateway)).headers.get("x-maig-fallback"), "false");
  await dialog.getByRole("textbox", { name: "API key" }).fill("sk-another-0123456789-wxyz");
  await dialog.getByRole("button", { name: "Check and rotate" }).click();
  await row(page, "openai-main").getByText("…wxyz").waitFor();
  assert.equal((await call(gateway)).headers.get("x-maig-fallback"), "false");
});

story("a key that a colleague has changed meanwhile is not overwritten, and a switched-off one says so", async ({ page, gateway, sim, owner }) => {
  const ana = await owner();
  await furnished(ana, sim);
  await page.goto(gateway.url + "/provider-keys");
  await more(page, "openai-main", "Edit");
  const drawer = page.getByRole("dialog", { name: "Edit the provider key" });
  await drawer.getByText("used by chat").waitFor();
  await audit(page);
  await shots(page, "provider-keys-edit");
  await ana.api("PATCH", "projects/shop/provider-keys/openai-main", { base_url: sim.base + "/v1/" });
  await drawer.getByLabel("Base URL").fill("http://127.0.0.1:9/v1");
  await drawer.getByRole("button", { name: "Save" }).click();
  await drawer.getByText("Somebody has changed this since you opened it.").waitFor();
  assert.equal(await drawer.getByLabel("Base URL").inputValue(), "http://127.0.0.1:9/v1");
  await page.keyboard.press("Escape");

  await more(page, "openai-main", "Disable");
  const question = page.getByRole("dialog", { name: "Disable openai-main?" });
  await question.getByText("chat", { exact: true }).waitFor();
  await shots(page, "provider-keys-disable");
  await question.getByRole("button", { name: "Disable the key" }).click();
  await row(page, "openai-main").getByText("Disabled", { exact: true }).waitFor();
  await more(page, "openai-main", "Enable");
  await row(page, "openai-main").getByText("Enabled").waitFor();
  await row(page, "openai-main").getByRole("button", { name: "Check" }).click();
  await page.getByText("openai-main answers").waitFor();
  await audit(page);
});

story("a viewer sees the provider keys and can change none", async ({ page, gateway, sim, owner }) => {
  const ana = await owner();
  await furnished(ana, sim);
  const vic = await ana.colleague("viewer");
  await vic.signIn(page);
  await page.goto(gateway.url + "/provider-keys");
  await row(page, "openai-main").getByText("Enabled").waitFor();
  assert.equal(await page.getByRole("main").getByRole("button").count(), 0);
  await audit(page);
  await assert.rejects(vic.api("POST", "projects/shop/provider-keys", { name: "x", provider: "openai", api_key: "sk-x" }), /403/);
});
