import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { barsSettings, writeBars } from './bars';
import { capsnet } from './command-line';

type Fields = Readonly<Record<string, unknown>>;

/** A line of a journal, without its time and what follows from that. */
export type JournalLine = Fields & { readonly type: string; readonly trial?: number };

/** A folder with the bars and with sweeps over them, each of seconds. */
export function barsSweeps(backend = 'wasm') {
  const folder = mkdtempSync(join(tmpdir(), 'capsnet-sweep-'));
  writeBars(join(folder, 'bars'));
  mkdirSync(join(folder, 'sweeps'));
  const at = (path: string) => join(folder, path);
  return {
    folder,
    at,
    remove: () => rmSync(folder, { recursive: true, force: true }),
    /** Writes a sweep of six configurations, of 16 steps an epoch, that are halved after one and two of four epochs. */
    write(
      name: string,
      changes: Fields = {},
      { data = {}, training = {} }: { data?: Fields; training?: Fields } = {},
    ) {
      const file = `sweeps/${name}.json`;
      const sweep = {
        title: 'Bars',
        preset: 'paper',
        settings: {
          ...barsSettings,
          data: { set: 'idx', folder: 'bars', shift: 0, validation: 64, ...data },
          training: { batchSize: 16, histogramsEvery: 1000, validationsPerEpoch: 2, ...training },
        },
        space: {
          'training.learningRate.initial': { logUniform: [0.001, 0.02] },
          'model.routing.iterations': { values: [1, 2, 3] },
        },
        sampler: 'quasi-random',
        configurations: 6,
        budget: { epochs: 4 },
        asha: { reduction: 2, rungs: [1, 2] },
        ...changes,
      };
      writeFileSync(at(file), JSON.stringify(sweep));
      return file;
    },
    sweep: (args: readonly string[], watched: Partial<Parameters<typeof capsnet>[1]> = {}) =>
      capsnet(['sweep', '--backend', backend, ...args], { cwd: folder, ...watched }),
    journal: (name: string, runs = 'runs'): JournalLine[] =>
      readFileSync(at(join(runs, name, 'journal.jsonl')), 'utf8')
        .trimEnd()
        .split('\n')
        .map(line => {
          const { at: _, signature: __, hosts: ___, ...entry } = JSON.parse(line);
          return entry;
        }),
    model: (run: string, runs = 'runs') => readFileSync(at(join(runs, run, 'model.safetensors'))),
    /** What a run has measured, but for the time it took. */
    metrics: (run: string, runs = 'runs') =>
      readFileSync(at(join(runs, run, 'metrics.jsonl')), 'utf8')
        .trimEnd()
        .split('\n')
        .map(line => ({ ...JSON.parse(line), seconds: 0, imagesPerSecond: 0 }) as Fields),
  };
}
