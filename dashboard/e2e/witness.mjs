// What a page did while a story ran: no error on the console, nothing against the policy, no request that the API does
// not describe. It must never forgive anything in silence: what is expected is listed here or said by the story.
import { mkdirSync } from "node:fs";
import { join } from "node:path";

const screens = join(process.env.MAIG_TARGET_DIR ?? "target", "dashboard", "screens");
// A browser writes every refused request to the console; the page shows it, so it is no error there.
const REFUSED = /^Failed to load resource: the server responded with a status of 4\d\d/;

export class Witness {
  faults = [];
  expected = [];

  static async of(page, gateway) {
    const witness = new Witness();
    witness.page = page;
    const base = new URL(gateway.url).pathname.replace(/\/$/, "");
    const document = await (await fetch(`${gateway.origin}/api/openapi.json`)).json();
    const described = Object.keys(document.paths).map(
      (path) => new RegExp(`^${path.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{[^}]+\}/g, "[^/]+")}$`),
    );
    page.on("console", (message) => {
      if (message.type() === "error" && !REFUSED.test(message.text())) witness.note(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => witness.note(`error: ${error.message}`));
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol === "data:" || url.protocol === "blob:") return;
      const path = url.pathname.startsWith(base) ? url.pathname.slice(base.length) : url.pathname;
      const api = path.startsWith("/api") || path.startsWith("/v1");
      const known = api ? path === "/api/openapi.json" || described.some((one) => one.test(path)) : request.isNavigationRequest() || /^\/assets\/[a-z]+-[0-9a-f]{12}\.(js|css|wasm|svg)$/.test(path);
      if (!known || url.origin !== new URL(gateway.url).origin) witness.note(`${request.method()} ${request.url()}: described nowhere`);
    });
    await page.addInitScript(() => {
      addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
    });
    return witness;
  }

  note(fault) {
    if (!this.expected.some((pattern) => pattern.test(fault))) this.faults.push(fault);
  }

  /** From here on such a fault is what the story is about. */
  expect(pattern) {
    this.expected.push(pattern);
  }

  verdict() {
    if (this.faults.length > 0) throw new Error([...new Set(this.faults)].join("\n"));
  }

  async picture(name) {
    mkdirSync(screens, { recursive: true });
    const path = join(screens, `${name}.png`);
    await this.page.screenshot({ path }).catch(() => {});
    return `          seen: ${path}; faults: ${this.faults.join(" | ") || "none"}`;
  }
}
