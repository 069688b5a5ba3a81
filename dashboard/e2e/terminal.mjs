// What one pastes into a terminal. It must never know more than what the page showed.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Runs a shown `curl`; gives the answer's head. A gateway follows a change within a second. */
export async function paste(command, wanted) {
  for (let n = 0; ; n += 1) {
    const { stdout } = await promisify(execFile)("sh", ["-c", command.replace(/^curl /, "curl --silent ")]);
    if (wanted.test(stdout)) return stdout;
    assert.ok(n < 30, stdout);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
