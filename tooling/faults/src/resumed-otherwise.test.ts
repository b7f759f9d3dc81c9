import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { configurationKeys } from '@capsnet/core/configuration';
import { isFull } from '@capsnet/testing/extent';
import { linearCongruential } from '@capsnet/testing/linear-congruential';
import { describe, expect, test } from 'vitest';
import { runSchema } from '../../../apps/train/src/config/schema';
import { count } from './counts';
import { temporaryFolder, training } from './training';

/** What is done between the interruption and the resumption. */
interface Change {
  readonly name: string;
  /** In the folder of the run, or that of the images. */
  readonly apply?: (places: { readonly run: string; readonly data: string }) => void;
  readonly args?: readonly string[];
  readonly env?: Record<string, string>;
  /** A note is demanded: what has changed is said to have changed, so the bytes need not differ. */
  readonly noted?: true;
}

type Json = Readonly<Record<string, unknown>>;
type Run = ReturnType<typeof training>;

describe('a run that is resumed with one thing changed', () => {
  test('is refused, noted or ends with the same bytes', async context => {
    const kept = temporaryFolder();
    const run = await interruptedRun(kept);
    const config = readJson(join(kept, 'run/config.json'));
    const session = readJson<Json[]>(join(kept, 'run/sessions.json'))[0]!;
    const all = [
      ...leavesOf(config).map(leaf => inConfig(config, leaf)),
      ...leavesOf(config).map(onCommandLine),
      ...leavesOf(session).map(leaf => inSession(session, leaf)),
      ...shortOptions,
      ...otherData,
      ...otherFiles(run),
      ...otherBackends,
    ];
    const changes = isFull ? all : sample(all, 10);
    const outcomes: Record<string, string[]> = {};
    for (const change of changes) {
      const outcome = await resumeAfter(change, run, kept);
      outcomes[outcome] = [...(outcomes[outcome] ?? []), change.name];
    }
    const { refused = [], noted = [], 'same bytes': same = [], ...wrong } = outcomes;
    expect(wrong).toEqual({});
    count(context, {
      changes: changes.length,
      refused: refused.length,
      noted: noted.length,
      'without effect, to the same bytes': same.length,
    });
  });
});

/** A run that was stopped amid its second epoch; it and its images are kept, and `undisturbed` is what comes of it. */
async function interruptedRun(kept: string): Promise<Run> {
  const run = training({ backend: 'wasm', epochs: 2, steps: 8 });
  expect((await run.begin('undisturbed')).code).toBe(0);
  let interrupted = false;
  const { code } = await run.begin('interrupted', {
    onLine(line, kill) {
      if (interrupted || JSON.parse(line).step !== 11) return;
      interrupted = true;
      kill('SIGTERM');
    },
  });
  expect(code).toBe(143);
  cpSync(run.pathOf('interrupted'), join(kept, 'run'), { recursive: true });
  cpSync(run.data, join(kept, 'data'), { recursive: true });
  return run;
}

