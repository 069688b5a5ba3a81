// People of a project: inviting, coming by the link, roles, and the last owner who stays.
import assert from "node:assert/strict";
import { audit, shots } from "./look.mjs";
import { totp } from "./totp.mjs";

story("somebody is invited, comes by the link, is given another role and removed", async ({ page, gateway, owner, browser }) => {
  await owner();
  await page.goto(gateway.url + "/settings/members");
  await page.getByRole("button", { name: "Invite" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("E-mail").fill("bob");
  await dialog.getByRole("button", { name: "Invite" }).click();
  await dialog.getByText("Enter an e-mail address").waitFor();
  await dialog.getByLabel("E-mail").fill("ana@example.com");
  await dialog.getByRole("button", { name: "Invite" }).click();
  await dialog.getByText("ana@example.com is a member already; change the role.").waitFor();
  assert.equal(await dialog.getByLabel("E-mail").inputValue(), "ana@example.com");
  await dialog.getByLabel("E-mail").fill("bob@example.com");
  await dialog.getByText("is a member already").waitFor({ state: "hidden" });
  await dialog.getByRole("radio", { name: /^admin/ }).check();
  await audit(page);
  await shots(page, "settings-invite");
  await dialog.getByRole("button", { name: "Invite" }).click();
  await dialog.getByText("It sets their first password and works once").waitFor();
  const link = await dialog.locator(".code-text").innerText();
  await audit(page);
  await shots(page, "settings-invitation-link");
  await dialog.getByRole("button", { name: "Done" }).click();
  const bob = page.getByRole("row", { name: /bob@example\.com/ });
  await bob.getByText("invited").waitFor();

  // A new link: the first one works no more.
  await bob.getByRole("button", { name: "More for bob@example.com" }).click();
  await page.getByRole("menuitem", { name: "New invitation link" }).click();
  await dialog.getByText("It sets their first password and works once").waitFor();
  const again = await dialog.locator(".code-text").innerText();
  assert.notEqual(again, link);
  await dialog.getByRole("button", { name: "Done" }).click();

  // Opened where somebody is signed in, it is kept for whom it is meant.
  await page.goto(again);
  await page.getByRole("heading", { name: "This link is for somebody else" }).waitFor();
  await audit(page);
  await shots(page, "link-signed-in");
  await page.getByRole("button", { name: "Stay" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await page.goto(gateway.url + "/settings/members");

  const his = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" });
  his.setDefaultTimeout(15_000);
  const there = await his.newPage();
  await there.goto(link);
  await there.getByText("The link is used up or over.").waitFor();
  await audit(there);
  await shots(there, "link-over");
  await there.goto(again);
  await there.getByRole("heading", { name: "Welcome to MAIG" }).waitFor();
  await there.getByText("bob@example.com").waitFor();
  await audit(there);
  await shots(there, "invited");
  await there.getByRole("textbox", { name: "Password" }).fill("bob has a long one");
  await there.keyboard.press("Enter");
  await there.getByRole("heading", { name: "Overview" }).waitFor();

  await page.reload();
  await bob.getByText("invited").waitFor({ state: "hidden" });
  await audit(page);
  await shots(page, "settings-members");
  await bob.getByRole("button", { name: "More for bob@example.com" }).click();
  await page.getByRole("menuitem", { name: "Change the role" }).click();
  await dialog.getByRole("radio", { name: /^viewer/ }).check();
  await dialog.getByRole("button", { name: "Change the role" }).click();
  await bob.getByText("viewer").waitFor();
  await bob.getByRole("button", { name: "More for bob@example.com" }).click();
  await page.getByRole("menuitem", { name: "Remove" }).click();
  await dialog.getByText("no longer sees or changes shop").waitFor();
  await audit(page);
  await shots(page, "settings-member-remove");
  await dialog.getByRole("button", { name: "Remove" }).click();
  await bob.waitFor({ state: "hidden" });
  await there.reload();
  await there.getByRole("heading", { name: "No project yet" }).waitFor();
  await audit(there);
  await shots(there, "no-project");
  await his.close();
});

story("the last owner cannot go, and is told in the gateway's words", async ({ page, gateway, owner }) => {
  await owner();
  await page.goto(gateway.url + "/settings/members");
  const more = page.getByRole("button", { name: "More for ana@example.com" });
  const dialog = page.getByRole("dialog");
  await more.click();
  await page.getByRole("menuitem", { name: "Leave the project" }).click();
  await dialog.getByRole("button", { name: "Remove" }).click();
  await dialog.getByText("A project's last owner stays; make someone else owner first.").waitFor();
  await audit(page);
  await shots(page, "settings-last-owner");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await more.click();
  await page.getByRole("menuitem", { name: "Change the role" }).click();
  await dialog.getByRole("radio", { name: /^editor/ }).check();
  await dialog.getByRole("button", { name: "Change the role" }).click();
  await dialog.getByText("A project's last owner stays; make someone else owner first.").waitFor();
  assert.ok(await dialog.getByRole("radio", { name: /^editor/ }).isChecked(), "what was chosen is kept");
});

story("an owner takes the second factor of somebody whose phone is lost away", async ({ page, gateway, owner }) => {
  const ana = await owner();
  const bob = { email: "bob@example.com", password: "bob has a long one" };
  await ana.api("POST", "projects/shop/members", { ...bob, role: "editor" });
  const ask = (path, body, headers) =>
    fetch(`${gateway.origin}/api/v1/session${path}`, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });
  const signedIn = await ask("", bob);
  const headers = { cookie: signedIn.headers.get("set-cookie").split(";")[0], "x-csrf-token": (await signedIn.json()).csrf_token };
  const { secret } = await (await ask("/second-factor", { password: bob.password }, headers)).json();
  assert.equal((await ask("/second-factor/confirm", { code: totp(secret) }, headers)).status, 200);
  assert.equal((await ask("", bob)).status, 401);
  await page.goto(gateway.url + "/settings/members");
  await page.getByRole("button", { name: "More for bob@example.com" }).click();
  await page.getByRole("menuitem", { name: "Take the second factor away" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("For somebody whose phone is lost.").waitFor();
  await audit(page);
  await shots(page, "settings-factor-away");
  await dialog.getByRole("button", { name: "Take it away" }).click();
  await page.getByText("bob@example.com signs in without a second factor").waitFor();
  assert.equal((await ask("", bob)).status, 200);
});
