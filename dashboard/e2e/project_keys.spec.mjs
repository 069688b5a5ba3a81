// Project keys: shown once, limited, rolled in peace, revoked for good.
import assert from "node:assert/strict";
import { audit, shots } from "./look.mjs";

const row = (page, name) => page.getByRole("row").filter({ hasText: name });
const more = async (page, name, item) => {
  await page.getByRole("button", { name: `More for ${name}` }).click();
  await page.getByRole("menuitem", { name: item }).click();
};

/** A route that the simulator answers, so that keys have something to call. */
async function furnished(ana) {
  await ana.api("POST", "projects/shop/provider-keys", { name: "sim", provider: "simulator" });
  for (const name of ["chat", "summary"]) await ana.api("PUT", `projects/shop/routes/${name}`, { spec: { name, targets: [{ model: "simulator/gpt-4o-mini" }] } });
}

/** A gateway follows a change within a second. */
async function call(gateway, key, model, expect) {
  for (let i = 0; ; i++) {
    const answer = await fetch(`${gateway.origin}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({ model, messages: [{ role: "user", content: "Say hello." }] }),
    });
    if (answer.status === expect) return answer;
    assert.ok(i < 30, `${answer.status} in place of ${expect}: ${await answer.text()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

story("a project key is made with a scope and limits, is shown once with a QR code, and does what it says", async ({ page, gateway, owner }) => {
  const ana = await owner();
  await furnished(ana);
  await page.goto(gateway.url + "/project-keys");
  await page.getByRole("heading", { name: "No project key yet" }).waitFor();
  await audit(page);
  await shots(page, "project-keys-empty");
  await page.getByRole("button", { name: "Make the first one" }).click();
  const drawer = page.getByRole("dialog", { name: "New project key" });

  // Wrong as one types: told at the field.
  await drawer.getByRole("button", { name: "Create the key" }).click();
  await drawer.getByText("Give it a name.").waitFor();
  await drawer.getByRole("textbox", { name: "Name" }).fill("ios app");
  await drawer.getByText("1 to 64 letters, digits").waitFor();
  await drawer.getByRole("textbox", { name: "Name" }).fill("ios-app");
  await drawer.getByLabel("Rate", { exact: false }).first().fill("many");
  await drawer.getByText("This is not a rate").waitFor();
  await drawer.getByLabel("Rate", { exact: false }).first().fill("600/min");
  await drawer.getByLabel("May call").selectOption("Only these routes");
  await drawer.getByRole("button", { name: "Create the key" }).click();
  await drawer.getByText("Tick one, or let it call everything.").waitFor();
  await drawer.getByLabel("chat").check();
  await drawer.getByLabel("Quota").fill("3");
  await drawer.getByLabel("Ends").fill("2020-01-01T00:00");
  await drawer.getByText("That moment is over.").waitFor();
  await drawer.getByLabel("Ends").fill("2040-01-01T00:00");
  await drawer.getByText("Only certain apps").click();
  await drawer.getByLabel("Platforms").fill("ios");
  await audit(page);
  await shots(page, "project-keys-new");
  await drawer.getByLabel("Platforms").fill("");
  await drawer.getByRole("button", { name: "Create the key" }).click();

  const made = page.getByRole("dialog", { name: "Store this key now" });
  await made.waitFor();
  const key = (await made.getByRole("region", { name: "The project key" }).textContent()).trim();
  assert.match(key, /^maig_live_[0-9A-Za-z]{49}$/);
  await made.getByRole("img", { name: "The project key as a QR code" }).waitFor();
  await made.getByRole("button", { name: "Copy: The project key" }).click();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), key);
  await made.getByText("Try it at once").click();
  const shown = await made.getByRole("region", { name: "The request" }).textContent();
  assert.ok(shown.includes(key) && shown.includes(`${gateway.url}/v1/chat/completions`) && shown.includes('"model": "chat"'), shown);
  await made.getByText("Try it at once").click();
  await page.keyboard.press("Escape");
  assert.ok(await made.isVisible(), "one slip of the finger must not lose it");
  await audit(page);
  await shots(page, "project-keys-made");
  await made.getByRole("button", { name: "I have stored it" }).click();
  await made.waitFor({ state: "hidden" });
  assert.equal((await page.content()).includes(key), false, "the key is still in the page");

  await row(page, "ios-app").getByText("Live", { exact: true }).waitFor();
  await row(page, "ios-app").getByText("chat", { exact: true }).waitFor();
  await row(page, "ios-app").getByText("600/min").waitFor();
  await row(page, "ios-app").getByText("0 of 3").waitFor();
  await call(gateway, key, "chat", 200);
  await call(gateway, key, "summary", 403);

  // The same name again: refused in the gateway's words, and nothing typed is lost.
  await page.getByRole("button", { name: "New project key" }).click();
  await drawer.getByRole("textbox", { name: "Name" }).fill("ios-app");
  await drawer.getByLabel("Kind").selectOption("test");
  await drawer.getByRole("button", { name: "Create the key" }).click();
  await drawer.getByText(/already|taken|exists/).waitFor();
  assert.equal(await drawer.getByRole("textbox", { name: "Name" }).inputValue(), "ios-app");
  assert.equal(await drawer.getByLabel("Kind").inputValue(), "test");
  await audit(page);
});

story("the list shows each key's use, and a key is changed, rolled with a grace time and revoked", async ({ page, gateway, owner }) => {
  const ana = await owner();
  await furnished(ana);
  const make = (body) => ana.api("POST", "projects/shop/keys", body);
  const ios = await make({ name: "ios-app", routes: ["chat"], routes_only: true, rate: "600/min", per_user: "60/hour", monthly_requests: 5, platforms: ["ios"], bundle_ids: ["com.example.shop"] });
  const android = await make({ name: "android-app", monthly_requests: 20000 });
  await make({ name: "ci-tests", test: true, routes: ["chat", "summary", "gpt-4o-mini", "claude-haiku-4-5"] });
  const old = await make({ name: "first-try" });
  await make({ name: "trade-fair", expires_at: "2026-01-01T00:00:00Z" });
  await ana.api("POST", `projects/shop/keys/${old.id}/revoke`);
  for (let i = 0; i < 4; i++) await call(gateway, android.key, "chat", 200);
  await page.goto(gateway.url + "/project-keys");
  // A use is written down in the background.
  await row(page, "android-app").getByText("4 of 20,000").waitFor({ timeout: 30_000 });
  await row(page, "ios-app").getByText("60/hour a user").waitFor();
  await row(page, "ios-app").getByText("from ios, com.example.shop").waitFor();
  await row(page, "ci-tests").getByText("Test", { exact: true }).waitFor();
  await row(page, "ci-tests").getByText("chat, summary, gpt-4o-mini and 1 more").waitFor();
  await row(page, "trade-fair").getByText("Expired").waitFor();
  assert.equal(await row(page, "first-try").count(), 0, "what is revoked is history");
  await page.getByRole("button", { name: "Show 1 revoked key" }).click();
  await row(page, "first-try").getByText("Revoked").waitFor();
  assert.equal(await page.getByRole("button", { name: "More for first-try" }).count(), 0);
  await audit(page);
  await shots(page, "project-keys");

  // Edited by two: the second is told.
  await more(page, "ios-app", "Edit");
  const drawer = page.getByRole("dialog", { name: "Edit the project key" });
  assert.ok(await drawer.getByLabel("chat").isChecked());
  assert.equal(await drawer.getByLabel("Platforms").inputValue(), "ios");
  await ana.api("PATCH", `projects/shop/keys/${ios.id}`, { rate: "10/min" });
  await drawer.getByLabel("Quota").fill("5000");
  await drawer.getByRole("button", { name: "Save" }).click();
  await drawer.getByText("Somebody has changed this since you opened it.").waitFor();
  assert.equal(await drawer.getByLabel("Quota").inputValue(), "5000");
  await audit(page);
  await shots(page, "project-keys-stale", { height: 1100 });
  await row(page, "ios-app").getByText("10/min").waitFor();
  await drawer.getByRole("button", { name: "Drop mine and show what is stored" }).click();
  await drawer.getByLabel("Quota").fill("6000");
  await drawer.getByRole("button", { name: "Save" }).click();
  await row(page, "ios-app").getByText("0 of 6,000").waitFor();
  await row(page, "ios-app").getByText("10/min").waitFor();

  // Rolled: both work until the grace time is over.
  await more(page, "android-app", "Roll");
  const dialog = page.getByRole("dialog", { name: "Roll the key" });
  await audit(page);
  await shots(page, "project-keys-roll");
  await dialog.getByLabel("The old secret works on").selectOption("for a day");
  await dialog.getByRole("button", { name: "Roll the key" }).click();
  const made = page.getByRole("dialog", { name: "Store this key now" });
  const next = (await made.getByRole("region", { name: "The project key" }).textContent()).trim();
  await made.getByRole("button", { name: "I have stored it" }).click();
  await row(page, "android-app").getByText(/Rolled: the old secret ends in 2[34] h|Rolled: the old secret ends in 1 d/).waitFor();
  await call(gateway, next, "chat", 200);
  await call(gateway, android.key, "chat", 200);

  // Revoked: an app carries it, so its name must be typed.
  await row(page, "android-app").getByText(/ago|just now/).first().waitFor({ timeout: 60_000 });
  await more(page, "android-app", "Revoke");
  const question = page.getByRole("dialog", { name: "Revoke android-app?" });
  await question.getByText("It was last used").waitFor();
  await audit(page);
  await shots(page, "project-keys-revoke");
  await question.getByLabel("Type android-app to go on").fill("android-app");
  await question.getByRole("button", { name: "Revoke the key" }).click();
  await row(page, "android-app").getByText("Revoked").waitFor();
  await call(gateway, next, "chat", 401);
});

story("a viewer sees the project keys and can change none", async ({ page, gateway, owner }) => {
  const ana = await owner();
  await ana.api("POST", "projects/shop/keys", { name: "ios-app" });
  const vic = await ana.colleague("viewer");
  await vic.signIn(page);
  await page.goto(gateway.url + "/project-keys");
  await row(page, "ios-app").getByText("Active").waitFor();
  assert.equal(await page.getByRole("main").getByRole("button").count(), 0);
  await audit(page);
  await assert.rejects(vic.api("POST", "projects/shop/keys", { name: "x" }), /403/);
});
