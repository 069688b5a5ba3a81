// What every page stands on: a session that ends, a gateway that is away, themes, a sub-path, a phone, the keyboard.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { audit, shots } from "./look.mjs";
import { OWNER, proxy } from "./world.mjs";

const checklist = (page) => page.getByRole("heading", { name: "From nothing to a working fallback" });
/** What a browser says of a request that got no answer, and of a part of the program that did not come. */
const NO_ANSWER = /Failed to load resource: net::ERR_|TypeError: Failed to fetch/;

story("a session that ends shows sign-in over the page, and the page goes on", async ({ page, owner }) => {
  const ana = await owner();
  await checklist(page).waitFor();
  await ana.api("DELETE", "sessions");
  await page.getByRole("heading", { name: "Your session is over" }).waitFor();
  assert.ok(await checklist(page).count(), "the page behind it is gone");
  await audit(page);
  await shots(page, "session-over");
  assert.equal(await page.getByLabel("E-mail").inputValue(), OWNER.email);
  await page.getByRole("textbox", { name: "Password" }).fill(OWNER.password);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  const again = page.waitForResponse((answer) => answer.url().endsWith("/overview") && answer.status() === 200);
  await again;
});

story("a gateway that is away shows as such, and the page goes on when it is back", async ({ page, gateway, owner, witness }) => {
  await owner();
  await checklist(page).waitFor();
  witness.expect(NO_ANSWER);
  await gateway.stop();
  await page.getByText("The gateway does not answer.").waitFor();
  assert.ok(await checklist(page).isVisible(), "old data must stay");
  await audit(page);
  await shots(page, "connection-lost");
  await gateway.startAgain();
  await page.getByText("The gateway does not answer.").waitFor({ state: "hidden", timeout: 30_000 });
});

story("the theme follows the system until one is chosen, and the choice stays", async ({ page, owner }) => {
  await owner();
  await checklist(page).waitFor();
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const becomes = (colour) => page.waitForFunction((colour) => getComputedStyle(document.documentElement).backgroundColor === colour, colour);
  await page.emulateMedia({ colorScheme: "light" });
  const [light, dark] = ["rgb(248, 248, 250)", "rgb(15, 16, 20)"];
  await becomes(light);
  await page.emulateMedia({ colorScheme: "dark" });
  await becomes(dark);
  await page.getByRole("button", { name: "Theme and sign-out" }).click();
  await page.getByRole("menuitemradio", { name: "Light" }).click();
  await becomes(light);
  await page.reload();
  await checklist(page).waitFor();
  assert.equal(await ground(), light);
});

story("a phone has the pages in a drawer", async ({ page, owner }) => {
  await page.setViewportSize({ width: 360, height: 760 });
  await owner();
  await checklist(page).waitFor();
  const overview = page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Overview" });
  assert.equal(await overview.isVisible(), false);
  await page.getByRole("button", { name: "Open the menu" }).click();
  await overview.waitFor();
  await audit(page);
  await shots(page, "menu", { widths: [360] });
  await page.keyboard.press("Escape");
  await overview.waitFor({ state: "hidden" });
});

story("the keyboard alone gets to the content and through a menu", async ({ page, owner }) => {
  await owner();
  await checklist(page).waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  await page.getByRole("button", { name: "Theme and sign-out" }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.evaluate(() => document.activeElement.textContent.trim()), "Light");
  await shots(page, "menu-person", { widths: [1440] });
  await page.keyboard.press("Escape");
  assert.equal(await page.getByRole("menuitemradio", { name: "Light" }).isVisible(), false);
});

story(
  "under a sub-path every address, the cookie and the link to set it up carry the path",
  async ({ page, gateway, context }) => {
    const stop = await proxy(gateway);
    try {
      assert.ok(gateway.setupLink.startsWith(`${gateway.url}/setup?token=`), gateway.setupLink);
      await page.goto(gateway.setupLink);
      await page.getByLabel("E-mail").fill(OWNER.email);
      await page.getByRole("textbox", { name: "Password" }).fill(OWNER.password);
      await page.keyboard.press("Enter");
      await checklist(page).waitFor();
      const [cookie] = await context.cookies();
      assert.equal(cookie.path, "/maig/");
      await page.goto(gateway.url + "/no-such-page");
      await page.getByRole("link", { name: "Go to the overview" }).click();
      await checklist(page).waitFor();
      assert.equal(page.url(), gateway.url + "/");
    } finally {
      stop();
    }
  },
  { env: async ({ freePort }) => ({ MAIG_PUBLIC_URL: `http://127.0.0.1:${await freePort()}/maig` }) },
);

