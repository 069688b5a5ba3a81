// The whole first visit: from the empty database to a request that the fallback served under Force Fallback, seen in
// Logs as such. Nothing here calls the admin API; a person has only the pages.
import assert from "node:assert/strict";
import { audit, shots } from "./look.mjs";
import { paste } from "./terminal.mjs";
import { OWNER } from "./world.mjs";

story("five minutes lead from an empty database to a rehearsed fallback, step by step of the checklist", async ({ page, gateway, sim }) => {
  await page.goto(gateway.setupLink);
  await page.getByLabel("E-mail").fill(OWNER.email);
  await page.getByRole("textbox", { name: "Password" }).fill(OWNER.password);
  await page.getByLabel("First project").fill("shop");
  await page.getByRole("button", { name: "Create the owner" }).click();
  await page.getByText("0 of 6 steps are done.").waitFor();
  const overview = async (done) => {
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Overview" }).click();
    await page.getByText(done).waitFor({ timeout: 30_000 });
  };

  // 1. The keys of two accounts; the simulator stands for both.
  await page.getByRole("link", { name: "Add a provider key" }).click();
  await page.getByRole("button", { name: "OpenAI", exact: true }).click();
  const drawer = page.getByRole("dialog");
  const account = async (base) => {
    await drawer.getByRole("textbox", { name: "API key" }).fill("sk-0123456789-abcd");
    await drawer.getByText("Address and headers").click();
    await drawer.getByLabel("Base URL").fill(base);
    await drawer.getByRole("button", { name: "Check and save" }).click();
    await drawer.waitFor({ state: "hidden" });
  };
  await account(sim.base + "/v1");
  await page.getByRole("button", { name: "Add a provider key" }).click();
  await drawer.getByLabel("Provider").selectOption("anthropic");
  await account(sim.base);
  await page.getByRole("row").filter({ hasText: "anthropic-main" }).getByText("Enabled").waitFor();
  await overview("1 of 6 steps are done.");

  // 2. A route with a fallback.
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Routes" }).click();
  await page.getByRole("link", { name: "Chat with fallback" }).click();
  await page.getByRole("button", { name: "Create the route" }).click();
  await page.getByRole("heading", { name: "production-chat", level: 1 }).waitFor();
  const models = await page.getByRole("combobox", { name: "Model" }).evaluateAll((inputs) => inputs.map((input) => input.value));
  await overview("2 of 6 steps are done.");

  // 3. A project key, and 4. the request as it is shown.
  await page.getByRole("link", { name: "New project key" }).click();
  await page.getByRole("button", { name: "Make the first one" }).click();
  await drawer.getByRole("textbox", { name: "Name" }).fill("ios-app");
  await drawer.getByRole("button", { name: "Create the key" }).click();
  const made = page.getByRole("dialog", { name: "Store this key now" });
  await made.getByText("Try it at once").click();
  const request = made.getByRole("region", { name: "The request" });
  await request.waitFor();
  await shots(page, "five-minutes-key");
  const command = await request.textContent();
  await made.getByRole("button", { name: "I have stored it" }).click();
  assert.match(await paste(command, /^HTTP\/1.1 200/), new RegExp(`x-maig-served-by: openai/${models[0]}`, "i"));
  await overview("4 of 6 steps are done.");
  await audit(page);
  await shots(page, "five-minutes");

  // 5. Seen in Logs.
  await page.getByRole("main").getByRole("link", { name: "Open Logs" }).click();
  await page.getByRole("link", { name: "production-chat" }).first().waitFor();
  assert.equal(await page.getByText("fallback", { exact: true }).count(), 0);
  await overview("5 of 6 steps are done.");

  // 6. Rehearsed.
  await page.getByRole("link", { name: "Open the route" }).click();
  await page.getByRole("switch", { name: "Force Fallback" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Switch it on" }).click();
  await page.locator(".banner").getByText("Force Fallback is on for production-chat").waitFor();
  assert.match(await paste(command, /x-maig-fallback: true/i), new RegExp(`x-maig-served-by: anthropic/${models[1]}`, "i"));
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Logs" }).click();
  await page.getByText("fallback", { exact: true }).first().waitFor();
  await shots(page, "five-minutes-logs");
  await overview("All done: your app survives an outage of its provider.");
  await shots(page, "five-minutes-done");
});
