// Runs every check of the modules beside this file and counts. A check is an exported function whose name is a
// sentence; one that takes `route` runs once for each route.

import * as answers from "./answers.mjs";
import * as refusals from "./refusals.mjs";
import * as tools from "./tools.mjs";
import { ROUTES } from "./gateway.mjs";

const match = process.argv[2] ?? "";
let passed = 0;
let failed = 0;

for (const module of [answers, tools, refusals]) {
  for (const [name, check] of Object.entries(module)) {
    for (const route of check.length > 0 ? ROUTES : [undefined]) {
      const title = name.replaceAll("_", " ") + (route ? ` [${route}]` : "");
      if (!title.includes(match)) continue;
      try {
        await check(route);
        passed += 1;
        console.log(`ok      ${title}`);
      } catch (error) {
        failed += 1;
        console.log(`FAILED  ${title}\n${error.stack}`);
      }
    }
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
