// How fast the dashboard is there, in figures: until it takes a click, and until the log shows its list of 100,000. The
// bounds are for a debug build on a busy machine: a page that breaks them is broken, not slow.
import assert from "node:assert/strict";
import { KEY, fill, rows } from "./traffic.mjs";

/** Keeps in the page when each of these is first there, and when the browser has then nothing left to do. */
const watch = (selectors) => {
  globalThis.seen = {};
  const look = () => {
    for (const [name, selector] of Object.entries(selectors)) {
      if (name in globalThis.seen || !document.querySelector(selector)) continue;
      globalThis.seen[name] = performance.now();
      requestAnimationFrame(() => requestIdleCallback(() => { globalThis.seen[`${name} and idle`] = performance.now(); }));
    }
    requestAnimationFrame(look);
  };
  look();
};

/** Loads an address so many times; the middle one of each figure, in milliseconds since the navigation began. */
async function loads(page, address, times, last) {
  const all = [];
  for (let n = 0; n < times; n += 1) {
    await page.goto("about:blank");
    await page.goto(address);
    await page.waitForFunction((last) => last in globalThis.seen, `${last} and idle`);
    all.push(await page.evaluate(() => globalThis.seen));
  }
  const middle = (name) => Math.round(all.map((seen) => seen[name]).sort((a, b) => a - b)[Math.floor(times / 2)]);
  return Object.fromEntries(Object.keys(all[0]).map((name) => [name, middle(name)]));
}

story("the dashboard takes a click, and shows a log of 100,000 requests, soon after it is asked for", async ({ page, gateway, owner, witness }) => {
  const made = await owner();
  await made.api("POST", "projects/shop/keys", { name: "ios-app" });
  await made.api("POST", "projects/shop/keys", { name: "android-app" });
  await page.addInitScript(watch, { shell: "nav a[href$='/logs']", figures: ".figure-value", list: "#log-rows [role=row]" });

  const empty = await loads(page, `${gateway.url}/`, 5, "shell");
  await fill(gateway, 100_000, 7);
  const first = await loads(page, `${gateway.url}/?range=7d`, 5, "figures");
  const logs = await loads(page, `${gateway.url}/logs?range=30d`, 5, "list");
  const errors = await loads(page, `${gateway.url}/logs?range=30d&status=error`, 5, "list");
  const wire = await page.evaluate(() => performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation")).reduce((sum, entry) => sum + entry.transferSize, 0));
  console.log(`          interactive after ${empty["shell and idle"]} ms (shell drawn at ${empty.shell} ms); overview of 100,000: figures at ${first.figures} ms; logs of 100,000: list at ${logs.list} ms, idle at ${logs["list and idle"]} ms; errors only: list at ${errors.list} ms; last load moved ${wire} bytes`);

  // Down through ten pages, as fast as they come: every row is held, a screenful is drawn.
  await page.goto(`${gateway.url}/logs?range=30d`);
  await rows(page).nth(5).waitFor();
  const began = Date.now();
  await page.evaluate(async () => {
    const held = () => Number.parseFloat(document.querySelector("#log-rows").style.height) / document.querySelector("#log-rows [role=row]").getBoundingClientRect().height;
    while (held() < 2000) {
      scrollTo(0, document.documentElement.scrollHeight);
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  });
  const down = Date.now() - began;
  assert.ok((await rows(page).count()) < 80, "too many rows are drawn");
  const frames = await page.evaluate(async () => {
    const times = [];
    let last = performance.now();
    for (let step = 0; step < 60; step += 1) {
      scrollTo(0, (step * 7919 * 397) % document.documentElement.scrollHeight);
      await new Promise((resolve) => requestAnimationFrame(resolve));
      times.push(performance.now() - last);
      last = performance.now();
    }
    return times.sort((a, b) => a - b);
  });
  console.log(`          2,000 rows loaded by scrolling in ${down} ms; a jump between rows draws in ${Math.round(frames[30])} ms, worst ${Math.round(frames.at(-1))} ms`);
  assert.ok(empty["shell and idle"] < 6_000, "the dashboard takes too long until it can be used");
  assert.ok(logs.list < 6_000, "the log takes too long until it shows its list");
  assert.ok(frames[30] < 250, "a jump between rows takes too long");
}, { env: () => ({ MAIG_MASTER_KEY: KEY }) });
