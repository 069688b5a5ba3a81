// Somebody without a mouse: presses keys, sees what is focused, and loses patience after so many of them. It must never
// click, nor put the focus anywhere by program.
import assert from "node:assert/strict";

/** Nobody tabs further than that to get somewhere. */
const PATIENCE = 60;

/** What a person sees of the focus: where it is, whether it can be seen, and whether anything marks it. */
const seen = () => {
  const active = document.activeElement;
  if (!active || active === document.body) return { lost: true, visible: false, ring: false };
  const box = active.getBoundingClientRect();
  const middle = [box.left + box.width / 2, box.top + Math.min(box.height / 2, 12)];
  const inWindow = box.width > 1 && box.height > 1 && box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight;
  // A table scrolls under what sticks to an edge; what has the focus must not lie under it.
  const top = inWindow ? document.elementFromPoint(Math.max(0, middle[0]), Math.max(0, Math.min(innerHeight - 1, middle[1]))) : null;
  const covered = inWindow && top && !active.contains(top) && !top.contains(active) && !top.closest("label")?.contains(active);
  const marks = (style) => (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow.includes("0px 0px 0px 3px");
  // The ring may be drawn by a pseudo-element, as of a whole row, or by the label around a radio.
  const around = [active, active.closest("label")].filter(Boolean);
  const ring = around.some((one) => [null, "::before", "::after"].some((pseudo) => marks(getComputedStyle(one, pseudo))));
  return { lost: false, visible: inWindow && !covered && getComputedStyle(active).visibility === "visible", ring };
};

export class Keyboard {
  constructor(page) {
    this.page = page;
  }

  /** `button "Save"`: as a screen reader says it. */
  async where() {
    const snapshot = await this.page.locator(":focus").ariaSnapshot({ timeout: 2000 }).catch(() => "");
    const markup = () => this.page.evaluate(() => document.activeElement?.outerHTML.slice(0, 90));
    return (snapshot || (await markup()) || "nothing").split("\n")[0].replace(/^- /, "").slice(0, 90);
  }

  /** Tabs until the locator has the focus; what is wrong with a stop on the way is wrong. */
  async to(target, { back = false } = {}) {
    const stops = [];
    for (let n = 0; n <= PATIENCE; n += 1) {
      const there = await target.evaluateAll((all) => all.includes(document.activeElement));
      if (there) return this.mustSee();
      await this.page.keyboard.press(back ? "Shift+Tab" : "Tab");
      // Past the last one the browser's own controls have the focus for a moment.
      const { lost } = await this.page.evaluate(seen);
      stops.push(lost ? "(the browser)" : await this.mustSee());
    }
    throw new Error(`${PATIENCE} times Tab did not lead to ${target}; it went:\n${stops.join("\n")}`);
  }

  /** What has the focus is in sight and marked; gives its name. */
  async mustSee() {
    let last;
    // Scrolling to it may take a frame.
    for (let n = 0; n < 20; n += 1) {
      last = await this.page.evaluate(seen);
      if (last.visible && last.ring) return this.where();
      await this.page.waitForTimeout(25);
    }
    throw new Error(`the focus cannot be seen at ${await this.where()}: ${JSON.stringify(last)}, ${this.page.url()}`);
  }

  /** Presses keys one after the other, and the focus is somewhere afterwards. */
  async press(...keys) {
    for (const key of keys) await this.page.keyboard.press(key);
    await this.held(keys.join(" "));
  }

  /** Tabs to it and presses Enter. */
  async enter(target, options) {
    await this.to(target, options);
    await this.press("Enter");
  }

  /** Tabs to a field and writes over what is in it. */
  async write(target, text, options) {
    await this.to(target, options);
    await this.page.keyboard.press("Control+A");
    await this.page.keyboard.type(text);
  }

  /** The focus is not lost: neither at once nor when the page has come to rest. */
  async held(after) {
    const lost = () => this.page.evaluate(() => !document.activeElement || document.activeElement === document.body);
    for (let n = 0; await lost(); n += 1) {
      assert.ok(n < 40, `the focus is lost after ${after}, at ${this.page.url()}`);
      await this.page.waitForTimeout(50);
    }
  }

  /** Every stop of a round with Tab is in the dialog; Escape closes it and the focus is where it was. */
  async trapped(dialog) {
    const outside = [];
    for (let n = 0; n < 25; n += 1) {
      await this.page.keyboard.press("Tab");
      const { lost } = await this.page.evaluate(seen);
      if (!lost && !(await dialog.evaluate((one) => one.contains(document.activeElement)))) outside.push(await this.where());
    }
    assert.deepEqual(outside, [], "Tab leads out of the dialog");
  }
}