/** `refused`, `noted`, `same bytes`; or what must not be. */
async function resumeAfter({ apply, args, env, noted }: Change, run: Run, kept: string): Promise<string> {
  const folder = run.pathOf('interrupted');
  for (const [what, place] of [
    ['run', folder],
    ['data', run.data],
  ] as const) {
    rmSync(place, { recursive: true, force: true });
    cpSync(join(kept, what), place, { recursive: true });
  }
  apply?.({ run: folder, data: run.data });
  const before = digestsIn(folder);
  const { code, stdout, stderr } = await run.resume('interrupted', { env }, args);
  if (code === 2) {
    if (!/^capsnet: [^\n]+\n$/.test(stderr)) return `refused with ${stderr}`;
    return isDeepStrictEqual(digestsIn(folder), before) ? 'refused' : 'refused, but files were changed';
  }
  if (code !== 0) return `ended with ${code}: ${stderr}`;
  if (/"type":"note"|"damaged":\[\{/.test(stdout)) return 'noted';
  if (noted) return 'not noted';
  return run.weights('interrupted').equals(run.weights('undisturbed'))
    ? 'same bytes'
    : 'other bytes in silence';
}

function sample<T>(all: readonly T[], wanted: number): T[] {
  const random = linearCongruential(11);
  const left = [...all];
  return Array.from({ length: wanted }, () => left.splice(Math.floor(random() * left.length), 1)[0]!);
}

interface Leaf {
  readonly path: readonly string[];
  readonly value: unknown;
}

function leavesOf(value: unknown, path: readonly string[] = []): Leaf[] {
  if (typeof value !== 'object' || value === null) return [{ path, value }];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}

const keys = configurationKeys(runSchema);

/** Another value of the same type, which the schema takes where there is one. */
function otherThan({ path, value }: Leaf): unknown {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return Number.isInteger(value) ? value + 1 : value / 2;
  const known = keys.find(key => key.path === path.map(part => (/^\d+$/.test(part) ? '*' : part)).join('.'));
  const names = [...(known?.type ?? '').matchAll(/"([^"]+)"/g)].map(([, name]) => name);
  return names.find(name => name !== value) ?? (value === null ? 1 : `${value}x`);
}

function withLeaf(json: unknown, { path, value }: Leaf): unknown {
  const [key, ...inner] = path;
  if (key === undefined) return value;
  const changed = (of: unknown) => withLeaf(of, { path: inner, value });
  if (Array.isArray(json)) return json.map((item, index) => (String(index) === key ? changed(item) : item));
  return { ...(json as Json), [key]: changed((json as Json)[key]) };
}

function inConfig(config: Json, leaf: Leaf): Change {
  return {
    name: `config.json: ${leaf.path.join('.')}`,
    apply: ({ run }) =>
      writeJson(join(run, 'config.json'), withLeaf(config, { ...leaf, value: otherThan(leaf) })),
  };
}

function onCommandLine(leaf: Leaf): Change {
  const assignment = `${leaf.path.join('.')}=${JSON.stringify(otherThan(leaf))}`;
  return { name: `--set ${assignment}`, args: ['--set', assignment] };
}

/** A commit says more than the version does. */
function isNoted({ commit }: Json, [section, key]: readonly string[]): boolean {
  if (section === 'versions' && key === 'capsnet') return commit === undefined;
  return ['backend', 'versions', 'commit'].includes(section!);
}

/** The date and the place of the images are no matter; of another backend or another version, a note has to say so. */
function inSession(session: Json, leaf: Leaf): Change {
  return {
    name: `sessions.json: ${leaf.path.join('.')}`,
    apply: ({ run }) =>
      writeJson(join(run, 'sessions.json'), [withLeaf(session, { ...leaf, value: otherThan(leaf) })]),
    ...(isNoted(session, leaf.path) && { noted: true }),
  };
}

const shortOptions: readonly Change[] = [
  ['--epochs', '3'],
  ['--seed', '5'],
  ['--limit', '50'],
  ['--all'],
  ['--prefix', 'x-'],
].map(args => ({ name: args.join(' '), args }));

const dataFiles = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
];

const otherData: readonly Change[] = dataFiles.flatMap(file => {
  const at = (data: string) => join(data, file);
  return [
    {
      name: `${file}: one byte`,
      apply: ({ data }) => {
        const bytes = readFileSync(at(data));
        const last = bytes.length - 1;
        bytes[last] = bytes[last] === 1 ? 2 : 1;
        writeFileSync(at(data), bytes);
      },
    },
    { name: `${file}: cut`, apply: ({ data }) => truncateSync(at(data), 40) },
    { name: `${file}: gone`, apply: ({ data }) => rmSync(at(data)) },
    {
      name: `${file}: under another name`,
      apply: ({ data }) => renameSync(at(data), join(data, `my-${file}`)),
    },
    {
      name: `${file}: that of the other part`,
      apply: ({ data }) =>
        cpSync(
          join(data, file.startsWith('t10k') ? file.replace('t10k', 'train') : file.replace('train', 't10k')),
          at(data),
        ),
    },
  ] satisfies Change[];
});

const otherFiles = (whole: Run): readonly Change[] => [
  ...['config.json', 'sessions.json', 'metrics.jsonl', 'metrics.csv', 'checkpoints'].flatMap(file => [
    {
      name: `${file}: gone`,
      apply: ({ run }) => rmSync(join(run, file), { recursive: true }),
    } satisfies Change,
    ...(file === 'checkpoints'
      ? []
      : [
          { name: `${file}: empty`, apply: ({ run }) => truncateSync(join(run, file), 0) } satisfies Change,
          {
            name: `${file}: half`,
            apply: ({ run }) => {
              const bytes = readFileSync(join(run, file));
              writeFileSync(join(run, file), bytes.subarray(0, bytes.length / 2));
            },
          } satisfies Change,
        ]),
  ]),
  ...['weights.safetensors', 'optimizer.safetensors', 'state.json', 'checkpoint.json'].flatMap(file => [
    {
      name: `newest checkpoint, ${file}: one bit`,
      apply: ({ run }) => {
        const path = join(newestCheckpoint(run), file);
        const bytes = readFileSync(path);
        bytes[bytes.length >> 1]! ^= 1;
        writeFileSync(path, bytes);
      },
    } satisfies Change,
    {
      name: `newest checkpoint, ${file}: that of another run`,
      apply: ({ run }) =>
        cpSync(join(newestCheckpoint(whole.pathOf('undisturbed')), file), join(newestCheckpoint(run), file)),
    } satisfies Change,
  ]),
  { name: 'newest checkpoint: gone', apply: ({ run }) => rmSync(newestCheckpoint(run), { recursive: true }) },
  {
    name: 'checkpoints: those of the whole run',
    apply: ({ run }) =>
      cpSync(join(whole.pathOf('undisturbed'), 'checkpoints'), join(run, 'checkpoints'), { recursive: true }),
  },
];

const otherBackends: readonly Change[] = [
  { name: '--backend cpu', args: ['--backend', 'cpu'], noted: true },
  { name: '--backend none', args: ['--backend', 'none'] },
  { name: 'CAPSNET_BACKEND=cpu, which is a preference', env: { CAPSNET_BACKEND: 'cpu' } },
];

function newestCheckpoint(folder: string): string {
  const checkpoints = readdirSync(join(folder, 'checkpoints')).sort(
    (a, b) => Number(a.slice(5)) - Number(b.slice(5)),
  );
  return join(folder, 'checkpoints', checkpoints.at(-1)!);
}

function readJson<T = Json>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, JSON.stringify(value));
}

function digestsIn(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  return new Map(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path, createHash('sha256').update(readFileSync(path)).digest('hex')];
    }),
  );
}
