import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it, onTestFinished } from 'vitest';
import { allowedImports, brokenRules, rooms } from './dependency-rules.js';
import { root, workspacePackages } from './packages.mjs';

const products = workspacePackages().filter(
  ({ folder, manifest }) => !manifest.private || Object.hasOwn(allowedImports, folder),
);
const folderOf = new Map(products.map(({ folder, manifest }) => [manifest.name, folder]));

it('imports point one way', { timeout: 60_000 }, async () => {
  expect(
    await brokenRules(
      root,
      products.map(({ folder }) => `${folder}/src`),
    ),
  ).toEqual([]);
});

it.each([
  ['a sibling', 'packages/core/src/a.ts', "export { b } from '../../mnist/src/b.js';", /no package|imports/],
  [
    'an application',
    'packages/mnist/src/a.ts',
    "export { b } from '../../../apps/train/src/b.js';",
    /imports/,
  ],
  [
    'a backend of tfjs',
    'packages/core/src/a.ts',
    "import '@tensorflow/tfjs-backend-cpu';",
    /only packages\/backend/,
  ],
  ['one at once', 'packages/backend/src/a.ts', "import '@tensorflow/tfjs-node';", /when one is picked/],
  ['a dist folder', 'packages/core/src/a.ts', "import '@tensorflow/tfjs-core/dist/x';", /dist folder/],
  ['a cycle', 'packages/core/src/a.ts', "export * from './b.js';", /no cycles/],
  ['a cycle of types', 'packages/core/src/a.ts', "export type * from './b.js';", /no cycles/],
  [
    'a room that comes after',
    'packages/core/src/routing/em/a.ts',
    "export type * from '../../layers/a.js';",
    /packages\/core: routing imports no room that comes after it/,
  ],
  ['nothing', 'packages/core/src/a.ts', "import './absent.js';", /can be resolved/],
])('an import of %s is found', async (_what, file, source, rule) => {
  const place = mkdtempSync(join(tmpdir(), 'capsnet-rules-'));
  onTestFinished(() => rmSync(place, { recursive: true }));
  const files = {
    'node_modules/@tensorflow/tfjs-backend-cpu/index.js': '',
    'node_modules/@tensorflow/tfjs-node/index.js': '',
    'node_modules/@tensorflow/tfjs-core/dist/x.js': '',
    'packages/mnist/src/b.ts': 'export const b = 1;',
    'apps/train/src/b.ts': 'export const b = 1;',
    'packages/core/src/b.ts': "export * from './a.js';",
    'packages/core/src/layers/a.ts': 'export const a = 1;',
    [file]: source,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    writeFileSync(join(place, path), text);
  }
  expect(await brokenRules(place, ['packages', 'apps'])).toContainEqual(expect.stringMatching(rule));
});

it('package.json files depend on what may be imported', () => {
  const dependencies = products.map(({ folder, manifest }) => [
    folder,
    Object.keys(manifest.dependencies ?? {})
      .flatMap(name => folderOf.get(name) ?? [])
      .sort(),
  ]);
  const allowed = Object.entries(allowedImports).map(([folder, others]) => [folder, [...others].sort()]);
  expect(Object.fromEntries(dependencies)).toEqual(Object.fromEntries(allowed));
});

it('the diagram in the README shows these dependencies, but for those on checks', () => {
  const diagram =
    /^```mermaid\n([\s\S]*?)^```$/m.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[1] ?? '';
  const shown = [...diagram.matchAll(/^\s*(\S+) --> (\S+)$/gm)].map(([, from, to]) => `${from} -> ${to}`);
  const name = (folder: string) => folder.replace(/.*\//, '');
  const allowed = Object.entries(allowedImports).flatMap(([folder, others]) =>
    others.filter(other => other !== 'packages/checks').map(other => `${name(folder)} -> ${name(other)}`),
  );
  expect(shown.sort()).toEqual(allowed.sort());
});

it.each(products.map(({ folder }) => `${folder}/src/index.ts`).filter(path => existsSync(join(root, path))))(
  '%s lists names only',
  path => {
    const { statements } = ts.createSourceFile(
      path,
      readFileSync(join(root, path), 'utf8'),
      ts.ScriptTarget.Latest,
    );
    const others = statements.filter(statement => !ts.isExportDeclaration(statement));
    expect(others.map(({ kind }) => ts.SyntaxKind[kind])).toEqual([]);
  },
);

const architecture = readFileSync(join(root, 'docs', 'architecture.md'), 'utf8');

describe.each(products.map(({ folder }) => folder))('%s', folder => {
  const sources = join(root, folder, 'src');
  const folders = readdirSync(sources, { withFileTypes: true, recursive: true }).filter(entry =>
    entry.isDirectory(),
  );

  it('has the rooms whose order is known', () => {
    const found = folders.filter(({ parentPath }) => parentPath === sources).map(({ name }) => name);
    expect([...(rooms[folder] ?? [])].sort()).toEqual(found.sort());
  });

  it('has at most 15 modules in a folder', () => {
    const crowded = [sources, ...folders.map(({ parentPath, name }) => join(parentPath, name))].filter(
      path => readdirSync(path).filter(isModule).length > 15,
    );
    expect(crowded).toEqual([]);
  });
});

const isModule = (name: string) => /\.(ts|tsx|vue)$/.test(name) && !/\.(test|d)\.tsx?$/.test(name);

it.each(Object.entries(rooms))(
  'docs/architecture.md lists the rooms of %s in their order',
  (folder, names) => {
    const table =
      new RegExp(
        `^\`${folder}/src\`\\n\\n\\| folder \\| \\|\\n\\|---\\|---\\|\\n((?:\\|.*\\|\\n)+)`,
        'm',
      ).exec(architecture)?.[1] ?? '';
    const listed = [...table.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, cell]) =>
      [...cell!.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    );
    expect(listed).toEqual(names);
  },
);
