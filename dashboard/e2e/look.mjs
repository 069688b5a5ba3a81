// Looks at a page: axe in both themes, and pictures of it in both themes, narrow and wide.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const screens = join(process.env.MAIG_TARGET_DIR ?? "target", "dashboard", "screens");

/** What was just set is on the screen. */
export const painted = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

/** No violation of WCAG A and AA, nor of axe's best practices, in either theme. */
export async function audit(page) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await painted(page);
    // Through the debugger, which no policy of the page stops; the page itself could not load it.
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    const lines = violations.flatMap(({ id, help, nodes }) => nodes.slice(0, 3).map((node) => `${id}: ${help}: ${node.html.slice(0, 200)} ${node.failureSummary?.replace(/\s+/g, " ").slice(0, 300)}`));
    if (lines.length > 0) throw new Error(`axe (${colorScheme}, ${page.url()}):\n${lines.join("\n")}`);
  }
  await page.emulateMedia({ colorScheme: "light" });
}

/**
 * `NAME-360-dark.png` and its three sisters, the whole page each; a page that scrolls sideways at 360 is a fault.
 * `height` is for what scrolls by itself, as a drawer; `whole: false` for a page that has no end; `widths` for what is
 * there only where there is room for it, or no room.
 */
export async function shots(page, name, { height, whole = true, widths = [1440, 360] } = {}) {
  mkdirSync(screens, { recursive: true });
  const size = page.viewportSize();
  for (const width of widths) {
    const high = height ?? (width === 360 ? 760 : 900);
    await page.setViewportSize({ width, height: high });
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await painted(page);
      // In a window as high as the page, what sticks to an edge does not lie over the middle of the picture.
      const tall = await page.evaluate(() => (document.querySelector("dialog[open]") ? 0 : document.documentElement.scrollHeight));
      await page.setViewportSize({ width, height: whole ? Math.max(high, tall) : high });
      await painted(page);
      await page.screenshot({ path: join(screens, `${name}-${width}-${colorScheme}.png`) });
      await page.setViewportSize({ width, height: high });
    }
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (over > 0) throw new Error(`${name} is ${over} px too wide for ${width} px`);
    // Cards scroll no way: what is beyond their edge would not be found.
    const hidden = width < 400 && (await page.evaluate(() => Math.max(0, ...[...document.querySelectorAll(".table")].map((table) => table.scrollWidth - table.clientWidth))));
    if (hidden > 0) throw new Error(`a list of ${name} is ${hidden} px wider than its card`);
  }
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: "light" });
}