story("a part of the program that does not come is told, and loading again brings it", async ({ page, owner, witness }) => {
  witness.expect(NO_ANSWER);
  await page.route("**/assets/part-*.wasm", (route) => route.abort());
  await owner();
  await checklist(page).waitFor();
  await page.getByRole("link", { name: "Logs", exact: true }).click();
  await page.getByRole("heading", { name: "This page could not be loaded" }).waitFor();
  await audit(page);
  await shots(page, "part-missing");
  await page.unroute("**/assets/part-*.wasm");
  await page.getByRole("button", { name: "Load again" }).click();
  await page.getByRole("heading", { name: "Logs", exact: true }).waitFor();
});

story("a field's fault waits for the click that left the field, so that the click arrives", async ({ page, gateway }) => {
  await page.goto(gateway.setupLink);
  await page.getByLabel("E-mail").fill("nonsense");
  const show = page.getByRole("button", { name: "Show" });
  const box = await show.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  // As long as a finger takes.
  await page.waitForTimeout(150);
  assert.deepEqual(await show.boundingBox(), box, "the page moved under the pointer");
  await page.mouse.up();
  await page.getByRole("button", { name: "Hide" }).waitFor();
  const fault = page.getByRole("alert").filter({ hasText: "address" });
  await fault.waitFor();
  // Without a pointer it comes as the field is left.
  await page.getByLabel("E-mail").fill("ana@example.com");
  await fault.waitFor({ state: "hidden" });
  await page.getByLabel("E-mail").fill("nonsense again");
  await page.keyboard.press("Tab");
  await fault.waitFor();
});

story("a suspended project says so on every page, and who may is led to where it ends", async ({ page, gateway, owner }) => {
  const ana = await owner();
  const vic = await ana.colleague("viewer");
  const banner = page.locator(".banner").filter({ hasText: "shop is suspended" });
  await page.goto(gateway.url + "/settings/project");
  await page.getByRole("button", { name: "Suspend", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Suspend" }).click();
  // At once, without a reload, and wherever one goes.
  await banner.waitFor();
  await banner.getByText("project_suspended").waitFor();
  for (const path of ["/", "/logs", "/usage", "/provider-keys", "/routes", "/project-keys", "/playground", "/settings/account"]) {
    await page.goto(gateway.url + path);
    await banner.waitFor();
  }
  await page.goto(gateway.url + "/");
  await banner.waitFor();
  await audit(page);
  await shots(page, "suspended");
  await banner.getByRole("link", { name: "Resume it in Settings" }).click();
  await page.getByRole("button", { name: "Resume", exact: true }).click();
  await banner.waitFor({ state: "detached" });
  // A viewer is told who can, and a colleague's change shows without a reload.
  await vic.signIn(page);
  await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
  await ana.api("PATCH", "projects/shop", { suspended: true });
  await banner.getByText("An admin of the project can resume it.").waitFor({ timeout: 40_000 });
  assert.equal(await banner.getByRole("link").count(), 0);
});

story("the page of a gateway that was built without its dashboard needs no other file, and its policy lets its style in", async ({ page, gateway }) => {
  const html = readFileSync(new URL("../../crates/gateway/src/without.html", import.meta.url), "utf8");
  const style = createHash("sha256").update(/<style>([^]*)<\/style>/.exec(html)[1]).digest("base64");
  const policy = `default-src 'none'; style-src 'sha256-${style}'; frame-ancestors 'none'`;
  // This gateway has its dashboard; the page comes as the other one sends it.
  await page.route(gateway.url + "/", (route) => route.fulfill({ status: 404, contentType: "text/html; charset=utf-8", headers: { "content-security-policy": policy }, body: html }));
  await page.goto(gateway.url + "/");
  await page.getByRole("heading", { name: "This gateway was built without its dashboard" }).waitFor();
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector("main")).borderRadius), "16px");
  await audit(page);
  await shots(page, "without-dashboard");
});
