// A contender without a network, for tests of what drives contenders: loss, lengths and accuracy come from the command
// line, and each request is noted in a file, so that the order in which contenders take turns can be seen.
//
//     node contender.mjs <name> <loss> <file for notes> [what it fails at]
//
// A step takes as many seconds as the loss is, a quarter of them in the kernel; the last classification of a request takes
// twice as many. What is learnt is 98 % right after the first request, and each later one adds the loss in percent.
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [name, loss, notes, fails] = process.argv.slice(2);
const tell = answer => process.stdout.write(`${JSON.stringify(answer)}\n`);
let learnt = 0;

if (fails === 'loading') {
  console.error('no such library');
  process.exit(3);
}
tell({ result: { versions: { fixture: '1' } } });
for await (const line of createInterface({ input: process.stdin })) {
  const { do: what, batch, steps } = JSON.parse(line);
  appendFileSync(notes, `${[name, what, batch, steps].filter(Boolean).join(' ')}\n`);
  if (what === fails) {
    tell({ error: `cannot ${what}` });
    continue;
  }
  const seconds = Array(steps).fill(Number(loss));
  if (what === 'classify') seconds[steps - 1] *= 2;
  const processor = { user: steps * loss, system: (steps * loss) / 4 };
  const found = {
    train: { losses: seconds },
    infer: { lengths: [1, 0.5], reconstruction: [1] },
    classify: { labels: [fails === 'class' ? 4 : 3], scores: [Number(loss)] },
    learn: { losses: seconds, accuracy: 0.98 + (learnt++ * loss) / 100 },
  }[what];
  tell({ result: { seconds, processor, peakBytes: 1000, ...found } });
}
