// The project: its name, limits, suspension and end, another one beside it, and how long its log is kept.
import assert from "node:assert/strict";
import { audit, shots } from "./look.mjs";

const panel = (page, name) => page.locator("section").filter({ has: page.getByRole("heading", { name, exact: true }) });

story("limits are checked as one types, saved, and the second of two editors is shown what the first has stored", async ({ page, gateway, owner }) => {
  const ana = await owner();
  await page.goto(gateway.url + "/settings/project");
  const limits = panel(page, "Limits");
  await limits.getByLabel("Rate").fill("fast");
  await limits.getByLabel("In a calendar month").fill("0");
  await limits.getByRole("button", { name: "Save limits" }).click();
  await limits.getByText("not a rate; write a whole number above 0 and a unit").waitFor();
  await limits.getByText("Write a whole number above 0, or nothing for no limit.").waitFor();
  await audit(page);
  await limits.getByLabel("Rate").fill("600/min");
  await limits.getByLabel("In a calendar month").fill("50000");
  await ana.api("PATCH", "projects/shop", { rate: "5/s" });
  await limits.getByRole("button", { name: "Save limits" }).click();
  await limits.getByText("It was changed meanwhile").waitFor();
  await limits.getByText("5/s, no limit in a month").waitFor();
  assert.equal(await limits.getByLabel("Rate").inputValue(), "600/min", "what was typed is kept");
  await audit(page);
  await shots(page, "settings-project-stale");
  await limits.getByRole("button", { name: "Save limits" }).click();
  await page.getByText("The limits are saved").waitFor();
  const { limits: stored } = await ana.api("GET", "projects/shop");
  assert.deepEqual(stored, { rate: "600/min", monthly_requests: 50000 });
});

story("a project is suspended, resumed, renamed and deleted, and another one made beside it", async ({ page, gateway, owner }) => {
  const ana = await owner();
  await page.goto(gateway.url + "/settings/project");
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "Suspend", exact: true }).click();
  await dialog.getByText("Apps get 402").waitFor();
  await audit(page);
  await shots(page, "settings-suspend");
  await dialog.getByRole("button", { name: "Suspend" }).click();
  await page.getByText("Suspended: no app is served").waitFor();
  assert.equal((await ana.api("GET", "projects/shop")).suspended, true);
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByText("Served", { exact: true }).waitFor();
  await audit(page);
  await shots(page, "settings-project");

  const name = panel(page, "Name");
  await name.getByLabel("Name").fill("my shop");
  await name.getByRole("button", { name: "Rename" }).click();
  await name.getByText("cannot be a name").waitFor();
  await name.getByLabel("Name").fill("store");
  await name.getByRole("button", { name: "Rename" }).click();
  await page.getByRole("button", { name: "store Choose another project" }).waitFor();

  const another = panel(page, "Another project");
  await another.getByLabel("Name of the new project").fill("store");
  await another.getByRole("button", { name: "Create project" }).click();
  await another.getByText("There is already a project named store; choose another name.").waitFor();
  await another.getByLabel("Name of the new project").fill("blog");
  await another.getByRole("button", { name: "Create project" }).click();
  const choose = page.getByRole("button", { name: "blog Choose another project" });
  await choose.waitFor();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await choose.click();
  await page.getByRole("menuitemradio", { name: "store" }).click();
  await page.getByRole("button", { name: "store Choose another project" }).waitFor();

  await page.goto(gateway.url + "/settings/project");
  await page.getByRole("button", { name: "Delete project" }).click();
  assert.ok(await dialog.getByRole("button", { name: "Delete project" }).isDisabled());
  await dialog.getByLabel("Type store to go on").fill("store");
  await audit(page);
  await shots(page, "settings-delete");
  await dialog.getByRole("button", { name: "Delete project" }).click();
  await choose.waitFor();
  await page.getByText("store is deleted").waitFor();
});

story("how long the log is kept is said, checked, and warned of where it deletes", async ({ page, gateway, owner }) => {
  const ana = await owner();
  await page.goto(gateway.url + "/settings/privacy");
  const days = page.getByLabel("Keep requests for");
  await days.fill("5000");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Keep the log for 1 to 3650 days.").waitFor();
  await days.fill("7");
  await page.getByText("what is older is deleted within ten minutes of saving").waitFor();
  await audit(page);
  await shots(page, "settings-privacy");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("The log is kept for 7 days").waitFor();
  assert.equal((await ana.api("GET", "projects/shop")).log_retention_days, 7);
  await days.fill("");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("The log is kept for 30 days, as the gateway says").waitFor();
});
