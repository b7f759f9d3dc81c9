import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { root, workspacePackages } from './packages.mjs';

// The pages of the tutorial have a check of their own, when the site is built.

const folders = ['.', 'docs', ...workspacePackages().map(({ folder }) => folder)];
const documents = folders.flatMap(folder =>
  readdirSync(join(root, folder))
    .filter(file => file.endsWith('.md'))
    .map(file => join(folder, file)),
);

it.each(documents)('what %s links to is there', document => {
  const text = readFileSync(join(root, document), 'utf8');
  const targets = Array.from(text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g), ([, target]) => target!);
  const missing = targets.filter(
    target => !/^\w+:/.test(target) && !existsSync(join(root, dirname(document), target)),
  );
  expect(missing).toEqual([]);
});

it('docs/architecture.md has the folders that are there', () => {
  const text = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
  const tables = Array.from(text.matchAll(/^`(\S+\/src)`\n\n((?:\|.*\n)+)/gm), ([, source, table]) => {
    const cells = Array.from(table!.matchAll(/^\| (`[^|]+) \|/gm), ([, cell]) => cell!);
    const named = cells.flatMap(cell => Array.from(cell.matchAll(/`([^`]+)`/g), ([, name]) => name!));
    return [source!, named.sort()] as const;
  });
  const found = tables.map(([source]) => {
    const entries = readdirSync(join(root, source), { withFileTypes: true });
    return [source, entries.flatMap(entry => (entry.isDirectory() ? [entry.name] : [])).sort()];
  });
  expect(tables.length).toBeGreaterThan(3);
  expect(tables).toEqual(found);
});
