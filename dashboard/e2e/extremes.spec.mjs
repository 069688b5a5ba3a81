// What is as long or as large as it may be keeps to its place, narrow and wide: names, messages, figures, durations.
import { audit, shots } from "./look.mjs";
import { logged, makeShop, shown } from "./traffic.mjs";

const ROUTE = "production-chat-of-the-holiday-season-with-a-rather-long-name";
const EMAIL = "maximiliane.von-und-zu-hohenstein-oberwiesenthal@engineering.example.com";
const USER = "auth0|65f1c2d3e4a5b6c7d8e9f0a1-customer-of-the-android-tablet-edition";
const MESSAGE = "Rate limit reached for gpt-4o in organization org-4711 on tokens per min (TPM): limit 30,000,000, used 29,871,204, requested 182,331. Please try again in 107ms. Visit the account page to learn more about it.";

/** The sums of an app with 1,234,567 requests and $12,345.67 in place of those that were counted. */
function grown(report) {
  const factor = 1_234_567 / Math.max(report.totals.requests, 1);
  const walk = (node) => {
    if (node === null || typeof node !== "object") return node;
    if (Array.isArray(node)) return node.map(walk);
    const out = Object.fromEntries(Object.entries(node).map(([name, value]) => [name, walk(value)]));
    if (typeof out.cost_nano_usd !== "number") return out;
    for (const name of ["requests", "errors", "fallbacks", "unpriced"]) out[name] = Math.round(out[name] * factor);
    for (const name of ["prompt_tokens", "cached_tokens", "completion_tokens", "reasoning_tokens"]) out[name] = Math.round(out[name] * factor * 1000);
    return { ...out, cost_nano_usd: Math.round((out.requests / 1_234_567) * 12_345.67e9), p50_ms: 640, p95_ms: 59_940, p99_ms: 7_384_000 };
  };
  return walk(report);
}

story("names, messages and figures as large as they may be keep to their places", async ({ page, gateway, sim, owner }) => {
  const ana = await owner();
  const shop = await makeShop(ana, gateway, sim);
  const account = "openai-account-of-the-european-subsidiary-for-batch-and-chat";
  await ana.api("POST", "projects/shop/provider-keys", { name: account, provider: "openai", api_key: "bad-key-of-last-year", base_url: "https://a-rather-long-name-of-a-proxy.internal.example.com/openai/v1" });
  await ana.api("PUT", `projects/shop/routes/${ROUTE}`, { spec: { name: ROUTE, targets: [{ model: "openai/gpt-4o" }, { model: "anthropic/claude-sonnet-4-5" }, { model: `openai/ft:gpt-4o-mini-2024-07-18:a-rather-long-organisation:${"suffix-".repeat(4)}:AbCdEfGh` }] } });
  await ana.api("PUT", `projects/shop/routes/${ROUTE}/force-fallback`, { on: true, until: new Date(Date.now() + 40 * 3_600_000).toISOString() });
  await ana.api("POST", "projects/shop/keys", { name: "ios-app-of-the-holiday-season-with-a-rather-long-name-2026-11", routes: [ROUTE, "production-chat", "summarize"], rate: "600/min", per_user: "60/hour", monthly_requests: 1_234_567_890, bundle_ids: ["com.example.a-rather-long-name.of.an.app.of.the.holiday.season"] });
  await ana.api("POST", "projects/shop/members", { email: EMAIL, role: "admin" });
  await shop.script({ "claude-sonnet-4-5": { always: "429" } });
  for (let n = 0; n < 3; n += 1) await shop.send();
  const { id } = await shop.send({ route: ROUTE, user: USER, version: "2026.11.21-rc.1+build.20261121", stream: true });
  await logged(ana, 4);
  await page.route("**/api/v1/projects/shop/usage*", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: grown(await answer.json()) });
  });
  await page.route(`**/api/v1/projects/shop/logs/${id}`, async (route) => {
    const answer = await route.fetch();
    const detail = await answer.json();
    detail.duration_ms = 7_384_000;
    Object.assign(detail.attempt_log[0], { message: MESSAGE, ms: 7_383_000 });
    await route.fulfill({ response: answer, json: detail });
  });
  await page.evaluate(() => localStorage.setItem("maig.checklist-away.shop", "yes"));

  const look = async (name, path, ready, options) => {
    await page.goto(gateway.url + path);
    await ready();
    await audit(page);
    await shots(page, `long-${name}`, options);
  };
  const text = (words) => () => page.getByText(words).first().waitFor();
  await look("overview", "/", text("1,234,567"));
  await look("usage", "/usage", text("$12,345.67"));
  await look("usage-by-end-user", "/usage?group=user", text("1,234,567"));
  await look("routes", "/routes", () => page.getByRole("link", { name: ROUTE }).last().waitFor());
  await look("route", `/routes/${ROUTE}`, () => page.getByRole("heading", { name: ROUTE, level: 1 }).waitFor());
  await look("provider-keys", "/provider-keys", text(account));
  await look("project-keys", "/project-keys", text("1,234,567,890"));
  await look("logs", `/logs?route=${ROUTE}&user=${encodeURIComponent(USER)}`, () => shown(page, 1));
  await look("request", `/logs/${id}`, text(MESSAGE), { height: 1480 });
  await look("members", "/settings/members", text(EMAIL));
  await look("audit", "/settings/audit", text(ROUTE));
});
