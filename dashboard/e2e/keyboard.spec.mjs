// The whole first visit without a mouse: what five_minutes.spec.mjs does with clicks, done with Tab, Enter, Space, arrows
// and typing. Every stop is in sight and marked, no action loses the focus, dialogs keep it and give it back.
import assert from "node:assert/strict";
import { Keyboard } from "./keyboard.mjs";
import { paste } from "./terminal.mjs";
import { OWNER } from "./world.mjs";

story("the keyboard alone leads from an empty database to a rehearsed fallback, and never loses its place", async ({ page, gateway, sim }) => {
  const keys = new Keyboard(page);
  const button = (name, root = page) => root.getByRole("button", { name, exact: true });
  const textbox = (name, root = page) => root.getByRole("textbox", { name });
  const dialog = page.getByRole("dialog");
  const nav = (name) => page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name });
  const go = async (name) => {
    await keys.enter(nav(name));
    await page.getByRole("heading", { name, level: 1 }).waitFor();
  };
  /** Into the page without its sidebar. */
  const skip = async () => {
    await keys.enter(button("Skip to content"), { back: true });
    assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  };
  const overview = async (done) => {
    await go("Overview");
    await page.getByText(done).waitFor({ timeout: 30_000 });
  };

  await page.goto(gateway.setupLink);
  await textbox("E-mail").waitFor();
  await keys.write(textbox("E-mail"), OWNER.email);
  await keys.write(textbox("Password"), OWNER.password);
  await keys.write(textbox("First project"), "shop");
  await keys.enter(button("Create the owner"));
  await page.getByText("0 of 6 steps are done.").waitFor();
  await keys.held("the first sign-in");

  // 1. Two provider keys. A dialog keeps the focus, and Escape gives it back to what opened it.
  await keys.enter(page.getByRole("main").getByRole("link", { name: "Add a provider key" }));
  await page.getByRole("heading", { name: "Provider Keys", level: 1 }).waitFor();
  await keys.held("going to Provider Keys");
  await keys.enter(button("OpenAI"));
  await dialog.waitFor();
  await keys.trapped(dialog);
  await keys.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  assert.match(await keys.mustSee(), /^button "OpenAI"/);
  const account = async (base) => {
    await dialog.waitFor();
    await keys.write(textbox("API key", dialog), "sk-0123456789-abcd");
    await keys.enter(dialog.locator("summary").filter({ hasText: "Address and headers" }));
    await keys.write(textbox("Base URL", dialog), base);
    await keys.enter(button("Check and save", dialog));
    await dialog.waitFor({ state: "hidden" });
    await keys.held("storing a provider key");
  };
  await keys.press("Enter");
  await account(sim.base + "/v1");
  await page.getByRole("row").filter({ hasText: "openai-main" }).waitFor();
  await keys.enter(button("Add a provider key"), { back: true });
  const provider = dialog.getByRole("combobox", { name: "Provider" });
  await keys.to(provider);
  await page.keyboard.type("Anthropic");
  assert.equal(await provider.inputValue(), "anthropic");
  await account(sim.base);
  await page.getByRole("row").filter({ hasText: "anthropic-main" }).getByText("Enabled").waitFor();

  // A third one is deleted again: what stands in its place has the focus, not the top of the page.
  await keys.enter(button("Add a provider key"), { back: true });
  await dialog.waitFor();
  await keys.write(textbox("Name", dialog), "spare");
  await account(sim.base + "/v1");
  await keys.enter(button("More for spare"));
  await keys.press("ArrowUp");
  assert.match(await keys.mustSee(), /^menuitem "Delete"/);
  await keys.press("Enter");
  await dialog.waitFor();
  await keys.trapped(dialog);
  await keys.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  assert.match(await keys.mustSee(), /^button "More for spare"/);
  await keys.press("ArrowUp", "Enter");
  await dialog.waitFor();
  await keys.enter(dialog.getByRole("button", { name: /^Delete/ }));
  await page.getByRole("row").filter({ hasText: "spare" }).waitFor({ state: "detached" });
  await keys.held("deleting a row");
  assert.match(await keys.mustSee(), /^button "More for (openai|anthropic)-main"/);
  await overview("1 of 6 steps are done.");

  // 2. A route with a fallback.
  await go("Routes");
  await skip();
  await keys.enter(page.getByRole("link", { name: "Chat with fallback" }));
  await keys.enter(button("Create the route"));
  await page.getByRole("heading", { name: "production-chat", level: 1 }).waitFor();
  await keys.held("creating the route");
  const models = await page.getByRole("combobox", { name: "Model" }).evaluateAll((inputs) => inputs.map((input) => input.value));
  // Saving leaves the focus where one would go on, though there is nothing to save any more.
  await keys.to(page.getByRole("checkbox", { name: "Prompts that are too long" }));
  await keys.press("Space");
  await keys.enter(button("Save"));
  await page.getByText("Everything is saved.").waitFor();
  assert.match(await keys.mustSee(), /^button "Save"/);
  await overview("2 of 6 steps are done.");

  // 3. A project key, and 4. the request as it is shown, taken with the clipboard.
  await skip();
  await keys.enter(page.getByRole("main").getByRole("link", { name: "New project key" }));
  await keys.enter(button("Make the first one"));
  await dialog.waitFor();
  await keys.write(textbox("Name", dialog), "ios-app");
  await keys.enter(button("Create the key", dialog));
  const made = page.getByRole("dialog", { name: "Store this key now" });
  await made.waitFor();
  // It is shown once, so no key but its own button closes it.
  await keys.trapped(made);
  for (let n = 0; n < 4; n += 1) await page.keyboard.press("Escape");
  assert.ok(await made.isVisible(), "a key that is shown once was closed by Escape");
  await keys.enter(made.locator("summary").filter({ hasText: "Try it at once" }));
  const copy = made.getByRole("region", { name: "The request" }).locator("..").getByRole("button", { name: /^Copy/ });
  await keys.enter(copy);
  const command = await page.evaluate(() => navigator.clipboard.readText());
  await keys.enter(button("I have stored it", made));
  await made.waitFor({ state: "hidden" });
  await keys.held("putting the key away");
  assert.match(await paste(command, /^HTTP\/1.1 200/), new RegExp(`x-maig-served-by: openai/${models[0]}`, "i"));
  await overview("4 of 6 steps are done.");

  // 5. Seen in Logs: the row opens the request, Escape leads back to the row.
  await skip();
  await keys.enter(page.getByRole("main").getByRole("link", { name: "Open Logs" }));
  const row = page.getByRole("link", { name: "production-chat" }).first();
  await row.waitFor();
  assert.equal(await page.getByText("fallback", { exact: true }).count(), 0);
  await keys.to(row);
  const before = await keys.where();
  await keys.press("Enter");
  await dialog.getByText(`openai/${models[0]}`).first().waitFor();
  await keys.trapped(dialog);
  await keys.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  assert.equal(await keys.mustSee(), before);
  await overview("5 of 6 steps are done.");

  // 6. Rehearsed.
  await skip();
  await keys.enter(page.getByRole("main").getByRole("link", { name: "Open the route" }));
  const force = page.getByRole("switch", { name: "Force Fallback" });
  await keys.to(force);
  await keys.press("Space");
  await dialog.waitFor();
  await keys.trapped(dialog);
  await keys.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  assert.match(await keys.mustSee(), /^switch "Force Fallback"/);
  await keys.press("Space");
  await keys.enter(button("Switch it on", dialog));
  await dialog.waitFor({ state: "hidden" });
  await page.locator(".banner").getByText("Force Fallback is on for production-chat").waitFor();
  assert.match(await keys.mustSee(), /^switch "Force Fallback"/);
  assert.match(await paste(command, /x-maig-fallback: true/i), new RegExp(`x-maig-served-by: anthropic/${models[1]}`, "i"));
  await go("Logs");
  await page.getByText("fallback", { exact: true }).first().waitFor();
  await overview("All done: your app survives an outage of its provider.");

  // Over for today: the banner's own button ends it, and takes the focus with it to where one can go on.
  await skip();
  await keys.enter(page.getByRole("button", { name: /^Switch off/ }), { back: true });
  await page.locator(".banner").waitFor({ state: "detached" });
  await keys.held("a banner that is gone");
});
