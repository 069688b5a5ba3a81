// The theme is changed while a page is open: every colour follows at once, whoever changed it, and none is left behind.
import assert from "node:assert/strict";
import { painted } from "./look.mjs";
import { logged, makeShop } from "./traffic.mjs";

/** Every visible element with its colours, in the order of the document. */
const colours = () =>
  [...document.querySelectorAll("body, body *")]
    .filter((one) => one.checkVisibility() && !one.closest(".toasts"))
    .map((one) => {
      const { color, backgroundColor, borderTopColor, fill, stroke } = getComputedStyle(one);
      const name = `${one.tagName.toLowerCase()}.${one.getAttribute("class") ?? ""}`;
      return `${name}: ${[color, backgroundColor, borderTopColor, fill, stroke].join(" ")}`;
    });

/** The same lines; the first few that differ say where. */
function same(found, expected, when) {
  const wrong = expected.map((line, n) => (found[n] === line ? undefined : `${line}\n  but was ${found[n]}`)).filter(Boolean);
  assert.equal(wrong.length, 0, `${wrong.length} of ${expected.length} elements have other colours ${when}:\n${wrong.slice(0, 5).join("\n")}`);
}

const PAGES = ["/", "/routes/production-chat", "/provider-keys", "/usage", "/settings/members"];

story("every colour follows a change of the theme at once, on each page, with motion and without", async ({ page, gateway, sim, owner }) => {
  const ana = await owner();
  const shop = await makeShop(ana, gateway, sim);
  await shop.send();
  await logged(ana, 1);
  const rest = async () => {
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    await page.waitForLoadState("networkidle");
    await page.waitForTimeout(300);
  };
  for (const reducedMotion of ["reduce", "no-preference"]) {
    await page.emulateMedia({ reducedMotion });
    for (const path of PAGES) {
      // How it looks for who comes with that theme.
      const fresh = {};
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme });
        await page.goto(gateway.url + path);
        await rest();
        fresh[colorScheme] = await page.evaluate(colours);
      }
      for (const colorScheme of ["light", "dark", "light"]) {
        await page.emulateMedia({ colorScheme });
        await painted(page);
        same(await page.evaluate(colours), fresh[colorScheme], `${path}, at once after a change to ${colorScheme} (motion: ${reducedMotion})`);
        await page.waitForTimeout(300);
        same(await page.evaluate(colours), fresh[colorScheme], `${path}, 300 ms after a change to ${colorScheme} (motion: ${reducedMotion})`);
      }
    }
  }
});

story("the switch of the theme changes every colour at once too", async ({ page, gateway, sim, owner }) => {
  const ana = await owner();
  const shop = await makeShop(ana, gateway, sim);
  await shop.send();
  await logged(ana, 1);
  await page.emulateMedia({ reducedMotion: "no-preference", colorScheme: "light" });
  await page.goto(gateway.url + "/routes");
  await page.getByRole("link", { name: "production-chat" }).first().waitFor();
  await page.waitForLoadState("networkidle");
  // The pointer rests nowhere in particular, so that nothing is hovered.
  const choose = async (name) => {
    await page.getByRole("button", { name: "Theme and sign-out" }).press("Enter");
    await page.getByRole("menuitemradio", { name }).press("Enter");
    await painted(page);
    return page.evaluate(colours);
  };
  const light = await choose("Light");
  const darkAtOnce = await choose("Dark");
  await page.waitForTimeout(300);
  const dark = await page.evaluate(colours);
  same(darkAtOnce, dark, "at once after Dark was chosen");
  assert.notDeepEqual(dark, light);
  const lightAgain = await choose("Light");
  await page.waitForTimeout(300);
  same(lightAgain, await page.evaluate(colours), "at once after Light was chosen");
  same(lightAgain, light, "back in Light");
});
