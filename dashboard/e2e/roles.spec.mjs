// What a viewer sees: every page, and nothing in it that changes anything. (That the API refuses is proved beside it.)
import assert from "node:assert/strict";
import { audit, shots } from "./look.mjs";

const VERA = { email: "vera@example.com", password: "vera has a long one" };
/** How a control begins that changes something. */
const CHANGES = /^(add (?!filter)|new |create|save|rename|delete|remove|revoke|rotate|roll|enable|disable|edit|invite|suspend|resume|force fallback|bring back|end force|check|more for)/i;

/** What can be pressed; a field alone changes nothing. */
const controls = (page) =>
  page.locator("main button:visible, main a:visible").evaluateAll((all) =>
    all.filter((one) => !one.matches(":disabled, [aria-disabled='true']")).map((one) => (one.getAttribute("aria-label") ?? one.textContent).trim()),
  );

story("a viewer sees each page without a control that changes anything, and no page asks for what is refused", async ({ page, gateway, sim, owner }) => {
  const ana = await owner();
  await ana.api("POST", "projects/shop/provider-keys", { name: "main", provider: "openai", api_key: "sk-one-two-three", base_url: `${sim.base}/v1` });
  await ana.api("PUT", "projects/shop/routes/chat", { spec: { name: "chat", targets: [{ model: "gpt-4o" }, { model: "gpt-4o-mini" }] } });
  await ana.api("POST", "projects/shop/keys", { name: "ios" });
  await ana.api("POST", "projects/shop/members", { ...VERA, role: "viewer" });
  await page.context().clearCookies();
  await page.goto(gateway.url + "/");
  await page.getByLabel("E-mail").fill(VERA.email);
  await page.getByRole("textbox", { name: "Password" }).fill(VERA.password);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  const refused = [];
  page.on("response", (answer) => {
    if (answer.status() === 403) refused.push(`${answer.request().method()} ${answer.url()}`);
  });
  await page.goto(gateway.url + "/settings/members");
  await page.getByText("vera@example.com").first().waitFor();
  const links = await page.locator("nav[aria-label=Pages] a, nav[aria-label=Settings] a").evaluateAll((all) => all.map((one) => new URL(one.href).pathname));
  assert.ok(links.length > 8, `${links}`);
  assert.ok(!links.some((link) => /audit|tokens/.test(link)), "a viewer is led to what they may not see");
  // One's own login is one's own, whatever the role.
  const pages = [...new Set([...links, "/routes/chat"])].filter((link) => !["/settings", "/settings/account"].includes(link));
  for (const path of pages) {
    await page.goto(gateway.url + path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle");
    const offered = (await controls(page)).filter((name) => CHANGES.test(name));
    assert.deepEqual(offered, [], `${path} offers a viewer what changes something`);
    await audit(page);
  }
  assert.deepEqual(refused, []);
  await page.goto(gateway.url + "/settings/members");
  await page.getByText("vera@example.com").first().waitFor();
  await shots(page, "viewer-members");
  await page.goto(gateway.url + "/settings/project");
  await page.getByText("no limit").first().waitFor();
  await shots(page, "viewer-project");
  for (const part of ["audit", "tokens"]) {
    await page.goto(`${gateway.url}/settings/${part}`);
    await page.getByRole("heading", { name: "This page is not for your role" }).waitFor();
  }
  await audit(page);
  await shots(page, "viewer-forbidden");
});
