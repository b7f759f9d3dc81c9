import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { root } from '@capsnet/workspace/packages';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkTypes, installedPackages, installTarballs, runExample, runNode } from './consumer.js';
import { published } from './entries.js';
import { packInto } from './pack.js';
import { packagesToInstall, readReadme } from './readme.js';

// The published packages as their users get them: packed, installed with npm into an empty folder, and run.

const place = mkdtempSync(join(tmpdir(), 'capsnet-packaging-'));
let tarballs: Readonly<Record<string, string>> = {};

/** Licences that ask for no more than that their text and the authors' names are kept. */
const permissive =
  /^(0BSD|Apache-2\.0|Apache-2\.0 AND MIT|BlueOak-1\.0\.0|BSD-2-Clause|BSD-3-Clause|ISC|MIT|Unlicense)$/;

beforeAll(async () => {
  tarballs = await packInto(place);
});

// Six installations are many small files.
afterAll(() => rmSync(place, { recursive: true, force: true }));

describe.each(published.map(one => [one.manifest.name, one] as const))('%s', (name, { folder, manifest }) => {
  const tarball = () => tarballs[name] ?? '';
  const readme = readReadme(join(root, folder));
  const consumer = join(place, name.replace('/', '-'));

  it('has a package.json that fits its files (publint)', async () => {
    const { messages, pkg } = await publint({ pack: { tarball: asArrayBuffer(readFileSync(tarball())) } });
    expect(messages.map(message => formatMessage(message, pkg))).toEqual([]);
  });

  // A program has no types to check.
  if ('.' in (manifest.exports ?? {})) {
    it('has types for every entry (arethetypeswrong)', async () => {
      const analysis = await checkPackage(createPackageFromTarballData(readFileSync(tarball())));
      if (!analysis.types) throw new Error('expected type declarations, found none');
      // The packages are ES modules only: how CommonJS sees them does not count.
      const problems = analysis.problems.filter(
        problem => !('resolutionKind' in problem && /^node16-cjs$/.test(problem.resolutionKind)),
      );
      expect(problems).toEqual([]);
    });
  }

  describe('installed as its README says', () => {
    beforeAll(async () => {
      expect(readme.install).toContain(name);
      await installTarballs(consumer, packagesToInstall(readme), tarballs);
    });

    it('brings nothing deprecated and only permissive licences', () => {
      const unwanted = installedPackages(consumer).filter(
        ([, { license = '', deprecated }]) => deprecated || !permissive.test(license),
      );
      expect(unwanted).toEqual([]);
    });

    if (readme.command) {
      it('runs the first command of its README', () => {
        const [script = ''] = Object.values(manifest.bin ?? {});
        expect(runNode(consumer, [join('node_modules', name, script), ...(readme.command ?? [])])).not.toBe(
          '',
        );
      });
    }

    if (readme.examples.length > 0) {
      it.each(['node16', 'bundler'] as const)('compiles all examples of its README: %s', resolution => {
        checkTypes(consumer, readme.examples, resolution);
      });
    }

    const inNode = readme.examples.filter(({ place }) => place === 'anywhere' || place === 'node');
    it.each(inNode)('runs example $number of its README in Node', example => {
      runExample(consumer, example);
    });
  });
});

function asArrayBuffer({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBuffer {
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}
