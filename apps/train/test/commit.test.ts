import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { barsModel, writeBars } from './bars';
import { capsnet, set } from './command-line';

const source = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'capsnet-commit-'));
const bars = writeBars(join(folder, 'bars'), { train: 64, test: 16 });

/** The built program in a folder, with its dependencies. */
function place(at: string): string {
  mkdirSync(at, { recursive: true });
  for (const name of ['bin', 'dist', 'package.json']) {
    cpSync(join(source, name), join(at, name), { recursive: true });
  }
  symlinkSync(join(source, 'node_modules'), join(at, 'node_modules'), 'junction');
  return join(at, 'bin', 'capsnet.js');
}

/** @returns its commit */
function commitAll(repository: string, message: string): string {
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@b.c', ...args], {
      cwd: repository,
      encoding: 'utf8',
    }).trim();
  if (!existsSync(join(repository, '.git'))) git('init', '-q');
  git('add', '-A');
  git('commit', '-qm', message);
  git('tag', '-am', 'A tag', message);
  return git('rev-parse', 'HEAD');
}

async function train(program: string, cwd: string, name: string) {
  const { code, stderr } = await capsnet(
    [
      ...['train', '--name', name, '--data', bars, '--all', '--epochs', '1', '--backend', 'wasm'],
      ...barsModel,
      ...set('training.batchSize=16', 'data.shift=0'),
    ],
    { program, cwd },
  );
  expect([code, stderr]).toEqual([0, '']);
  const run = join(cwd, 'runs', name);
  const read = (file: string) => JSON.parse(readFileSync(join(run, file), 'utf8'));
  return {
    results: read('results.json'),
    commits: read('sessions.json').map(({ commit }: { commit?: string }) => commit),
  };
}

it("records the commit of capsnet's own checkout, and whether its files were changed", async () => {
  const checkout = join(folder, 'checkout');
  const program = place(join(checkout, 'apps/train'));
  writeFileSync(join(checkout, 'package.json'), '{"name": "capsnet-workspace"}');
  const head = commitAll(checkout, 'v1');
  // Wherever it is called: here, in somebody's own repository
  const elsewhere = join(folder, 'elsewhere');
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, 'notes'), 'mine');
  commitAll(elsewhere, 'mine');

  const clean = await train(program, elsewhere, 'clean');
  expect([clean.results.commit, clean.commits]).toEqual([head, [head]]);
  writeFileSync(join(checkout, 'package.json'), '{"name": "capsnet-workspace" }');
  expect((await train(program, elsewhere, 'changed')).results.commit).toBe(`${head}-dirty`);
});

it('records no commit when it is installed, but its version', async () => {
  const project = join(folder, 'project');
  const program = place(join(project, 'node_modules/@capsnet/train'));
  writeFileSync(join(project, 'package.json'), '{"name": "mine"}');
  commitAll(project, 'v1');
  const { results, commits } = await train(program, project, 'installed');
  expect(results).not.toHaveProperty('commit');
  expect(commits).toEqual([undefined]);
  const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
  expect(results.versions.capsnet).toBe(version);
});
