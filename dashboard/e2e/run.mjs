// Runs every *.spec.mjs in this folder, each story in a gateway and a browser of its own, and closes with
// `N passed, 0 failed`. usage: node run.mjs [WORD…]: only stories whose file or sentence holds one of the words.
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { Witness } from "./witness.mjs";
import { freePort, makeOwner, startGateway, startSim } from "./world.mjs";

const here = dirname(fileURLToPath(import.meta.url));
if (!existsSync(join(here, "../dist/index.html"))) {
  console.error("dashboard/dist is missing; make it with: cargo xtask dashboard --quick");
  process.exit(2);
}
const words = process.argv.slice(2);
const stories = [];
/** A story: a sentence that it proves, and how. `options.env` makes the settings of its gateway. */
globalThis.story = (sentence, run, options = {}) => stories.push({ sentence, run, options, file: globalThis.story.file });

for (const file of readdirSync(here).filter((name) => name.endsWith(".spec.mjs")).sort()) {
  globalThis.story.file = file;
  await import(pathToFileURL(join(here, file)));
}

const browser = await chromium.launch({
  executablePath: process.env.MAIG_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
let passed = 0;
let failed = 0;
for (const { file, sentence, run, options } of stories) {
  if (words.length > 0 && !words.some((word) => `${file} ${sentence}`.includes(word))) continue;
  const began = Date.now();
  const ends = [];
  let witness;
  try {
    const sim = await startSim();
    ends.push(sim.stop);
    const gateway = await startGateway(await options.env?.({ freePort }));
    ends.push(gateway.end);
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce", permissions: ["clipboard-read", "clipboard-write"] });
    ends.push(() => context.close());
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    witness = await Witness.of(page, gateway);
    // Only made when a story asks for it: the first visit is a story of its own.
    const owner = async () => {
      const made = await makeOwner(gateway);
      await made.signIn(page);
      return made;
    };
    await run({ page, context, browser, gateway, sim, owner, witness });
    witness.verdict();
    passed += 1;
    console.log(`  ok      ${sentence} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed += 1;
    console.log(`  FAILED  ${file}: ${sentence}\n${String(error.stack ?? error).replace(/^/gm, "          ")}`);
    if (witness) console.log(await witness.picture(`failed-${passed + failed}`));
  } finally {
    // The last begun ends first; one that cannot end must not keep the others.
    for (const end of ends.reverse()) await end().catch((error) => console.log(`          ${error}`));
  }
}
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
