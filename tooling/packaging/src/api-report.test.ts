import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { afterAll, describe, expect, it } from 'vitest';
import { type Entry, entries } from './entries.js';

// What users can import, with its types, stands in a report per module, so that no change of it goes unnoticed.

const reports = fileURLToPath(new URL('../api/', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'capsnet-api-'));
afterAll(() => rmSync(place, { recursive: true }));

describe('the public API', () => {
  it.each(entries)('of $name is the one reported', async entry => {
    const hint =
      'The public API changed. If that is meant, run `npm run api-report` and add a changeset (`npm run changeset`): ' +
      'minor for something new, major (minor while the version begins with 0) for what makes users change their code.';
    await expect(apiReport(entry), hint).toMatchFileSnapshot(join(reports, `${entry.name}.api.md`));
  });

  it('has a report of every module and no other', () => {
    expect(readdirSync(reports).sort()).toEqual(entries.map(({ name }) => `${name}.api.md`).sort());
  });
});

/** What the compiler knows of all modules, which have most of their types in common. */
let compilerState: CompilerState | undefined;

/** API Extractor's report on what tsdown made of a module's types. */
function apiReport(entry: Entry): string {
  const config = configOf(entry);
  compilerState ??= CompilerState.create(config, {
    additionalEntryPoints: entries.map(({ path }) => `${path}.d.ts`),
  });
  Extractor.invoke(config, {
    compilerState,
    // It compares the report with a file of its own choice, and says so; here Vitest does.
    messageCallback: message => {
      message.handled = true;
    },
  });
  return readFileSync(join(place, basename(config.reportTempFilePath)), 'utf8');
}

function configOf({ name, folder, path }: Entry): ExtractorConfig {
  const types = `${path}.d.ts`;
  const compilerOptions = {
    module: 'esnext',
    moduleResolution: 'bundler',
    target: 'es2022',
    lib: ['es2023', 'dom'],
    types: ['node'],
    strict: true,
    skipLibCheck: true,
  };
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: types,
      apiReport: {
        enabled: true,
        reportFileName: name,
        reportFolder: join(place, 'none'),
        reportTempFolder: place,
        includeForgottenExports: true,
      },
      compiler: { overrideTsconfig: { compilerOptions, files: [types] } },
      messages: { extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } } },
      newlineKind: 'lf',
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, 'package.json'),
  });
}
