import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { root, workspacePackages } from '@capsnet/workspace/packages';
import { runWithPnpm } from '@capsnet/workspace/process';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConsumer, runExample, runNode } from './consumer.js';
import { readInstructions } from './readme.js';

// The published packages as their users get them: packed, installed with npm into an empty folder, and run.

const published = workspacePackages().filter(({ manifest }) => !manifest.private);
const place = mkdtempSync(join(tmpdir(), 'capsnet-packaging-'));
const tarballs = Object.fromEntries(
  published.map(({ manifest: { name, version } }) => {
    const file = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
    return [name, join(place, file)];
  }),
);

beforeAll(async () => {
  const filters = published.map(({ manifest }) => `--filter=${manifest.name}`);
  const code = await runWithPnpm(['pnpm', '--silent', ...filters, 'pack', `--pack-destination=${place}`]);
  expect(code, 'pnpm pack').toBe(0);
}, 60_000);

// Six installations are many small files.
afterAll(() => rmSync(place, { recursive: true, force: true }), 120_000);

describe.each(published.map(one => [one.manifest.name, one] as const))('%s', (_, { folder, manifest }) => {
  const tarball = tarballs[manifest.name] ?? '';

  it('has a package.json that fits its files (publint)', async () => {
    const { messages, pkg } = await publint({ pack: { tarball: asArrayBuffer(readFileSync(tarball)) } });
    expect(messages.map(message => formatMessage(message, pkg))).toEqual([]);
  });

  // A program has no types to check.
  if ('.' in (manifest.exports ?? {})) {
    it('has types for every entry (arethetypeswrong)', async () => {
      const analysis = await checkPackage(createPackageFromTarballData(readFileSync(tarball)));
      if (!analysis.types) throw new Error('expected type declarations, found none');
      // The packages are ES modules only: how CommonJS and Node 10 see them does not count.
      const problems = analysis.problems.filter(
        problem => !('resolutionKind' in problem && /^node(10|16-cjs)$/.test(problem.resolutionKind)),
      );
      expect(problems).toEqual([]);
    });
  }

  it('runs the example of its README after npm install', { timeout: 300_000 }, async () => {
    const { install, example, command } = readInstructions(join(root, folder));
    expect(install).toContain(manifest.name);
    const consumer = join(place, manifest.name.replace('/', '-'));
    await createConsumer(consumer, install, tarballs);
    if (example !== undefined) return expect(runExample(consumer, example)).not.toBe('');
    const [program = '', ...args] = command ?? [];
    const script = manifest.bin?.[program];
    expect(script, 'a ```ts block or a line "npx ..." in the README').toBeDefined();
    expect(runNode(consumer, [join('node_modules', manifest.name, script!), ...args])).not.toBe('');
  });
});

function asArrayBuffer({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBuffer {
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}
