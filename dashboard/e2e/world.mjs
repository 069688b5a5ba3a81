// One gateway for one story: the debug binary with a throw-away folder, a scripted provider beside it, and a browser
// with empty storage. Whatever a page asks for, logs or breaks is kept, and judged when the story ends.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer as createProxy, request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const target = process.env.MAIG_TARGET_DIR ?? "target";
export const OWNER = { email: "ana@example.com", password: "correct horse battery" };

/** A port that nobody has now. */
export const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** Starts a program; resolves with what `ready` finds in its output. */
async function start(program, args, env, ready) {
  const child = spawn(join(target, "debug", program), args, { env: { PATH: process.env.PATH, ...env } });
  let said = "";
  const found = new Promise((resolve, reject) => {
    const hear = (chunk) => {
      said += chunk;
      const match = ready.exec(said);
      if (match) resolve(match);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${program} ended with ${code}:\n${said}`)));
    setTimeout(() => reject(new Error(`${program} is not ready after 30 s:\n${said}`)), 30_000).unref();
  });
  const stop = () =>
    new Promise((resolve) => {
      if (child.exitCode !== null) return resolve();
      child.once("exit", resolve);
      child.kill("SIGKILL");
    });
  try {
    return { match: await found, stop, said: () => said };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The scripted provider; `sim.base` (`+ "/v1"` for OpenAI's wire) is what a provider key points at. */
export async function startSim() {
  const port = await freePort();
  const sim = await start("maig-sim", ["--listen", `127.0.0.1:${port}`], {}, new RegExp(`127\\.0\\.0\\.1:${port}`));
  const base = `http://127.0.0.1:${port}`;
  return {
    base,
    stop: sim.stop,
    /** `sim.script("gpt-4o", { always: "503" })`: how the model fares from now on; crates/sim/README.md has the words. */
    async script(model, faults) {
      await fetch(`${base}/_sim/script`, { method: "PUT", body: JSON.stringify({ [model]: faults }) });
    },
  };
}

/** A fresh gateway. `setupLink` is what it printed; `restart` stops it and starts it again on the same port and folder. */
export async function startGateway(extra = {}) {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "maig-e2e-"));
  const env = { MAIG_LISTEN: `127.0.0.1:${port}`, MAIG_DATA_DIR: folder, MAIG_DRAIN_S: "1", MAIG_LOG_FORMAT: "json", ...extra };
  let running = await start("maig", ["serve"], env, /maig is ready/);
  const gateway = {
    url: extra.MAIG_PUBLIC_URL ?? `http://127.0.0.1:${port}`,
    origin: `http://127.0.0.1:${port}`,
    /** Its data: the database is `maig.db` in it. */
    folder,
    setupLink: /\S+\/setup\?token=\S+/.exec(running.said())?.[0],
    said: () => running.said(),
    stop: () => running.stop(),
    async startAgain() {
      running = await start("maig", ["serve"], env, /maig is ready/);
    },
    async end() {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return gateway;
}

/** A reverse proxy that has the gateway under the path of its public URL and strips it, as the README says; gives its end. */
export async function proxy(gateway) {
  const { port, pathname } = new URL(gateway.url);
  const server = createProxy((incoming, answer) => {
    if (!incoming.url.startsWith(`${pathname}/`)) return answer.writeHead(404).end();
    const out = request(gateway.origin + incoming.url.slice(pathname.length), { method: incoming.method, headers: incoming.headers }, (back) => {
      answer.writeHead(back.statusCode, back.headers);
      back.pipe(answer);
    });
    out.on("error", () => answer.writeHead(502).end());
    incoming.pipe(out);
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return () => {
    server.closeAllConnections();
    server.close();
  };
}

/** Calls the admin API; `headers` say who does. */
const caller =
  (gateway, headers = {}) =>
  async (method, path, body) => {
    const answer = await fetch(`${gateway.origin}/api/v1/${path}`, {
      method,
      // As a browser says who it is, which the list of sessions shows.
      headers: { "content-type": "application/json", "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0 Safari/537.36", ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return { answer, json: text ? JSON.parse(text) : undefined };
  };

/** Who got such an answer is signed in: calls the admin API as that person, for what a story needs before it begins. */
function person(gateway, { answer, json }) {
  const cookie = answer.headers.get("set-cookie").split(";")[0];
  const call = caller(gateway, { cookie, "x-csrf-token": json.csrf_token });
  return {
    project: "shop",
    cookie,
    /** `await owner.api("PUT", "projects/shop/routes/chat", {spec})` */
    api: async (method, path, body) => (await call(method, path, body)).json,
    /** Puts the session into the browser, as if one had signed in there. */
    async signIn(page) {
      const [name, value] = cookie.split("=");
      await page.context().addCookies([{ name, value, url: gateway.origin, httpOnly: true, sameSite: "Lax" }]);
      await page.goto(gateway.url + "/");
    },
  };
}

/** The owner of a fresh gateway. */
export async function makeOwner(gateway) {
  const token = new URL(gateway.setupLink).searchParams.get("token");
  const owner = person(gateway, await caller(gateway)("POST", "setup", { token, ...OWNER, project: "shop" }));
  return {
    ...OWNER,
    ...owner,
    /** Somebody else of the project: `const vic = await owner.colleague("viewer"); await vic.signIn(page)` */
    async colleague(role) {
      const login = { email: `${role}@example.com`, password: OWNER.password };
      await owner.api("POST", "projects/shop/members", { ...login, role });
      return { ...login, ...person(gateway, await caller(gateway)("POST", "session", login)) };
    },
  };
}
