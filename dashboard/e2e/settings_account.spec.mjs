// One's own login: a new password, a second factor, and where one is signed in.
import assert from "node:assert/strict";
import { audit, shots } from "./look.mjs";
import { totp } from "./totp.mjs";
import { OWNER } from "./world.mjs";

const another = (gateway) =>
  fetch(`${gateway.origin}/api/v1/session`, {
    method: "POST",
    headers: { "content-type": "application/json", "user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Mobile/15E148 Safari/604.1" },
    body: JSON.stringify({ email: OWNER.email, password: OWNER.password }),
  });

story("a new password is checked as one types, refused in the server's words, and signs out every other browser", async ({ page, gateway, owner }) => {
  await owner();
  assert.equal((await another(gateway)).status, 200);
  await page.getByRole("link", { name: "Settings" }).click();
  await page.waitForURL("**/settings/account");
  await page.getByRole("row", { name: /Safari on iPhone/ }).waitFor();
  await audit(page);
  await shots(page, "settings-account");
  const [current, fresh] = [page.getByRole("textbox", { name: "Current password" }), page.getByRole("textbox", { name: "New password" })];
  await current.fill("not the password");
  await fresh.fill("short");
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByText("5 more characters are needed").waitFor();
  await fresh.fill("a quite different one");
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByText("The password is wrong.").waitFor();
  assert.equal(await current.getAttribute("aria-invalid"), "true");
  assert.equal(await fresh.inputValue(), "a quite different one");
  await audit(page);
  await current.fill(OWNER.password);
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByText("Your password is changed").waitFor();
  await page.getByRole("row", { name: /Safari on iPhone/ }).waitFor({ state: "hidden" });
  assert.equal(await current.inputValue(), "", "the form is empty again");
  assert.equal((await another(gateway)).status, 401);
});

story("a browser is signed out from the list, and then all others", async ({ page, gateway, owner }) => {
  await owner();
  for (let n = 0; n < 3; n += 1) await another(gateway);
  await page.goto(gateway.url + "/settings/account");
  const phones = page.getByRole("row", { name: /Safari on iPhone/ });
  await phones.nth(2).waitFor();
  await phones.first().getByRole("button", { name: "Sign out" }).click();
  await phones.nth(2).waitFor({ state: "hidden" });
  assert.equal(await phones.count(), 2);
  await page.getByRole("button", { name: "Sign out everywhere else" }).click();
  await phones.first().waitFor({ state: "hidden" });
  await page.getByText("this browser").waitFor();
});

story("an authenticator is set up, asked for at sign-in, replaced by a recovery code, and turned off", async ({ page, gateway, owner }) => {
  await owner();
  await page.goto(gateway.url + "/settings/account");
  await page.getByRole("button", { name: "Set up an authenticator" }).click();
  const dialog = page.getByRole("dialog");
  const password = dialog.getByRole("textbox", { name: "Your password" });
  await password.fill("not the password");
  await page.keyboard.press("Enter");
  await dialog.getByText("The password is wrong.").waitFor();
  await password.fill(OWNER.password);
  await page.keyboard.press("Enter");
  await dialog.getByRole("img", { name: /QR code/ }).waitFor();
  await audit(page);
  await shots(page, "settings-second-factor");
  await dialog.getByLabel("Code that the app shows").and(page.locator(":focus")).waitFor();
  const secret = await dialog.locator(".settings-secret code").innerText();
  await dialog.getByLabel("Code that the app shows").fill("000000");
  await page.keyboard.press("Enter");
  await dialog.getByText("That is not the code that the authenticator shows now").waitFor();
  assert.equal(await dialog.getByLabel("Code that the app shows").inputValue(), "000000");
  await dialog.getByLabel("Code that the app shows").fill(totp(secret));
  await page.keyboard.press("Enter");
  const codes = dialog.getByRole("list", { name: "Recovery codes" }).getByRole("listitem");
  await codes.nth(9).waitFor();
  const [recovery] = await codes.allInnerTexts();
  await audit(page);
  await shots(page, "settings-recovery-codes");
  await dialog.getByRole("button", { name: "I have kept them" }).click();
  await page.getByText("10 codes left").waitFor();
  await audit(page);

  const signOut = async () => {
    await page.getByRole("button", { name: "Theme and sign-out" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByLabel("E-mail").fill(OWNER.email);
    await page.getByRole("textbox", { name: "Password" }).fill(OWNER.password);
    await page.keyboard.press("Enter");
    await page.getByLabel("Code").and(page.locator(":focus")).waitFor();
  };
  await signOut();
  await audit(page);
  await shots(page, "sign-in-code");
  // The one that set it up is used; the next one holds already.
  await page.getByLabel("Code").fill(totp(secret, 1));
  await page.keyboard.press("Enter");
  await page.getByText("10 codes left").waitFor();
  await signOut();
  await page.getByLabel("Code").fill(recovery);
  await page.keyboard.press("Enter");
  await page.getByText("9 codes left").waitFor();
  await page.getByRole("button", { name: "Turn off" }).click();
  await password.fill(OWNER.password);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Set up an authenticator" }).waitFor();
});
