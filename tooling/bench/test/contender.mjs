// A contender without a network, for tests of what drives contenders: loss and lengths come from the command line, and
// each request is noted in a file, so that the order in which contenders take turns can be seen.
//
//     node contender.mjs <name> <loss> <file for notes> [what it fails at]
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [name, loss, notes, fails] = process.argv.slice(2);
const tell = answer => process.stdout.write(`${JSON.stringify(answer)}\n`);

if (fails === 'loading') {
  console.error('no such library');
  process.exit(3);
}
tell({ result: { versions: { fixture: '1' } } });
for await (const line of createInterface({ input: process.stdin })) {
  const { do: what, batch, steps } = JSON.parse(line);
  appendFileSync(notes, `${name} ${what} ${batch} ${steps}\n`);
  if (what === fails) {
    tell({ error: `cannot ${what}` });
    continue;
  }
  const seconds = Array(steps).fill(Number(loss));
  const found = what === 'train' ? { losses: seconds } : { lengths: [1, 0.5], reconstruction: [1] };
  tell({ result: { seconds, peakBytes: 1000, ...found } });
}
