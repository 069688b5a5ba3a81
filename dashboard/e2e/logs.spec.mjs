// The log: empty, live, filtered by address, opened, exported, and large.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { audit, shots } from "./look.mjs";
import { KEY, fill, logged, makeShop, rows, shown } from "./traffic.mjs";
import { proxy } from "./world.mjs";

story("an empty log says what to send, a request appears by itself, and a filter that nothing fits can be cleared", async ({ page, gateway, sim, owner }) => {
  const made = await owner();
  const shop = await makeShop(made, gateway, sim);
  await page.goto(gateway.url + "/logs");
  await page.getByRole("heading", { name: "No request has come yet" }).waitFor();
  await page.getByText("/v1/chat/completions").waitFor();
  await audit(page);
  await shots(page, "logs-never");

  await shop.send();
  await rows(page).first().waitFor();
  assert.equal(await rows(page).count(), 1);

  await page.goto(gateway.url + "/logs?user=nobody");
  await page.getByRole("heading", { name: "No request matches" }).waitFor();
  await audit(page);
  await shots(page, "logs-no-match");
  await page.getByRole("button", { name: "Clear filters" }).last().click();
  await rows(page).first().waitFor();
  assert.equal(new URL(page.url()).search, "");
  await page.goto(gateway.url + "/logs?status=banana");
  await page.getByText("is no status").or(page.getByRole("alert")).first().waitFor();
});

story("successes, fallbacks, errors and streams are seen, filtered by address, and told apart", async ({ page, gateway, sim, owner }) => {
  const made = await owner();
  const shop = await makeShop(made, gateway, sim);
  await shop.send();
  await shop.send({ stream: true, user: "user-2" });
  await shop.script({ "gpt-4o": { next: ["503"] } });
  const fallback = await shop.send({ version: "2.5.1" });
  await shop.script({ "gpt-4o-mini": { next: ["503"] }, "gpt-4o": { next: ["429"] } });
  const failed = await shop.send({ route: "summarize", platform: "android" });
  assert.equal(fallback.status, 200);
  assert.ok(failed.status >= 429, `${failed.status}`);
  await logged(made, 4);

  await page.goto(gateway.url + "/logs");
  await rows(page).nth(3).waitFor();
  assert.equal(await rows(page).count(), 4);
  assert.equal(await page.getByText("fallback", { exact: true }).count(), 1);
  await audit(page);

  // Filters are the address, the controls and the chips at once.
  await page.getByRole("button", { name: "Fallback only" }).click();
  await shown(page, 1);
  assert.equal(new URL(page.url()).search, "?fallback=true");
  await page.getByRole("button", { name: "Remove the filter Fallback: only" }).click();
  await rows(page).nth(3).waitFor();
  await page.getByLabel("Status").selectOption("error");
  await shown(page, 1);
  await page.goBack();
  await shown(page, 4);
  assert.equal(await page.getByLabel("Status").inputValue(), "", "the control follows the address");
  for (const [search, count] of [["route=summarize", 1], ["user=user-2", 1], ["version=2.5.1", 1], ["platform=android", 1], ["model=anthropic/claude-sonnet-4-5", 1], [`q=${fallback.id}`, 1], ["fallback=false&status=ok", 2]]) {
    await page.goto(`${gateway.url}/logs?${search}`);
    await shown(page, count);
  }

  // `/` leads to the search, Add filter to every other field.
  await page.goto(gateway.url + "/logs");
  await rows(page).first().waitFor();
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.id), "log-search");
  await page.keyboard.type("user-2");
  await page.keyboard.press("Enter");
  await shown(page, 1);
  await page.getByRole("button", { name: "Add filter" }).click();
  await page.getByLabel("Filter by").selectOption("version");
  // What was seen is offered.
  await page.getByRole("combobox", { name: "Value, as a whole" }).click();
  await page.getByRole("option", { name: "2.5.1" }).waitFor();
  await audit(page);
  await page.getByLabel("Filter by").selectOption("key");
  await shots(page, "logs-add-filter");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("button", { name: "Remove the filter Key: ios-app" }).waitFor();
  assert.match(page.url(), /key=/);
});

