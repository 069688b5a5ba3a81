// From an empty database to somebody who is signed in, and out and in again.
import assert from "node:assert/strict";
import { audit, shots } from "./look.mjs";
import { OWNER } from "./world.mjs";

story("the link that serve prints makes the owner and leads to the checklist", async ({ page, gateway }) => {
  await page.goto(gateway.url + "/");
  await page.getByRole("heading", { name: "Almost there" }).waitFor();
  await audit(page);
  await shots(page, "almost-there");
  await page.goto(gateway.setupLink);
  await page.getByRole("heading", { name: "Welcome to MAIG" }).waitFor();
  assert.equal(new URL(page.url()).search, "", "the token is still in the address bar");
  await shots(page, "setup");

  // Wrong as one types: told at the field, and nothing is sent.
  await page.getByLabel("E-mail").fill("ana");
  await page.getByRole("textbox", { name: "Password" }).fill("short");
  await page.getByRole("button", { name: "Create the owner" }).click();
  await page.getByText("5 more characters are needed").waitFor();
  assert.equal(await page.getByLabel("E-mail").getAttribute("aria-invalid"), "true");
  await audit(page);
  await shots(page, "setup-faults");

  await page.getByLabel("E-mail").fill(OWNER.email);
  await page.getByRole("textbox", { name: "Password" }).fill(OWNER.password);
  await page.getByLabel("First project").fill("shop");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await page.getByText("0 of 6 steps are done.").waitFor();
  await audit(page);
  await shots(page, "first-visit");
});

story("a wrong password is told at the form, keeps the address, and the right one signs in", async ({ page, gateway, owner }) => {
  await owner();
  await page.getByRole("button", { name: "Theme and sign-out" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in to MAIG" }).waitFor();
  await shots(page, "sign-in");
  await page.getByLabel("E-mail").fill(OWNER.email);
  await page.getByRole("textbox", { name: "Password" }).fill("not the password");
  await page.keyboard.press("Enter");
  await page.getByText("The e-mail address or the password is wrong.").waitFor();
  assert.equal(await page.getByLabel("E-mail").inputValue(), OWNER.email);
  await audit(page);
  await shots(page, "sign-in-wrong");
  await page.getByRole("textbox", { name: "Password" }).fill(OWNER.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await page.goto(gateway.url + "/no-such-page");
  await page.getByRole("heading", { name: "There is no page at this address" }).waitFor();
  await audit(page);
  await shots(page, "not-found");
});
