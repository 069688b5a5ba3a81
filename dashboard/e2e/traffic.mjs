// Traffic for stories about the log: accounts at the scripted provider, two routes, a key, and requests of all kinds.
import { spawn } from "node:child_process";
import { join } from "node:path";

const target = process.env.MAIG_TARGET_DIR ?? "target";

/** Accounts, the routes `production-chat` and `summarize`, and a project key; `send` asks as an app does. */
export async function makeShop(owner, gateway, sim) {
  await owner.api("POST", "projects/shop/provider-keys", { name: "openai-main", provider: "openai", api_key: "sk-test-1234567890", base_url: `${sim.base}/v1` });
  await owner.api("POST", "projects/shop/provider-keys", { name: "anthropic-main", provider: "anthropic", api_key: "sk-ant-test-1234567890", base_url: sim.base });
  const route = (name, first, second) => owner.api("PUT", `projects/shop/routes/${name}`, { spec: { name, targets: [{ model: first }, { model: second }] } });
  await route("production-chat", "openai/gpt-4o", "anthropic/claude-sonnet-4-5");
  await route("summarize", "openai/gpt-4o-mini", "openai/gpt-4o");
  const key = await owner.api("POST", "projects/shop/keys", { name: "ios-app" });
  await known(gateway, key.key);
  return {
    key,
    /** The next faults of a model, word by word: `await script({ "gpt-4o": { next: ["503", "ok"] } })`. */
    async script(faults) {
      const answer = await fetch(`${sim.base}/_sim/script`, { method: "PUT", body: JSON.stringify(faults) });
      if (!answer.ok) throw new Error(`script: ${answer.status} ${await answer.text()}`);
    },
    /** Sends one request and reads its whole answer; gives its status and id. */
    async send({ route = "production-chat", user = "user-1", version = "2.6.0", platform = "ios", ...body } = {}) {
      const answer = await fetch(`${gateway.origin}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${key.key}`, "x-maig-user": user, "x-maig-app-version": version, "x-maig-platform": platform },
        body: JSON.stringify({ model: route, messages: [{ role: "user", content: "Say hello." }], ...body }),
      });
      const text = await answer.text();
      if (answer.status === 401 || answer.status === 404) throw new Error(`the shop is not there: ${answer.status} ${text}`);
      return { status: answer.status, id: answer.headers.get("x-maig-request-id") };
    },
  };
}

/** Waits until the gateway serves the key: it takes a change in a moment after the admin API has answered. */
async function known(gateway, key) {
  for (let look = 0; look < 100; look += 1) {
    const answer = await fetch(`${gateway.origin}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
    if (answer.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("the gateway never took the key");
}

/** Waits until the log holds so many requests: it is written a moment after the answer. */
export async function logged(owner, count) {
  for (let look = 0; look < 100; look += 1) {
    const page = await owner.api("GET", "projects/shop/logs?limit=200");
    if (page.data.length >= count) return page.data;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the log never held ${count} requests`);
}

/** The rows of the log that are drawn. */
export const rows = (page) => page.locator("#log-rows [role=row]");

/** Waits until so many are. */
export const shown = (page, count) => page.waitForFunction((count) => document.querySelectorAll("#log-rows [role=row]").length === count, count);

/** A master key for a gateway whose log is filled from beside it. */
export const KEY = Buffer.alloc(32, 7).toString("base64");

/** Writes so many believable requests of the last days into the gateway's database. */
export function fill(gateway, rows, days) {
  return new Promise((resolve, reject) => {
    const url = `sqlite:${join(gateway.folder, "maig.db")}`;
    const child = spawn(join(target, "debug/examples/fill_log"), [url, "shop", String(rows), String(days)], { env: { MAIG_MASTER_KEY: KEY }, stdio: ["ignore", "ignore", "inherit"] });
    child.once("error", reject);
    child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`fill_log ended with ${code}`))));
  });
}