story("a time of one's own is in the address, has no news, and a preset takes its place", async ({ page, gateway, sim, owner }) => {
  const made = await owner();
  const shop = await makeShop(made, gateway, sim);
  await shop.send();
  await logged(made, 1);
  await page.goto(gateway.url + "/logs");
  await shown(page, 1);
  await page.getByLabel("Time", { exact: true }).selectOption("custom");
  const dialog = page.getByRole("dialog", { name: "From one moment to another" });
  await dialog.waitFor();
  await audit(page);
  await shots(page, "logs-time");
  await dialog.getByLabel("From").fill("2026-11-20T10:00");
  await dialog.getByLabel("To").fill("2026-11-20T09:00");
  await dialog.getByRole("button", { name: "Show this time" }).click();
  await dialog.getByText("The end must come after the beginning.").waitFor();
  await dialog.getByLabel("To").fill("2026-11-20T12:30");
  await dialog.getByRole("button", { name: "Show this time" }).click();
  await page.waitForURL("**/logs?from=2026-11-20T10:00:00.000Z&to=2026-11-20T12:30:00.000Z");
  await page.getByRole("heading", { name: "No request in this time" }).waitFor();
  assert.ok(await page.getByRole("button", { name: "Paused" }).isDisabled(), "a time with an end has no news");
  await page.getByLabel("Time", { exact: true }).selectOption("7d");
  await page.waitForURL("**/logs?range=7d");
  await shown(page, 1);
  await page.goBack();
  await page.getByRole("heading", { name: "No request in this time" }).waitFor();
});

