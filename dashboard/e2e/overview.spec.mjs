// The first page's figures, and usage: what was sent is counted, against before, and leads into the log.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { audit, shots } from "./look.mjs";
import { KEY, fill, logged, makeShop } from "./traffic.mjs";

story("the overview counts what was sent, says what needs attention, and its figures lead into the log", async ({ page, gateway, sim, owner }) => {
  const made = await owner();
  const shop = await makeShop(made, gateway, sim);
  for (let n = 0; n < 6; n += 1) await shop.send({ stream: n % 2 === 0 });
  await shop.script({ "gpt-4o": { always: "503" } });
  for (let n = 0; n < 4; n += 1) await shop.send();
  await logged(made, 10);
  await page.goto(gateway.url + "/");
  const figure = (name) => page.locator(".figure", { hasText: name });
  await figure("Requests").getByText("10", { exact: true }).waitFor();
  await figure("Fallback share").getByText("40 %").waitFor();
  await figure("Errors").getByText("0 %").waitFor();
  // Three failures in a row opened the breaker.
  await page.getByRole("heading", { name: "Needs attention" }).waitFor();
  await page.getByText("openai/gpt-4o is left alone").waitFor();
  await page.getByRole("heading", { name: "Provider health" }).waitFor();
  await audit(page);
  await shots(page, "overview-attention");
  await figure("Fallback share").getByRole("link").click();
  await page.waitForURL("**/logs?fallback=true");
  await page.waitForFunction(() => document.querySelectorAll("#log-rows [role=row]").length === 4);
});

story("a week of traffic: figures against the week before, charts by keyboard and as tables, usage by each group", async ({ page, gateway, sim, owner }) => {
  const made = await owner();
  await makeShop(made, gateway, sim);
  await made.api("POST", "projects/shop/keys", { name: "android-app" });
  await fill(gateway, 30_000, 14);
  await page.goto(gateway.url + "/?range=7d");
  await page.getByText("against the time before").first().waitFor({ state: "attached" });
  assert.equal(await page.locator(".figure").count(), 6);
  await page.getByText(/^p99/).first().waitFor();

  // The crosshair is a slider: it says the values of a step.
  const slider = page.getByRole("slider", { name: "Requests: values in time" });
  await slider.focus();
  const last = await slider.getAttribute("aria-valuetext");
  assert.match(last, /answered [\d,]+, by a fallback/);
  await page.keyboard.press("ArrowLeft");
  assert.notEqual(await slider.getAttribute("aria-valuetext"), last);
  await page.locator(".plot-tip").waitFor();
  await audit(page);
  await shots(page, "overview-crosshair");
  await slider.blur();
  await page.getByText("Show as a table: Requests").click();
  const cells = page.getByRole("region", { name: "Requests as a table" }).getByRole("row");
  // A head, and a row for each day.
  await cells.nth(7).waitFor();
  await audit(page);
  await shots(page, "overview-table");
  await page.getByText("Show as a table: Requests").click();
  // A step of a chart leads to its requests.
  await slider.focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/logs\?from=[\dTZ:.-]+&to=[\dTZ:.-]+$/);
  await page.locator("#log-rows [role=row]").first().waitFor();
  await page.evaluate(() => localStorage.setItem("maig.checklist-away.shop", "yes"));
  await page.goto(gateway.url + "/?range=24h");
  await page.locator(".plot-picture path").first().waitFor({ state: "attached" });
  await audit(page);
  await shots(page, "overview");

  await page.goto(gateway.url + "/usage?range=7d");
  const line = (name) => page.getByRole("row").filter({ hasText: name });
  await line("production-chat").first().waitFor();
  await audit(page);
  await shots(page, "usage");
  const measure = (name) => page.getByRole("group", { name: "Measure" }).getByRole("button", { name, exact: true }).click();
  for (const [group, name] of [["Model", "openai/gpt-4o"], ["Project key", "android-app"], ["End user", "user-0"], ["App version", "2.5.1"], ["Platform", "android"], ["Route", "summarize"]]) {
    await page.getByRole("group", { name: "Group by" }).getByRole("button", { name: group }).click();
    await line(name).first().waitFor();
    await audit(page);
    if (group !== "Route") await shots(page, `usage-by-${group.toLowerCase().replace(" ", "-")}`);
  }
  for (const [name, param, head] of [["Errors", "errors", "Share of errors"], ["Fallbacks", "fallback", "Share of fallbacks"], ["Latency", "latency", "Latency, p95"], ["First token", "first_token", "First token, p95"], ["Tokens", "tokens", "Share of tokens"], ["Spend", "spend", "Share of spend"]]) {
    await measure(name);
    await page.getByRole("columnheader", { name: head, exact: true }).waitFor();
    assert.equal(new URL(page.url()).searchParams.get("show"), param);
    if (name === "Latency") {
      await audit(page);
      await shots(page, "usage-latency");
    }
  }
  await page.getByText("Spend leaves out").waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "CSV" }).click()]);
  const csv = await readFile(await download.path(), "utf8");
  assert.match(csv, /^route,requests,/);
  assert.match(csv, /production-chat,\d+/);
  await line("summarize").first().getByRole("link").click();
  await page.waitForURL("**/logs?range=7d&route=summarize");
  await page.locator("#log-rows [role=row]").first().waitFor();
}, { env: () => ({ MAIG_MASTER_KEY: KEY }) });

story("nothing used yet says so and leads on", async ({ page, gateway, owner }) => {
  await owner();
  await page.goto(gateway.url + "/usage");
  await page.getByRole("heading", { name: "Nothing was used in this time" }).waitFor();
  await audit(page);
  await shots(page, "usage-empty");
});
