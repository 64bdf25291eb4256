// The thirty by json-rules-engine: an engine for each view, run once for each subject.
//
// node rules.mjs FILE NAME SECONDS: first line, of each consignment the rules that are met with their subjects; then for each
// line that comes in, the seconds that all of it took once, over a turn of at least so many seconds.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

let Engine, Operator;
try {
  ({ Engine, Operator } = createRequire(`${process.cwd()}/`)("json-rules-engine"));
} catch (error) {
  console.log(`left out: ${error.code ?? error.message}`);
  process.exit();
}
const question = JSON.parse(readFileSync(process.argv[2], "utf8"));
const engines = {};
for (const { n, each, conditions } of question.rules) {
  engines[each] ??= new Engine();
  engines[each].addRule({ conditions, event: { type: "met", params: { n } } });
}
for (const engine of Object.values(engines)) {
  engine.addOperator(new Operator("shares", (set, wanted) => set.some((one) => wanted.includes(one))));
}

async function pass() {
  const all = [];
  for (const subjects of question.consignments) {
    const met = [];
    for (const { each, n, facts } of subjects) {
      const { events } = await engines[each].run(facts);
      for (const event of events) met.push([event.params.n, n]);
    }
    all.push(met.sort((a, b) => a[0] - b[0] || a[1] - b[1]));
  }
  return all;
}

console.log(JSON.stringify(await pass()));
const turn = Number(process.argv[4]) * 1000;
for await (const _ of createInterface({ input: process.stdin })) {
  const start = performance.now();
  let times = 0;
  do {
    await pass();
    times += 1;
  } while (performance.now() - start < turn);
  console.log((performance.now() - start) / 1000 / times);
}