story("a request opens at an address of its own: attempts with clocks and reasons, tokens, cost, who, headers", async ({ page, gateway, sim, owner }) => {
  const made = await owner();
  const shop = await makeShop(made, gateway, sim);
  await shop.send();
  await shop.script({ "gpt-4o": { next: ["slow=150ms+503"] } });
  const { id } = await shop.send({ seed: 7, logit_bias: { 50256: -100 } });
  await logged(made, 2);

  await page.goto(`${gateway.url}/logs?status=ok`);
  await rows(page).nth(1).waitFor();
  // By keyboard alone: into the list, down and up, open, next, close; the focus is where it was.
  await rows(page).first().getByRole("link").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("k");
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/logs/${id}?status=ok`);
  const drawer = page.getByRole("dialog", { name: "Request" });
  await drawer.getByText("The provider had an error of its own.").waitFor();
  await drawer.getByText("503 server error").waitFor();
  await drawer.getByText("Dropped in translation").waitFor();
  await drawer.getByText("x-maig-served-by").waitFor();
  assert.equal(await drawer.locator(".fall-one").count(), 2);
  await audit(page);
  await shots(page, "request", { height: 1480 });
  await page.keyboard.press("j");
  await page.waitForFunction((id) => !location.pathname.endsWith(id), id);
  await page.keyboard.press("k");
  await page.waitForURL(`**/logs/${id}?status=ok`);
  await drawer.getByRole("button", { name: "Copy the request's id" }).click();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), id);
  await page.keyboard.press("Escape");
  await page.waitForURL("**/logs?status=ok");
  await page.waitForFunction((id) => document.activeElement.id === `log-${id}`, id);

  // Sent to somebody, the address opens the same; what it names leads on.
  await page.goto(`${gateway.url}/logs/${id}`);
  await drawer.getByRole("link", { name: "user-1" }).click();
  await page.waitForURL("**/logs?user=user-1");
  await page.goto(`${gateway.url}/logs/0199a000-0000-7000-8000-000000000000`);
  await drawer.getByRole("alert").waitFor();
  await audit(page);
  await shots(page, "request-missing");

  // One that nobody answered, behind an account that is left alone meanwhile.
  await shop.script({ "gpt-4o": { always: "503" }, "claude-sonnet-4-5": { always: "429+retry-after=2" } });
  const { id: lost } = await shop.send();
  await logged(made, 3);
  await page.goto(`${gateway.url}/logs/${lost}`);
  await drawer.getByText("answered by nobody").waitFor();
  await drawer.getByRole("heading", { name: "Attempts" }).waitFor();
  await audit(page);
  await shots(page, "request-failed", { height: 1480 });
});

story("the live tail never moves the rows under a reader, and can be paused", async ({ page, gateway, sim, owner }) => {
  const made = await owner();
  const shop = await makeShop(made, gateway, sim);
  for (let n = 0; n < 40; n += 1) await shop.send();
  await logged(made, 40);
  await page.goto(gateway.url + "/logs");
  await rows(page).nth(10).waitFor();
  await shop.send({ user: "seen-at-once" });
  await page.waitForFunction(() => document.querySelector(".log-list").getAttribute("aria-rowcount") === "42");

  await page.mouse.move(700, 500);
  await page.mouse.wheel(0, 500);
  await page.waitForTimeout(200);
  const seen = () => page.evaluate(() => document.elementFromPoint(700, 450).closest("[role=row]").getAttribute("aria-rowindex") + document.elementFromPoint(700, 450).closest("[role=row]").getBoundingClientRect().top);
  const before = await seen();
  await shop.send();
  await shop.send();
  await page.getByRole("button", { name: "2 new" }).waitFor();
  await shots(page, "logs-news", { whole: false, widths: [1440] });
  assert.equal(await seen(), before, "a row moved under the reader");
  await page.getByRole("button", { name: "2 new" }).click();
  await page.waitForFunction(() => document.querySelector(".log-list").getAttribute("aria-rowcount") === "44");
  await page.waitForFunction(() => scrollY < 400);

  await page.getByRole("button", { name: "Live" }).click();
  await page.getByRole("button", { name: "Paused" }).waitFor();
  await shop.send();
  await page.waitForTimeout(3000);
  assert.equal(await page.locator(".log-list").getAttribute("aria-rowcount"), "44");
  await page.getByRole("button", { name: "Paused" }).click();
  await page.mouse.move(700, 60);
  await page.waitForFunction(() => document.querySelector(".log-list").getAttribute("aria-rowcount") === "45", null, { timeout: 15_000 });
});

story("what the filter shows is exported as CSV and as JSON", async ({ page, gateway, sim, owner }) => {
  const made = await owner();
  const shop = await makeShop(made, gateway, sim);
  await shop.send();
  const other = await shop.send({ user: "user-2" });
  await logged(made, 2);
  await page.goto(gateway.url + "/logs?user=user-2");
  await rows(page).first().waitFor();
  await page.getByRole("button", { name: "Export what the filter shows" }).click();
  await page.getByRole("menuitem").first().waitFor();
  await audit(page);
  await shots(page, "logs-export");
  await page.keyboard.press("Escape");
  for (const [item, ends] of [["CSV, for a spreadsheet", ".csv"], ["JSON, one request a line", ".jsonl"]]) {
    await page.getByRole("button", { name: "Export what the filter shows" }).click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: item }).click()]);
    assert.ok(download.suggestedFilename().endsWith(ends), download.suggestedFilename());
    const lines = (await readFile(await download.path(), "utf8")).trim().split(/\r?\n/);
    assert.equal(lines.length, ends === ".csv" ? 2 : 1);
    assert.ok(lines.at(-1).includes(other.id));
  }
});

story("a long log in pictures: the list, filtered, and with a row open", async ({ page, gateway, sim, owner }) => {
  const made = await owner();
  await makeShop(made, gateway, sim);
  await fill(gateway, 5_000, 3);
  await page.goto(gateway.url + "/logs");
  await rows(page).nth(5).waitFor();
  await audit(page);
  await shots(page, "logs", { whole: false });
  await page.goto(gateway.url + "/logs?range=7d&fallback=true&version=2.6.0&platform=ios");
  await rows(page).nth(5).waitFor();
  assert.equal(await page.getByText("fallback", { exact: true }).count(), await rows(page).count());
  await audit(page);
  await shots(page, "logs-filtered", { whole: false });
  await rows(page).filter({ has: page.locator(".log-first", { hasText: "ms" }) }).first().getByRole("link").click();
  await page.getByRole("dialog", { name: "Request" }).getByText("until the first token").waitFor();
  await audit(page);
  await shots(page, "logs-open", { whole: false });
}, { env: () => ({ MAIG_MASTER_KEY: KEY }) });

story("under a sub-path a row, its request, the filters, the export and a chart carry the path", async ({ page, gateway, sim, owner }) => {
  const stop = await proxy(gateway);
  try {
    const made = await owner();
    const shop = await makeShop(made, gateway, sim);
    const { id } = await shop.send();
    await logged(made, 1);
    await page.goto(gateway.url + "/logs?user=user-1");
    await shown(page, 1);
    await rows(page).first().getByRole("link").click();
    await page.waitForURL(`${gateway.url}/logs/${id}?user=user-1`);
    await page.getByRole("dialog", { name: "Request" }).getByText("x-maig-served-by").waitFor();
    await page.keyboard.press("Escape");
    await page.waitForURL(`${gateway.url}/logs?user=user-1`);
    await page.getByRole("button", { name: "Clear filters" }).click();
    await page.waitForURL(`${gateway.url}/logs`);
    await page.getByRole("button", { name: "Export what the filter shows" }).click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: "CSV, for a spreadsheet" }).click()]);
    assert.match(await readFile(await download.path(), "utf8"), new RegExp(id));
    await page.goto(gateway.url + "/");
    await page.getByRole("slider", { name: "Requests: values in time" }).press("Enter");
    await page.waitForURL((url) => url.href.startsWith(`${gateway.url}/logs?from=`));
    await shown(page, 1);
  } finally {
    stop();
  }
}, { env: async ({ freePort }) => ({ MAIG_PUBLIC_URL: `http://127.0.0.1:${await freePort()}/maig` }) });
