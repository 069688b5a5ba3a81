// The audit log: read, filtered by the address, paged, and each change opened.
import assert from "node:assert/strict";
import { audit, shots } from "./look.mjs";

const SPEC = (model) => ({ spec: { name: "chat", targets: [{ model }, { model: "claude-sonnet-4-5" }] } });

story("changes are listed, filtered in the address, paged, and read field by field", async ({ page, gateway, owner }) => {
  const ana = await owner();
  await ana.api("PUT", "projects/shop/routes/chat", SPEC("gpt-4o"));
  await ana.api("PUT", "projects/shop/routes/chat", SPEC("gpt-4o-mini"));
  await ana.api("POST", "projects/shop/members", { email: "bob@example.com", role: "viewer" });
  await ana.api("PATCH", "projects/shop", { rate: "600/min" });
  await ana.api("POST", "projects/shop/provider-keys", { name: "main", provider: "simulator" });
  await ana.api("POST", "projects/shop/tokens", { name: "ci", role: "editor" });
  await page.goto(gateway.url + "/settings/audit");
  await page.getByText("Made the project", { exact: true }).waitFor();
  await shots(page, "settings-audit");
  for (let n = 0; n < 50; n += 1) await ana.api("PATCH", "projects/shop", { monthly_requests: 1000 + n });
  await page.reload();
  const rows = page.getByRole("region", { name: "Audit log" }).getByRole("row");
  await rows.nth(50).waitFor();
  await audit(page);
  await page.getByRole("button", { name: "Older" }).click();
  await page.getByText("Made the project", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Newer" }).click();
  await page.getByText("Made the project", { exact: true }).waitFor({ state: "hidden" });

  await page.getByLabel("What was changed").selectOption("route");
  await page.waitForURL("**/settings/audit?kind=route");
  await page.getByText("Changed the project").first().waitFor({ state: "hidden" });
  assert.equal(await rows.count(), 3, "two changes and the head");
  await page.reload();
  await rows.nth(2).waitFor();
  await page.getByLabel("What was changed").selectOption("");
  await rows.nth(50).waitFor();

  await page.getByLabel("What was changed").selectOption("route");
  await rows.nth(2).waitFor();
  await page.getByRole("link", { name: "Saved the route" }).first().click();
  const drawer = page.getByRole("dialog");
  const line = drawer.getByRole("row", { name: /targets\[0\]\.model/ });
  await line.getByText("gpt-4o", { exact: true }).waitFor();
  await line.getByText("gpt-4o-mini").waitFor();
  await audit(page);
  await shots(page, "settings-audit-change");
  await drawer.getByRole("link", { name: "ana@example.com" }).click();
  await page.getByRole("button", { name: "Remove the filter By: ana@example.com" }).waitFor();
  assert.equal(new URL(page.url()).search, "?kind=route&by=ana%40example.com");
  await page.getByRole("button", { name: "Remove the filter By: ana@example.com" }).click();
  await page.waitForURL("**/settings/audit?kind=route");
  // A link to one change opens it wherever the list is by now; one that leads nowhere says so.
  const { data } = await ana.api("GET", "projects/shop/audit?action=project.create");
  await page.goto(`${gateway.url}/settings/audit?entry=${data[0].id}`);
  await drawer.getByText("Made the project").waitFor();
  assert.equal(await page.getByRole("region", { name: "Audit log" }).getByText("Made the project").count(), 0, "it is on the first page, so this proves nothing");
  await page.goto(gateway.url + "/settings/audit?entry=no-such-change");
  await drawer.getByRole("heading", { name: "No such change" }).waitFor();
  await page.goto(gateway.url + "/settings/audit?by=nobody");
  await page.getByRole("heading", { name: "No change is like that" }).waitFor();
  await audit(page);
  await shots(page, "settings-audit-empty");
});
